namespace OpenTelemetry.Exporter;

/// <summary>How the instruments of one <see cref="StatsdExporterOptions.Stream"/> are sent.</summary>
/// <remarks>
/// To be set in the function that is given it, by one thread; read once, when the provider is built, and not after that. A value that is not valid stops the building of the
/// provider with an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names it and says what would be.
/// </remarks>
public sealed class StatsdStreamOptions
{
    internal StatsdStreamOptions(string meter, string instrument)
    {
        Meter = meter;
        Instrument = instrument;
    }

    /// <summary>The name of the meter; <c>*</c> stands for any characters, and case does not count. Empty is not valid.</summary>
    public string Meter { get; }

    /// <summary>The name of the instrument, likewise. Empty is not valid.</summary>
    public string Instrument { get; }

    /// <summary>What gives way first under pressure.</summary>
    /// <value>The default is <see cref="StreamPriority.Normal"/>. A number that is no member is not valid.</value>
    /// <remarks>It decides until a measurement has been taken out of the lane of its thread. After that, while the receiver is away, the oldest packets give way, whatever is in them.</remarks>
    public StreamPriority Priority { get; set; } = StreamPriority.Normal;

    /// <summary>Of how many measurements one is sent, chosen at random, with the rate on its line so that the receiver scales it up.</summary>
    /// <value>The default is 1, all. From 1 to 1,000,000; anything else is not valid. Gauges are never sampled.</value>
    public int SampleOneIn { get; set; } = 1;

    /// <summary>How many series an instrument may have; measurements of further ones go to a series with the only tag <c>otel.metric.overflow</c>.</summary>
    /// <value>The default is 2000, as in the SDK. From 1 to 100,000; anything else is not valid.</value>
    public int CardinalityLimit { get; set; } = 2000;
}
