using System.Globalization;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>Gives each series its labels: chosen resource attributes, scope, tags.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class SeriesLabels
{
    /// <summary>The label that tells series apart which are equal otherwise.</summary>
    public const string DuplicateLabel = "otel_duplicate";

    private readonly Resource resource;
    private readonly FamilySettings settings;
    private readonly ILabelEncoding encoding;
    private readonly KeyValuePair<string, object>[] constants;
    private readonly LabelSet labels;
    private readonly ByteArena block = new();

    /// <param name="resource">The resource of the provider.</param>
    /// <param name="constants">The attributes of it that are labels of every series.</param>
    /// <param name="settings">What to expose.</param>
    /// <param name="escaping">What the scraper wants done to names.</param>
    /// <param name="encoding">How to write labels.</param>
    public SeriesLabels(Resource resource, KeyValuePair<string, object>[] constants, FamilySettings settings, EscapingScheme escaping, ILabelEncoding encoding)
    {
        this.resource = resource;
        this.constants = constants;
        this.settings = settings;
        this.encoding = encoding;
        labels = new LabelSet(settings.Naming.EscapesFirst ? null : escaping, settings.ReservedLabels, settings.Attributes);
    }

    /// <summary>The labels of <c>target_info</c>; empty if there is to be no such metric.</summary>
    public byte[] EncodeTarget()
    {
        labels.Clear(forHistogram: false);
        if (settings.HasTarget)
        {
            foreach (var attribute in resource.Attributes)
            {
                if (settings.Attributes.ShowsResourceAttribute(attribute.Key))
                {
                    labels.Add(attribute.Key, attribute.Value);
                }
            }
        }

        return Encode();
    }

    /// <summary>To be called before the series of a metric.</summary>
    public void Begin(LaidOutStream stream)
    {
        labels.Clear(forHistogram: stream.Type == FamilyType.Histogram);
        foreach (var constant in constants)
        {
            labels.Add(constant.Key, constant.Value);
        }

        if (settings.HasScope)
        {
            AddScope(stream.Stream);
        }

        labels.Mark();
    }

    /// <summary>The labels of a series, encoded.</summary>
    /// <param name="series">The series.</param>
    /// <param name="copy">1, or a number to tell it from others that are the same.</param>
    public byte[] Encode(Series series, int copy)
    {
        labels.Rewind();
        foreach (var tag in series.Tags)
        {
            if (settings.Attributes.ShowsAttribute(tag.Key))
            {
                labels.Add(tag.Key, tag.Value);
            }
        }

        if (copy > 1)
        {
            labels.Add(DuplicateLabel, copy.ToString(CultureInfo.InvariantCulture));
        }

        return Encode();
    }

    private byte[] Encode()
    {
        labels.Complete();
        block.Truncate(0);
        encoding.Append(labels, block);
        return block.Written.ToArray();
    }

    /// <summary>Attributes of the scope that would be mistaken for its name, version or schema are dropped, as specified.</summary>
    private void AddScope(MetricStream stream)
    {
        labels.Add("otel_scope_name", stream.MeterName);
        labels.Add("otel_scope_version", stream.MeterVersion);
        labels.Add("otel_scope_schema_url", stream.MeterSchemaUrl);
        foreach (var tag in stream.MeterTags)
        {
            var key = $"otel_scope_{tag.Key}";
            if (settings.Attributes.ShowsAttribute(tag.Key)
                && PrometheusName.Sanitize(key, allowColon: false) is not ("otel_scope_name" or "otel_scope_version" or "otel_scope_schema_url"))
            {
                labels.Add(key, tag.Value);
            }
        }
    }
}
