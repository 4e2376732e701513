using System.Diagnostics;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Encodes what is fixed for a metric when it is exported for the first time.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal sealed class MetricStreamFactory(StatsdExporterSettings settings, Func<Resource> resource)
{
    private readonly TagEncoder encoder = new(settings.Profile);
    private readonly StreamNames names = new(settings.Profile, settings.Prefix, settings.IncludeScopeTags);

    // The provider, and with it the resource, is known only after the exporter has been built.
    private EncodedTag[]? constants;

    public MetricStream Create(Metric metric, MetricKind kind)
    {
        Debug.Assert(
            settings.Profile.Types.HasFlag(StatsdTypes.Counter | StatsdTypes.Gauge),
            "Every receiver knows the two types that are written.");
        var identity = StreamIdentity.Of(metric, WordFor(kind));
        ReadOnlySpan<string> suffixes = kind == MetricKind.Histogram ? HistogramLines.Suffixes : [string.Empty];
        constants ??= EncodeConstants();
        EncodedTag[] scope = [.. EncodeScope(metric)];
        var encodedNames = names.Acquire(metric, identity, TextOf(scope), suffixes, out var carriesScope);
        EncodedTag[] tags = carriesScope ? [.. constants, .. scope] : constants;

        var tagsFollowType = settings.Profile.Tags is { Position: TagPosition.AfterType };
        byte[] prefix = kind == MetricKind.Histogram ? []
            : tagsFollowType ? MetricStream.TypeOf(kind).ToArray()
            : encodedNames[0];
        Debug.Assert(
            settings.DatadogFields.Length == 0 || (settings.Profile.HasDatadogExtensions && tagsFollowType),
            "Other receivers misread Datadog's fields, and nothing but the value follows a name.");
        var series = new SeriesCache(encoder, tags, prefix, settings.DatadogFields, TagArray.IsReadable);
        return new MetricStream(metric.Name, kind, encodedNames, tagsFollowType, series);
    }

    /// <summary>Encodes what follows a counter's value: its type, tags, those that all series share, and what ends each line.</summary>
    public byte[] EncodeCounterTail(params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Debug.Assert(settings.Profile.Tags is { Position: TagPosition.AfterType }, "The tail holds the tags.");
        constants ??= EncodeConstants();
        var type = MetricStream.TypeOf(MetricKind.Counter);
        Span<byte> buffer = new byte[encoder.MaxBytes(tags.Length, constants)];
        return [.. type, .. buffer[..encoder.Write(buffer, tags, constants)], .. settings.DatadogFields];
    }

    private static string WordFor(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.UpDownCounter => "updowncounter",
        MetricKind.Gauge => "gauge",
        _ => StreamIdentity.Histogram,
    };

    private EncodedTag[] EncodeConstants()
    {
        var tags = new List<EncodedTag>();
        foreach (var (key, value) in settings.Tags)
        {
            tags.Add(encoder.Encode(key, value));
        }

        foreach (var (attribute, value) in resource().Attributes)
        {
            if (settings.ResourceAttributes.TryGetValue(attribute, out var key) && !settings.Tags.ContainsKey(key))
            {
                tags.Add(encoder.Encode(key, AttributeText.Of(value)));
            }
        }

        return [.. tags];
    }

    private IEnumerable<EncodedTag> EncodeScope(Metric metric)
    {
        yield return encoder.EncodeOwn(TagEncoder.ScopeName, metric.MeterName);
        if (!string.IsNullOrEmpty(metric.MeterVersion))
        {
            yield return encoder.EncodeOwn(TagEncoder.ScopeVersion, metric.MeterVersion);
        }
    }

    /// <summary>The values; no value has a line feed.</summary>
    private static string TextOf(EncodedTag[] scope) => string.Join('\n', scope.Select(tag => Encoding.UTF8.GetString(tag.Value)));
}
