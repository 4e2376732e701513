using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Holds the values of metrics against the points that were recorded.</summary>
internal static class PointCheck
{
    /// <summary>The last places of a double, which scaling and adding up cost.</summary>
    private const double Rounding = 1e-12;

    /// <summary>How far computed bounds of exponential buckets may be off.</summary>
    private const double BoundRounding = 1e-9;

    private static readonly double Limit = Math.Pow(2, 360);

    /// <summary>Whether a point may be written, and whether it may not.</summary>
    public static (bool MayBeWritten, bool MayBeDropped) Outcome(EmfPoint point)
    {
        var factor = DocumentedUnits.Of(point.Unit).Factor;
        if (point.Number is { } number)
        {
            var isValid = Math.Abs(number * factor) <= Limit;
            return (isValid, !isValid);
        }

        return (true, !IsUsual(point.Histogram!));
    }

    /// <summary>Checks all that is written of a number.</summary>
    public static bool IsNumber(EmfPoint point, EmfRecord record)
    {
        var expected = point.Number!.Value * DocumentedUnits.Of(point.Unit).Factor;
        return double.IsFinite(expected) && record.Target is { Statistics: null, Values: [var actual] }
            && AreClose(expected, actual, Math.Abs(expected));
    }

    /// <summary>Checks all that is written of a histogram.</summary>
    public static void CheckHistogram(EmfPoint point, IReadOnlyList<EmfRecord> parts, EmfHistogramForm form)
    {
        var histogram = point.Histogram!;
        EmfStatistics[] statistics = [.. parts.Select(part => part.Target.Statistics!)];
        Assert.All(statistics, Assert.NotNull);
        if (!histogram.IsFinite)
        {
            Assert.InRange(statistics.Sum(part => part.Count), 1, histogram.Count);
            return;
        }

        var factor = DocumentedUnits.Of(point.Unit).Factor;
        var (min, max) = (statistics.Min(part => part.Min), statistics.Max(part => part.Max));
        Assert.Equal(histogram.Count, statistics.Sum(part => part.Count));
        var sum = histogram.Sum * factor;
        AssertClose(sum, statistics.Sum(part => part.Sum), Math.Max(Math.Abs(sum), histogram.Count * Math.Max(Math.Abs(min), Math.Abs(max))));
        if (histogram.Range is { } range)
        {
            AssertClose(range.Min * factor, min, Math.Abs(min));
            AssertClose(range.Max * factor, max, Math.Abs(max));
        }

        if (form == EmfHistogramForm.StatisticSet)
        {
            Assert.Empty(Assert.Single(parts).Target.Values);
            return;
        }

        CheckBuckets(histogram, parts, factor);
    }

    private static void CheckBuckets(EmfPointHistogram histogram, IReadOnlyList<EmfRecord> parts, double factor)
    {
        var values = parts.SelectMany(part => part.Target.Values.Zip(part.Target.Counts)).ToArray();
        var below = 0L;
        foreach (var bucket in histogram.Buckets.Where(bucket => double.IsFinite(bucket.Upper)))
        {
            // A value on a bound may be of either bucket.
            below += bucket.Count;
            var bound = bucket.Upper * factor;
            var slack = Math.Max(Math.Abs(bound) * BoundRounding, 1 / Limit);
            Assert.True(below >= values.Where(value => value.First < bound - slack).Sum(value => value.Second), $"Too many values below {bound}.");
            Assert.True(below <= values.Where(value => value.First <= bound + slack).Sum(value => value.Second), $"Too few values up to {bound}.");
        }
    }

    private static bool IsUsual(EmfPointHistogram histogram) =>
        histogram.Range is { } range && Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)) < 1e100 && Math.Abs(histogram.Sum) < 1e100;

    private static bool AreClose(double expected, double actual, double size) => Math.Abs(expected - actual) <= Math.Max(Rounding * size, 1 / Limit);

    private static void AssertClose(double expected, double actual, double size) => Assert.True(AreClose(expected, actual, size), $"{expected} is written as {actual}.");
}
