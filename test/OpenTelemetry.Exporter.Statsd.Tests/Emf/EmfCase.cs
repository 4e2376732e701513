using OpenTelemetry.Exporter.Statsd.Tests.Properties;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>The input of one case: options of the exporter, and what is recorded.</summary>
/// <param name="IsUdp">Whether it goes out over UDP, else over TCP.</param>
/// <param name="MaxPacketBytes">Or as many as the carrier allows.</param>
/// <param name="Form">What histograms become.</param>
/// <param name="Instruments">What is recorded. Each series has the attribute <see cref="Id"/>, which is the same for all series with the same attributes.</param>
internal sealed record EmfCase(bool IsUdp, int? MaxPacketBytes, EmfHistogramForm Form, Recorded[] Instruments)
{
    /// <summary>The first attribute in the order of characters, so that it is always a dimension.</summary>
    public const string Id = "!id";

    /// <summary>Attributes whose names begin so are no dimensions.</summary>
    public const string NoDimension = "excluded.";

    /// <summary>Metrics whose names begin so have sets of dimensions: by <see cref="Id"/> and attribute a, by <see cref="Id"/>, and in all.</summary>
    public const string InSets = "sets.";

    /// <summary>Metrics whose names begin so are kept by the second.</summary>
    public const string HighResolution = "fast.";

    public const int Exports = 2;

    public override string ToString() => $"{(IsUdp ? "UDP" : "TCP")} {MaxPacketBytes} {Form}\n{string.Join('\n', Instruments.SelectMany(Recording.Describe))}";
}
