using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>The one place that decides what a <see cref="MetricType"/> means; every format visits points through it.</summary>
/// <remarks>Stateless. Allocates nothing: a visitor that is a struct is specialised by the runtime.</remarks>
internal static class MetricWalker
{
    /// <summary>The kind of all points of <paramref name="metric"/>.</summary>
    /// <returns><see langword="null"/> for a type that this version of the library does not know.</returns>
    public static MetricKind? KindOf(Metric metric) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.DoubleSum => MetricKind.Counter,
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => MetricKind.UpDownCounter,
        MetricType.LongGauge or MetricType.DoubleGauge => MetricKind.Gauge,
        MetricType.Histogram or MetricType.ExponentialHistogram => MetricKind.Histogram,
        _ => null,
    };

    /// <summary>Shows each point of <paramref name="metric"/> to <paramref name="visitor"/>, in the SDK's order.</summary>
    /// <returns><see langword="false"/> if the type is unknown and nothing was visited.</returns>
    public static bool Walk<TVisitor>(Metric metric, ref TVisitor visitor)
        where TVisitor : IPointVisitor, allows ref struct
    {
        switch (metric.MetricType)
        {
            case MetricType.LongSum:
            case MetricType.LongSumNonMonotonic:
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    visitor.VisitNumber(in point, point.GetSumLong());
                }

                return true;

            case MetricType.DoubleSum:
            case MetricType.DoubleSumNonMonotonic:
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    visitor.VisitNumber(in point, point.GetSumDouble());
                }

                return true;

            case MetricType.LongGauge:
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    visitor.VisitNumber(in point, point.GetGaugeLastValueLong());
                }

                return true;

            case MetricType.DoubleGauge:
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    visitor.VisitNumber(in point, point.GetGaugeLastValueDouble());
                }

                return true;

            case MetricType.Histogram:
            case MetricType.ExponentialHistogram:
                var isExponential = metric.MetricType == MetricType.ExponentialHistogram;
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    visitor.VisitHistogram(in point, new HistogramPoint(in point, isExponential));
                }

                return true;

            default:
                return false;
        }
    }
}
