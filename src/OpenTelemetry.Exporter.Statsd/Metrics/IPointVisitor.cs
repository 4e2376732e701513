using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>What a format does with each point that <see cref="MetricWalker"/> shows it.</summary>
internal interface IPointVisitor
{
    /// <summary>A counter, up-down counter or gauge of whole numbers.</summary>
    void VisitNumber(ref readonly MetricPoint point, long value);

    /// <summary>A counter, up-down counter or gauge of floating-point numbers; NaN and infinities included.</summary>
    void VisitNumber(ref readonly MetricPoint point, double value);

    /// <summary>A histogram of either aggregation.</summary>
    void VisitHistogram(ref readonly MetricPoint point, HistogramPoint histogram);
}
