using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What stays the same about a metric from scrape to scrape, and its place in the present one.</summary>
/// <remarks>Not thread-safe: belongs to the exporter that collects.</remarks>
internal sealed class MetricStream
{
    public MetricStream(Metric metric, FamilyType type, PrometheusAspNetCoreOptions options)
    {
        Metric = metric;
        Type = type;
        Help = Encoding.UTF8.GetBytes(HelpFor(metric));
        ScopeLabels = options.ScopeInfoEnabled ? ScopeLabelsFor(metric) : [];
        Name = PrometheusName.OfFamily(metric.Name, metric.Unit, type, options);
        NameUtf8 = Encoding.UTF8.GetBytes(Name);
        SampleNames = SampleNamesFor(Name);
    }

    public Metric Metric { get; }

    public FamilyType Type { get; }

    /// <summary>The name of the family; see <see cref="Rename"/>.</summary>
    public string Name { get; private set; }

    public byte[] NameUtf8 { get; private set; }

    /// <summary>The description, or where there is none what the metric is; not escaped.</summary>
    public byte[] Help { get; }

    public KeyValuePair<string, object?>[] ScopeLabels { get; }

    /// <summary>The names of the samples of a histogram, beside that of the family.</summary>
    public string[] SampleNames { get; private set; }

    /// <summary>The next stream of the same family in this scrape. The first one stands for the family.</summary>
    public MetricStream? Next { get; set; }

    /// <summary>Takes another name for good, so that a series does not change its name from scrape to scrape.</summary>
    public void Rename(string name)
    {
        Name = name;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        SampleNames = SampleNamesFor(name);
    }

    private string[] SampleNamesFor(string name) =>
        Type == FamilyType.Histogram ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [];

    private static string HelpFor(Metric metric)
    {
        if (!string.IsNullOrWhiteSpace(metric.Description))
        {
            return metric.Description;
        }

        var unit = string.IsNullOrEmpty(metric.Unit) ? string.Empty : $", unit {metric.Unit}";
        return $"OpenTelemetry metric {metric.Name}{unit}";
    }

    /// <summary>Attributes of the scope that would be mistaken for its name, version or schema are dropped, as specified.</summary>
    private static KeyValuePair<string, object?>[] ScopeLabelsFor(Metric metric)
    {
        List<KeyValuePair<string, object?>> labels = [new("otel_scope_name", metric.MeterName)];
        Add("otel_scope_version", metric.MeterVersion);
        Add("otel_scope_schema_url", metric.MeterSchemaUrl);
        foreach (var tag in metric.MeterTags ?? [])
        {
            var key = $"otel_scope_{tag.Key}";
            if (PrometheusName.Sanitize(key, allowColon: false)
                is not ("otel_scope_name" or "otel_scope_version" or "otel_scope_schema_url"))
            {
                labels.Add(new(key, tag.Value));
            }
        }

        return [.. labels];

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                labels.Add(new(key, value));
            }
        }
    }
}
