namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A point as the SDK hands it to an exporter: one of the three values is set.</summary>
internal sealed record Point(Attribute[] Attributes, long? Whole, double? Real, double[]? Distribution);

/// <summary>Aggregates a recording the way the SDK does under Delta temporality.</summary>
/// <remarks>One for a whole recording: totals run on from export to export.</remarks>
internal sealed class SdkModel
{
    private readonly Dictionary<Series, Measured> totals = new(ReferenceEqualityComparer.Instance);

    /// <summary>The points of an instrument in an export.</summary>
    public IEnumerable<Point> Points(Recorded instrument, int export)
    {
        foreach (var series in instrument.Series)
        {
            if (PointOf(instrument, series, series.Values[export]) is { } point)
            {
                yield return point with { Attributes = Sorted(series.Attributes) };
            }
        }
    }

    /// <summary>Sorted by key; those of one key stay in order.</summary>
    private static Attribute[] Sorted(Attribute[] attributes) => [.. attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal)];

    private Point? PointOf(Recorded instrument, Series series, Measured[] values)
    {
        var isPresent = values.Length > 0;
        switch (instrument.Kind)
        {
            case InstrumentKind.LongCounter or InstrumentKind.DoubleCounter:
                return isPresent ? Number(instrument, Sum(default, values)) : null;
            case InstrumentKind.LongObservableCounter or InstrumentKind.DoubleObservableCounter:
                // A callback that has no new value reports the last one again: an idle series would begin anew at zero.
                var before = totals.GetValueOrDefault(series);
                var total = totals[series] = isPresent ? values[^1] : before;
                return Number(instrument, new Measured(unchecked(total.Long - before.Long), total.Double - before.Double));
            case InstrumentKind.LongUpDownCounter or InstrumentKind.DoubleUpDownCounter:
                return isPresent || totals.ContainsKey(series)
                    ? Number(instrument, totals[series] = Sum(totals.GetValueOrDefault(series), values))
                    : null;
            case InstrumentKind.ExplicitHistogram:
                return isPresent ? new Point([], null, null, [.. values.Select(value => value.Double)]) : null;
            case InstrumentKind.ExponentialHistogram:
                var kept = values.Select(value => value.Double).Where(value => !(value < 0)).ToArray();
                return kept.Length > 0 ? new Point([], null, null, kept) : null;
            default:
                return isPresent ? Number(instrument, values[^1]) : null;
        }
    }

    /// <summary>What a callback observes for a series of an observable counter.</summary>
    public static Measured Observed(Series series, int export) =>
        series.Values.Take(export + 1).LastOrDefault(values => values.Length > 0)?[^1] ?? default;

    private static Measured Sum(Measured start, Measured[] values) => values.Aggregate(
        start, (sum, value) => new Measured(unchecked(sum.Long + value.Long), sum.Double + value.Double));

    private static Point Number(Recorded instrument, Measured value) => IsLong(instrument.Kind)
        ? new Point([], value.Long, null, null)
        : new Point([], null, value.Double, null);

    public static bool IsLong(InstrumentKind kind) => kind is InstrumentKind.LongCounter or InstrumentKind.LongUpDownCounter
        or InstrumentKind.LongGauge or InstrumentKind.LongObservableCounter or InstrumentKind.LongObservableUpDownCounter;
}
