using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What is encoded once for a metric, so that a point needs only its value written.</summary>
/// <remarks>
/// A number has one line, whose every byte but the value is either the same for all series or cached per series together
/// with its tags: <see cref="Series"/> holds <c>|type|#tags</c> or <c>name;tags</c>. A histogram has several lines, and
/// <see cref="Series"/> holds the tags alone. Where lines end in Datadog's fields, these end what <see cref="Series"/> holds.
/// </remarks>
internal sealed class MetricStream(StreamIdentity identity, HistogramLines? lines, byte[][] names, bool tagsFollowType, SeriesCache series)
{
    /// <summary>As the instrument or its view calls it; for events.</summary>
    public string MetricName => identity.Name;

    public MetricKind Kind { get; } = identity.Kind;

    /// <summary>What a point of a histogram becomes; <see langword="null"/> of any other kind.</summary>
    public HistogramLines? Lines => lines;

    /// <summary>What each value of a histogram has to be converted by.</summary>
    public MillisecondScale Scale { get; } =
        identity.ValueType == StatsdTypes.Timing ? MillisecondScale.Of(identity.Unit) : MillisecondScale.None;

    /// <summary>The part of the lines that differs from series to series.</summary>
    public SeriesCache Series { get; } = series;

    /// <summary>Whether it was said already that the receiver cannot tell the series apart.</summary>
    public bool HasReportedMerge { get; set; }

    /// <summary>Whether it was said already that quantiles of the histogram are approximate.</summary>
    public bool HasReportedApproximation { get; set; }

    /// <summary>Whether tags end a line; otherwise they end the name.</summary>
    public bool TagsFollowType { get; } = tagsFollowType;

    /// <summary>What a number's line has around its value besides the cached fragment: the name before it, or the type after it.</summary>
    public ReadOnlySpan<byte> Common => TagsFollowType ? names[0] : TypeOf(Kind);

    /// <summary>The type of a number's line, with its bar.</summary>
    public static ReadOnlySpan<byte> TypeOf(MetricKind kind) => kind == MetricKind.Counter ? "|c"u8 : "|g"u8;

    /// <summary>The type of values, with its bar.</summary>
    public static ReadOnlySpan<byte> TypeOf(StatsdTypes values) => values switch
    {
        StatsdTypes.Distribution => "|d"u8,
        StatsdTypes.Histogram => "|h"u8,
        _ => "|ms"u8,
    };

    /// <summary>What surrounds the value of a counter, up-down counter or gauge.</summary>
    public LineParts NumberLine(ReadOnlySpan<byte> fragment)
    {
        Debug.Assert(Kind != MetricKind.Histogram, "A histogram has lines of its own.");
        return TagsFollowType
            ? new LineParts { Head = Common, Tail = fragment }
            : new LineParts { Head = fragment, Tail = Common };
    }

    /// <summary>What surrounds one of the numbers, or each of the values, that a histogram becomes.</summary>
    /// <param name="index">Which of the <see cref="HistogramLines.Suffixes"/>.</param>
    /// <param name="type">With its bar.</param>
    /// <param name="tags">Of the series.</param>
    public LineParts HistogramLine(int index, ReadOnlySpan<byte> type, ReadOnlySpan<byte> tags)
    {
        Debug.Assert(Kind == MetricKind.Histogram, "A number has one line.");
        return TagsFollowType
            ? new LineParts { Head = names[index], Tail = type, TailEnd = tags }
            : new LineParts { Head = names[index], HeadEnd = tags, Tail = type };
    }
}
