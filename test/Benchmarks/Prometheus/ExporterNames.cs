namespace Benchmarks.Prometheus;

/// <summary>What programs are told to serve.</summary>
internal static class ExporterNames
{
    public const string Ours = "ours";
    public const string Walk = "walk, empty response";
    public const string Blank = "walk, blank response";
    public const string Official = "official";
    public const string PrometheusNet = "prometheus-net";
}
