namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Moves values inside their ranges so that their weighted sum is the one wanted, and gives them few digits.</summary>
/// <remarks>One owner at a time, for its memory.</remarks>
internal sealed class SumSteering
{
    /// <summary>Values are rounded to multiples of no more than this part of themselves, so by half of it at most.</summary>
    private const double ValuePrecision = 1e-3;

    /// <summary>Or else of no more than this part of their range, where that is more.</summary>
    private const double RangePrecision = 1.0 / 32;

    /// <summary>The sum may be wrong by so much, rather than a value take more digits.</summary>
    private const double SumPrecision = 1e-6;

    /// <summary>What doubles can add up: a sum that is wrong by less than this part of its terms is right.</summary>
    private const double SumNoise = 1e-13;

    private const int MostCorrections = 16;

    private DecimalGrid[] grids = [];

    /// <summary>Steers values.</summary>
    /// <param name="ranges">All ranges.</param>
    /// <param name="values">Each within its range; best with great weights first.</param>
    /// <param name="origins">The index of each value's range.</param>
    /// <param name="sum">The sum wanted; if it is not finite the values are rounded only.</param>
    /// <remarks>
    /// All values move by the same share of the way to their upper bound, or to their lower one: none leaves its range, and the
    /// share follows from two sums. What rounding takes from one value the next makes up for, and what is left in the end goes
    /// to the value that has most room for it.
    /// </remarks>
    public void Steer(ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, double sum)
    {
        var (total, magnitude, above, below) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            var (value, weight) = values[i];
            ref readonly var range = ref ranges[origins[i]];
            total += value * weight;
            magnitude += Math.Abs(value) * weight;
            above += (range.Upper - value) * weight;
            below += (value - range.Lower) * weight;
        }

        if (!double.IsFinite(magnitude))
        {
            return;
        }

        var missing = double.IsFinite(sum) ? sum - total : 0;
        var room = missing > 0 ? above : below;
        var share = room > 0 ? Math.Clamp(missing / room, -1, 1) : 0;
        PrepareGrids(ranges);
        var error = Move(ranges, values, origins, share);
        Correct(ranges, values, origins, error, Math.Max(SumPrecision * Math.Abs(total + missing), SumNoise * magnitude));
    }

    private void PrepareGrids(ReadOnlySpan<BucketRange> ranges)
    {
        if (grids.Length < ranges.Length)
        {
            grids = new DecimalGrid[ranges.Length * 2];
        }

        for (var i = 0; i < ranges.Length; i++)
        {
            var (lower, upper, _) = ranges[i];
            var width = upper - lower;
            var smallest = Math.Min(Math.Abs(lower), Math.Abs(upper));

            // Two multiples or more are within the range.
            grids[i] = new DecimalGrid(Math.Max(RangePrecision * width, Math.Min(ValuePrecision * smallest, width / 2)));
        }
    }

    /// <summary>Moves and rounds all values.</summary>
    /// <returns>By how much their sum is less than without the rounding.</returns>
    private double Move(ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, double share)
    {
        var error = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var (value, weight) = values[i];
            var origin = origins[i];
            ref readonly var range = ref ranges[origin];
            ref readonly var grid = ref grids[origin];
            var end = share > 0 ? range.Upper : range.Lower;
            var moved = Math.Clamp((value * (1 - Math.Abs(share))) + (end * Math.Abs(share)), range.Lower, range.Upper);
            var rounded = grid.Round(moved + Math.Clamp(error / weight, -grid.Unit, grid.Unit));
            if (rounded < range.Lower)
            {
                rounded = grid.Round(range.Lower + (grid.Unit / 2));
            }
            else if (rounded > range.Upper)
            {
                rounded = grid.Round(range.Upper - (grid.Unit / 2));
            }

            if (!(rounded >= range.Lower && rounded <= range.Upper))
            {
                rounded = moved;
            }

            error += (moved - rounded) * weight;
            values[i] = new(rounded, weight);
        }

        return error;
    }

    private static void Correct(
        ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, double error, double tolerance)
    {
        for (var n = 0; n < MostCorrections && Math.Abs(error) > tolerance; n++)
        {
            var (most, roomiest) = (0.0, -1);
            for (var i = 0; i < values.Length; i++)
            {
                ref readonly var range = ref ranges[origins[i]];
                var room = (error > 0 ? range.Upper - values[i].Value : values[i].Value - range.Lower) * values[i].Weight;
                if (room > most)
                {
                    (most, roomiest) = (room, i);
                }
            }

            if (roomiest < 0)
            {
                return;
            }

            var (value, weight) = values[roomiest];
            var (lower, upper, _) = ranges[origins[roomiest]];
            var exact = Math.Clamp(value + (error / weight), lower, upper);
            var rounded = Math.Clamp(new DecimalGrid(tolerance / weight).Round(exact), lower, upper);
            error -= (rounded - value) * weight;
            values[roomiest] = new(rounded, weight);
        }
    }
}
