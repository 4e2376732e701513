using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Estimates quantiles of a histogram.</summary>
/// <remarks>
/// Of n values in ascending order, counted from 0, the quantile q is taken to be the one at q * (n - 1). The ends are exact where
/// the histogram has them; any other estimate lies in the bucket of that value, or of one of its two neighbours if q * (n - 1) is
/// not whole, and so is wrong by the bucket's width at most: by the factor 2^(1 / 2^scale) in an exponential histogram, which is
/// 4.4 % at scale 4. Half of that is usual. An estimate has five or six digits, for more of them say nothing.
/// </remarks>
internal static class Quantile
{
    /// <summary>Estimates are rounded to multiples of no more than this part of themselves, so by half of it at most.</summary>
    private const double Precision = 1e-5;

    /// <summary>The value at or below which a share <paramref name="q"/> of all values lies.</summary>
    /// <param name="histogram">At least one value.</param>
    /// <param name="q">Between 0 and 1.</param>
    /// <returns>Finite, between the smallest and the largest value.</returns>
    public static double Estimate(HistogramRanges histogram, double q)
    {
        Debug.Assert(histogram.Count > 0, "No value has no quantile.");
        Debug.Assert(q is >= 0 and <= 1, "A share of all values.");
        var rank = q * (histogram.Count - 1);
        if (rank <= 0)
        {
            return histogram.Min;
        }

        if (rank < histogram.Count - 1)
        {
            // Each value is in the middle of its own share of the range.
            var position = rank + 0.5;
            var before = 0L;
            foreach (ref readonly var range in histogram.Ranges)
            {
                var share = (position - before) / range.Count;
                if (share <= 1)
                {
                    return Round(new RangeCurve(in range, histogram.IsExponential).At(Math.Max(share, 0)), in range);
                }

                before += range.Count;
            }
        }

        return histogram.Max;
    }

    private static double Round(double value, in BucketRange range)
    {
        var grid = new DecimalGrid(Math.Min(Precision * Math.Abs(value), (range.Upper - range.Lower) / 2));
        return Math.Clamp(grid.Round(value), range.Lower, range.Upper);
    }
}
