namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Which numbers CloudWatch takes.</summary>
/// <remarks>Stateless.</remarks>
internal static class CloudWatchNumber
{
    /// <summary>What CloudWatch takes at most (PutMetricData, "MetricDatum": -2^360 to 2^360).</summary>
    private const double Greatest = 2.3485425827738332e108;

    /// <summary>What is nearer to zero than this it has refused.</summary>
    private const double Least = 1 / Greatest;

    public static bool IsTaken(double value) => Math.Abs(value) <= Greatest;

    /// <summary>A number that is taken, or zero if it is too near to that.</summary>
    public static double Rounded(double value) => Math.Abs(value) >= Least ? value : 0;
}
