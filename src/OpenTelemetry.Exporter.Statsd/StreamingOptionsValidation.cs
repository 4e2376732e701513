namespace OpenTelemetry.Exporter;

/// <summary>Says what is wrong with the options of streaming, as <see cref="StatsdExporterOptionsValidator"/> does with all others.</summary>
internal static class StreamingOptionsValidation
{
    private const int MinBufferBytes = 262_144;
    private const int MaxBufferBytes = 1_073_741_824;
    private const int MaxPacketsPerSecond = 10_000_000;
    private const int MaxSampleOneIn = 1_000_000;
    private const int MaxCardinalityLimit = 100_000;

    private static readonly TimeSpan MinFlushInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxFlushInterval = TimeSpan.FromSeconds(10);

    /// <param name="options">What to look at.</param>
    /// <param name="errors">Told of each option that is wrong.</param>
    public static void Validate(StatsdExporterOptions options, OptionErrors errors)
    {
        if (options.StreamFlushInterval < MinFlushInterval || options.StreamFlushInterval > MaxFlushInterval)
        {
            errors.Report(nameof(options.StreamFlushInterval), options.StreamFlushInterval, $"{MinFlushInterval} to {MaxFlushInterval}");
        }

        if (options.MaxStreamBufferBytes is < MinBufferBytes or > MaxBufferBytes)
        {
            errors.Report(nameof(options.MaxStreamBufferBytes), options.MaxStreamBufferBytes, $"{MinBufferBytes} to {MaxBufferBytes} bytes");
        }

        if (options.MaxStreamPacketsPerSecond is < 1 or > MaxPacketsPerSecond)
        {
            errors.Report(nameof(options.MaxStreamPacketsPerSecond), options.MaxStreamPacketsPerSecond, $"1 to {MaxPacketsPerSecond} packets");
        }

        if (options.DropStreamedFromSdk && options.Streams.Count == 0)
        {
            errors.Report(nameof(options.DropStreamedFromSdk), options.DropStreamedFromSdk, $"False, unless {nameof(options.Stream)} says what is streamed");
        }

        foreach (var stream in options.Streams)
        {
            Validate(stream, errors);
        }
    }

    private static void Validate(StatsdStreamOptions stream, OptionErrors errors)
    {
        var call = $"{nameof(StatsdExporterOptions.Stream)}(\"{stream.Meter}\", \"{stream.Instrument}\")";
        if (stream.Meter.Length == 0)
        {
            errors.Report($"{call}.{nameof(stream.Meter)}", stream.Meter, "a name that is not empty, in which * stands for any characters");
        }

        if (stream.Instrument.Length == 0)
        {
            errors.Report($"{call}.{nameof(stream.Instrument)}", stream.Instrument, "a name that is not empty, in which * stands for any characters");
        }

        if (!Enum.IsDefined(stream.Priority))
        {
            errors.Report($"{call}.{nameof(stream.Priority)}", stream.Priority, string.Join(", ", Enum.GetNames<StreamPriority>()));
        }

        if (stream.SampleOneIn is < 1 or > MaxSampleOneIn)
        {
            errors.Report($"{call}.{nameof(stream.SampleOneIn)}", stream.SampleOneIn, $"1 to {MaxSampleOneIn}");
        }

        if (stream.CardinalityLimit is < 1 or > MaxCardinalityLimit)
        {
            errors.Report($"{call}.{nameof(stream.CardinalityLimit)}", stream.CardinalityLimit, $"1 to {MaxCardinalityLimit} series");
        }
    }
}
