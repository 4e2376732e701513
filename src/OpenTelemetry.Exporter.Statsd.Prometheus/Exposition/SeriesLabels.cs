using System.Globalization;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Gives each point its labels: chosen resource attributes, scope, tags; and no two points the same.</summary>
/// <remarks>Not thread-safe. The set it returns is valid until the next call.</remarks>
internal sealed class SeriesLabels
{
    private const string DuplicateLabel = "otel_duplicate";

    private readonly ExporterTelemetry telemetry;
    private readonly KeyValuePair<string, object>[] constants;
    private readonly LabelSet labels = new();
    private readonly SeriesSet written = new();
    private string familyName = string.Empty;

    public SeriesLabels(Resource resource, Func<string, bool>? isConstant, ExporterTelemetry telemetry)
    {
        this.telemetry = telemetry;
        constants = isConstant is null ? [] : [.. resource.Attributes.Where(attribute => isConstant(attribute.Key))];
    }

    /// <summary>The labels of <c>target_info</c>.</summary>
    public LabelSet EncodeResource(Resource resource)
    {
        labels.Clear(forHistogram: false);
        foreach (var attribute in resource.Attributes)
        {
            labels.Add(attribute.Key, attribute.Value);
        }

        labels.Complete();
        return labels;
    }

    /// <summary>To be called before the streams of a family.</summary>
    public void BeginFamily(MetricStream family)
    {
        familyName = family.Name;
        written.Clear();
    }

    /// <summary>To be called before the points of a stream.</summary>
    public void BeginStream(MetricStream stream)
    {
        labels.Clear(forHistogram: stream.Type == FamilyType.Histogram);
        foreach (var constant in constants)
        {
            labels.Add(constant.Key, constant.Value);
        }

        foreach (var scope in stream.ScopeLabels)
        {
            labels.Add(scope.Key, scope.Value);
        }

        labels.Mark();
    }

    /// <summary>
    /// The labels of <paramref name="point"/>. A series that the family has already, because keys or values differ no more
    /// once they are Prometheus text, gets a further label with its number instead of being lost.
    /// </summary>
    public LabelSet Encode(ref readonly MetricPoint point)
    {
        labels.Rewind();
        foreach (var tag in point.Tags)
        {
            labels.Add(tag.Key, tag.Value);
        }

        labels.Complete();
        for (var copies = written.Add(labels); copies > 1; copies = written.Add(labels))
        {
            labels.Add(DuplicateLabel, copies.ToString(CultureInfo.InvariantCulture));
            labels.Complete();
            telemetry.DuplicateSeries(familyName, DuplicateLabel);
        }

        return labels;
    }
}
