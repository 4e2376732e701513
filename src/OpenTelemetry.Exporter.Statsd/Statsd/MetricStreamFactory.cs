using System.Diagnostics;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Encodes what is fixed for a metric when it is written for the first time, aggregated or streamed; both share names and constants.</summary>
/// <remarks>May be used by any thread once the provider has been built; takes a lock. What it makes has an owner of its own.</remarks>
internal sealed class MetricStreamFactory(StatsdExporterSettings settings, Func<Resource> resource)
{
    private readonly Lock gate = new();
    private readonly TagEncoder encoder = new(settings.Profile);
    private readonly TagEncoder seriesEncoder = new(settings.Profile);
    private readonly StreamNames names = new(settings.Profile, settings.Prefix, settings.IncludeScopeTags);
    private readonly bool tagsFollowType = settings.Profile.Tags is { Position: TagPosition.AfterType };

    // The provider, and with it the resource, is known only after the exporter has been built.
    private EncodedTag[]? constants;

    /// <summary>Encodes an aggregated metric; all of them have one owner.</summary>
    public MetricStream Create(Metric metric, MetricKind kind)
    {
        Debug.Assert(
            settings.Profile.Types.HasFlag(StatsdTypes.Counter | StatsdTypes.Gauge),
            "Every receiver knows the two types that numbers are written as.");
        var lines = kind == MetricKind.Histogram ? settings.Histograms.For(metric.Name) : null;
        var identity = StreamIdentity.Of(metric, kind) with { ValueType = lines?.ValueType ?? StatsdTypes.None };
        var encodedNames = Acquire(identity, MetricLifetime.Watch(metric), SuffixesOf(identity, lines?.Suffixes), out var tags);
        byte[] prefix = lines is not null ? []
            : tagsFollowType ? MetricStream.TypeOf(kind).ToArray()
            : encodedNames[0];
        Debug.Assert(
            settings.DatadogFields.Length == 0 || (settings.Profile.HasDatadogExtensions && tagsFollowType),
            "Other receivers misread Datadog's fields, and nothing but the value follows a name.");
        var series = new SeriesCache(seriesEncoder, tags, prefix, settings.DatadogFields, TagArray.IsReadable);
        return new MetricStream(identity, lines, encodedNames, tagsFollowType, series);
    }

    /// <summary>Encodes an instrument that is streamed.</summary>
    /// <param name="name">Of the instrument.</param>
    /// <param name="unit">Of the instrument; may be <see langword="null"/>.</param>
    /// <param name="meter">The meter's name.</param>
    /// <param name="meterVersion">The meter's version; may be <see langword="null"/>.</param>
    /// <param name="kind">Counter, gauge or histogram.</param>
    /// <param name="isOver">Whether the meter was disposed of; asked by any thread, until then and after.</param>
    /// <param name="sampleOneIn">Of how many measurements of a counter one is sent, which its lines say; else 1.</param>
    public StreamedMetric Create(string name, string? unit, string meter, string? meterVersion, MetricKind kind, Func<bool> isOver, int sampleOneIn = 1)
    {
        var valueType = kind == MetricKind.Histogram ? ValueTypeFor(name) : StatsdTypes.None;
        var identity = new StreamIdentity(name, kind, unit ?? string.Empty, meter, meterVersion ?? string.Empty) { ValueType = valueType };
        var encodedNames = Acquire(identity, isOver, SuffixesOf(identity), out var tags);
        var type = kind == MetricKind.Histogram ? MetricStream.TypeOf(valueType) : MetricStream.TypeOf(kind);
        return new StreamedMetric(
            identity, encodedNames[0], [.. type, .. RateOf(sampleOneIn)], tagsFollowType, new TagEncoder(settings.Profile), tags, settings.DatadogFields);
    }

    private static ReadOnlySpan<byte> RateOf(int weight)
    {
        Span<byte> rate = new byte[SampleRate.MaxBytes];
        var isWritten = SampleRate.TryWrite(rate, weight, out var bytes);
        Debug.Assert(isWritten, "It is as long as it needs to be.");
        return rate[..bytes];
    }

    /// <summary>Encodes what follows a counter's value: its type, tags, those that all series share, and what ends each line.</summary>
    public byte[] EncodeCounterTail(params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Debug.Assert(settings.Profile.Tags is { Position: TagPosition.AfterType }, "The tail holds the tags.");
        lock (gate)
        {
            constants ??= EncodeConstants();
            var type = MetricStream.TypeOf(MetricKind.Counter);
            Span<byte> buffer = new byte[encoder.MaxBytes(tags.Length, constants)];
            return [.. type, .. buffer[..encoder.Write(buffer, tags, constants)], .. settings.DatadogFields];
        }
    }

    /// <summary>What streamed values are written as: what the metric's form says, or what suits the receiver if that writes none.</summary>
    private StatsdTypes ValueTypeFor(string name) =>
        settings.Histograms.For(name).ValueType is var type and not StatsdTypes.None ? type : settings.Profile.ValueType;

    /// <summary>What the lines of a stream append to its name, and after that, what the receiver does.</summary>
    private string[] SuffixesOf(StreamIdentity identity, string[]? written = null) =>
        [.. written ?? [string.Empty], .. identity.ValueType is StatsdTypes.Timing or StatsdTypes.Histogram ? settings.Profile.DerivedSuffixes : []];

    /// <param name="identity">What the stream is.</param>
    /// <param name="isOver">Whether it has come to its end.</param>
    /// <param name="suffixes">What is appended to the name.</param>
    /// <param name="tags">What all its series share.</param>
    /// <returns>A name for each suffix.</returns>
    private byte[][] Acquire(StreamIdentity identity, Func<bool> isOver, ReadOnlySpan<string> suffixes, out EncodedTag[] tags)
    {
        lock (gate)
        {
            constants ??= EncodeConstants();
            EncodedTag[] scope = [.. EncodeScope(identity)];
            var encodedNames = names.Acquire(identity, isOver, TextOf(scope), suffixes, out var carriesScope);
            tags = carriesScope ? [.. constants, .. scope] : constants;
            return encodedNames;
        }
    }

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

    private IEnumerable<EncodedTag> EncodeScope(StreamIdentity identity)
    {
        yield return encoder.EncodeOwn(TagEncoder.ScopeName, identity.Meter);
        if (identity.MeterVersion.Length > 0)
        {
            yield return encoder.EncodeOwn(TagEncoder.ScopeVersion, identity.MeterVersion);
        }
    }

    /// <summary>The values; no value has a line feed.</summary>
    private static string TextOf(EncodedTag[] scope) => string.Join('\n', scope.Select(tag => Encoding.UTF8.GetString(tag.Value)));
}
