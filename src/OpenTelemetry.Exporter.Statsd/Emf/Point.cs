namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>One point of an export.</summary>
/// <param name="metric">What it is a point of.</param>
/// <param name="bits">Its value; of a histogram, which it is.</param>
/// <param name="kind">What <paramref name="bits"/> are.</param>
internal struct Point(MetricText metric, long bits, PointKind kind)
{
    public readonly MetricText Metric => metric;

    public readonly long Bits => bits;

    public readonly PointKind Kind => kind;

    public readonly bool IsHistogram => kind >= PointKind.Histogram;

    /// <summary>The next point of the same group, or <see cref="DocumentGroup.None"/>.</summary>
    public int Next { get; set; } = DocumentGroup.None;
}

/// <summary>What a point's bits are.</summary>
internal enum PointKind
{
    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A histogram.</summary>
    Histogram,

    /// <summary>A histogram that had members which are not finite.</summary>
    AlteredHistogram,
}
