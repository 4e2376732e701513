namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Where in a range a share of its values is taken to lie: evenly by ratio in an exponential bucket, by difference in an explicit one.</summary>
/// <remarks>Never changes; finite for any range.</remarks>
internal readonly struct RangeCurve
{
    /// <summary>Up to here a parabola through both ends and the geometric mean is within 0.6 % of the curve, and costs no logarithm.</summary>
    private const double WidestParabola = 2.1;

    private readonly double lower;
    private readonly double upper;
    private readonly double sag;
    private readonly double lowerLog;
    private readonly double logWidth;

    public RangeCurve(in BucketRange range, bool isExponential)
    {
        (lower, upper) = (range.Lower, range.Upper);
        if (!isExponential || !(lower > 0))
        {
            return;
        }

        if (upper <= lower * WidestParabola)
        {
            var geometricMean = lower * Math.Sqrt(upper / lower);
            sag = 4 * ((lower / 2) + (upper / 2) - geometricMean);
        }
        else
        {
            lowerLog = Math.Log2(lower);
            logWidth = Math.Log2(upper) - lowerLog;
        }
    }

    /// <summary>The value that a share of the range's values does not exceed.</summary>
    /// <param name="share">Between 0 and 1.</param>
    /// <returns>Within the range.</returns>
    public double At(double share)
    {
        var value = logWidth > 0
            ? Math.Pow(2, lowerLog + (share * logWidth))
            : (lower * (1 - share)) + (upper * share) - (sag * share * (1 - share));
        return Math.Clamp(value, lower, upper);
    }
}
