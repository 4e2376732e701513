namespace OpenTelemetry.Exporter;

/// <summary>How the instruments of one <see cref="StatsdExporterOptions.Stream"/> are sent.</summary>
public sealed class StatsdStreamOptions
{
    internal StatsdStreamOptions(string meter, string instrument)
    {
        Meter = meter;
        Instrument = instrument;
    }

    /// <summary>The name of the meter; <c>*</c> stands for any characters, and case does not count.</summary>
    public string Meter { get; }

    /// <summary>The name of the instrument, likewise.</summary>
    public string Instrument { get; }

    /// <summary>What gives way first under pressure.</summary>
    /// <value>The default is <see cref="StreamPriority.Normal"/>.</value>
    public StreamPriority Priority { get; set; } = StreamPriority.Normal;

    /// <summary>Of how many measurements one is sent, chosen at random, with the rate on its line so that the receiver scales it up.</summary>
    /// <value>The default is 1, all. From 1 to 1,000,000. Gauges are never sampled.</value>
    public int SampleOneIn { get; set; } = 1;

    /// <summary>How many series an instrument may have; measurements of further ones go to a series with the only tag <c>otel.metric.overflow</c>.</summary>
    /// <value>The default is 2000, as in the SDK. From 1 to 100,000.</value>
    public int CardinalityLimit { get; set; } = 2000;
}
