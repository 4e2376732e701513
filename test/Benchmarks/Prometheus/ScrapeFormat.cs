namespace Benchmarks.Prometheus;

/// <summary>The formats that are compared, one of each family that servers ask for.</summary>
public enum ScrapeFormat
{
    /// <summary>Prometheus text 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics text 1.0.0.</summary>
    OpenMetrics,

    /// <summary>Length-delimited <c>io.prometheus.client.MetricFamily</c> messages.</summary>
    Protobuf,
}

/// <summary>How formats are asked for over HTTP.</summary>
internal static class ScrapeFormats
{
    public static string MediaType(this ScrapeFormat format) => format switch
    {
        ScrapeFormat.Text => "text/plain",
        ScrapeFormat.OpenMetrics => "application/openmetrics-text",
        _ => "application/vnd.google.protobuf",
    };

    public static string Accept(this ScrapeFormat format) => format.MediaType() + format switch
    {
        ScrapeFormat.Text => ";version=0.0.4",
        ScrapeFormat.OpenMetrics => ";version=1.0.0",
        _ => ";proto=io.prometheus.client.MetricFamily;encoding=delimited",
    };
}
