namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>A bucket as the tests know it: clipped to the smallest and the largest value, or finite by the documented rule.</summary>
internal readonly record struct KnownRange(double Lower, double Upper, long Count)
{
    /// <summary>What two ways to compute a bound may differ by.</summary>
    private const double Tolerance = 1e-11;

    public double LowerLimit => Lower - Slack(Lower);

    public double UpperLimit => Upper + Slack(Upper);

    public bool Holds(double value) => value >= LowerLimit && value <= UpperLimit;

    /// <summary>Applies the rules of <c>HistogramRanges</c> once more.</summary>
    public static List<KnownRange> Of(RecordedHistogram recorded)
    {
        var (min, max) = recorded.MinMax ?? (double.NaN, double.NaN);
        if (recorded.Scale is null && recorded.Buckets.Count == 0)
        {
            return WithoutBuckets(recorded, min, max);
        }

        return [.. recorded.Buckets.Select(bucket =>
        {
            var (lower, upper) = (bucket.Lower, bucket.Upper);
            if (double.IsFinite(min))
            {
                (lower, upper) = (Math.Max(lower, min), Math.Max(upper, min));
            }

            if (double.IsFinite(max))
            {
                (lower, upper) = (Math.Min(lower, max), Math.Min(upper, max));
            }

            if (recorded.Scale is not null)
            {
                // None is negative, so none is above the sum.
                var most = double.IsFinite(recorded.Sum) ? recorded.Sum : double.MaxValue;
                return new KnownRange(Math.Min(lower, most), Math.Min(upper, most), bucket.Count);
            }

            lower = !double.IsInfinity(lower) ? lower : upper > 0 ? 0 : upper;
            return new KnownRange(lower, double.IsInfinity(upper) ? lower : upper, bucket.Count);
        })];
    }

    private static List<KnownRange> WithoutBuckets(RecordedHistogram recorded, double min, double max)
    {
        if (double.IsFinite(min) && double.IsFinite(max))
        {
            return [new(min, max, recorded.Count)];
        }

        double[] known = [.. new[] { recorded.Sum / recorded.Count, min, max }.Where(double.IsFinite).Take(1)];
        return [.. known.Select(value => new KnownRange(value, value, recorded.Count))];
    }

    private static double Slack(double bound) => (Math.Abs(bound) * Tolerance) + (2 * double.Epsilon);
}
