using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>Values, and how the SDK is told to aggregate them.</summary>
internal sealed record HistogramCase(double[]? Bounds, int MaxScale, int MaxSize, bool RecordMinMax, double[] Values)
{
    private static readonly double[] Edges =
    [
        0, -0.0, 1, 2, 0.5, 10, -1, -10, 1e-9, 1e-12, -1e-12, double.Epsilon, 3e-310, 2.2250738585072014E-308, 1e100, -1e100, 1e300, 9007199254740993,
    ];

    public static Gen<HistogramCase> Any { get; } = Cases(Gen.Frequency(
        (9, Gen.Constant(0.0)), (1, Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue))));

    /// <summary>Without what the SDK counts but does not sort by size, or cannot add up.</summary>
    public static Gen<HistogramCase> Finite { get; } = Cases(Gen.Constant(0.0));

    public HistogramConfiguration View => Bounds is null
        ? new Base2ExponentialBucketHistogramConfiguration { MaxScale = MaxScale, MaxSize = MaxSize, RecordMinMax = RecordMinMax }
        : new ExplicitBucketHistogramConfiguration { Boundaries = Bounds, RecordMinMax = RecordMinMax };

    public RecordedHistogram Record() => RecordedHistogram.Record(View, Values);

    public override string ToString() =>
        $"{(Bounds is null ? $"scale {MaxScale}, size {MaxSize}" : $"bounds {string.Join(' ', Bounds)}")}, min and max {RecordMinMax}: {string.Join(' ', Values)}";

    private static Gen<HistogramCase> Cases(Gen<double> odd) =>
        from isExponential in Gen.Elements(true, false)
        from maxScale in Gen.Frequency((2, Gen.Constant(20)), (3, Gen.Choose(-11, 20)))
        from maxSize in Gen.Frequency((2, Gen.Constant(160)), (1, Gen.Choose(2, 200)))
        from bounds in Bound.ListOf(12)
        from hasBounds in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from minMax in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from values in ValuesOfACase
        from last in odd
        select new HistogramCase(
            isExponential ? null : hasBounds ? [.. bounds.Distinct().Order()] : [],
            maxScale,
            maxSize,
            minMax,
            last == 0 ? values : [.. values, last]);

    private static Gen<double> Bound => Gen.Frequency((1, Gen.Elements(Edges).Select(edge => edge + 0.0)), (3, Gen.Choose(-40, 400).Select(number => number / 4.0)));

    /// <summary>Few or many, close together or far apart, with or without zeros, negative ones and outliers.</summary>
    private static Gen<double[]> ValuesOfACase =>
        from count in Gen.Frequency((2, Gen.Choose(1, 3)), (3, Gen.Choose(4, 40)), (2, Gen.Choose(41, 3000)))
        from seed in Gen.Choose(0, int.MaxValue)
        from center in Gen.Frequency((4, Gen.Choose(-3, 3)), (1, Gen.Choose(-300, 250)))
        from spread in Gen.Elements(1e-8, 0.01, 0.5, 1, 3, 20)
        from negatives in Gen.Elements(0, 0, 0.3)
        from edges in Gen.Elements(0, 0, 0.05)
        select Draw(count, new Random(seed), center, spread, negatives, edges);

    private static double[] Draw(int count, Random random, int center, double spread, double negatives, double edges) =>
        [.. Enumerable.Range(0, count).Select(_ =>
            random.NextDouble() < edges
                ? Edges[random.Next(Edges.Length)]
                : Math.Pow(10, center) * Math.Exp(spread * ((2 * random.NextDouble()) - 1)) * (random.NextDouble() < negatives ? -1 : 1))];
}
