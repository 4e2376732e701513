namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Moves values inside their ranges so that their weighted sum is the one wanted, and gives them few digits.</summary>
/// <remarks>One owner at a time, for its memory.</remarks>
internal sealed class SumSteering
{
    /// <summary>Values are rounded to multiples of no more than this part of themselves, so by half of it at most.</summary>
    private const double ValuePrecision = 1e-3;

    /// <summary>Where they could be anywhere in a wide range they are rounded to multiples of no more than this part of it and of themselves.</summary>
    private const double RangePrecision = 1.0 / 32;

    /// <summary>The sum may be wrong by so much, rather than a value take more digits.</summary>
    private const double SumPrecision = 1e-6;

    /// <summary>What doubles can add up: a sum that is wrong by less than this part of its terms is right.</summary>
    private const double SumNoise = 1e-13;

    private DecimalGrid[] grids = [];

    /// <summary>Steers values.</summary>
    /// <param name="ranges">All ranges.</param>
    /// <param name="values">Each within its range; best with great weights first.</param>
    /// <param name="origins">The index of each value's range.</param>
    /// <param name="count">All weights together.</param>
    /// <param name="sum">The sum wanted; if it is not finite the values are rounded only.</param>
    /// <returns>Whether the ranges allow that sum.</returns>
    /// <remarks>
    /// <para>
    /// All values move by the same share of the way to their upper bound, or to their lower one: none leaves its range, and the
    /// share follows from sums. What rounding takes from one value the next makes up for, and what is left in the end goes
    /// to the value that has most room for it.
    /// </para>
    /// <para>Sums are divided by the count from the start, so that none overflows while the values do not.</para>
    /// </remarks>
    public bool TrySteer(ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, long count, double sum)
    {
        var share = 1.0 / count;
        var (mean, least, greatest) = (0.0, 0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            var (value, weight) = values[i];
            var part = weight * share;
            ref readonly var range = ref ranges[origins[i]];
            mean += value * part;
            least += range.Lower * part;
            greatest += range.Upper * part;
        }

        PrepareGrids(ranges);
        if (!double.IsFinite(sum))
        {
            Move(ranges, values, origins, 0);
            return true;
        }

        var wanted = Math.Clamp(sum / count, Math.Min(least, mean), Math.Max(greatest, mean));
        var room = wanted > mean ? greatest - mean : mean - least;
        Move(ranges, values, origins, room is > 0 and < double.PositiveInfinity ? Math.Clamp((wanted - mean) / room, -1, 1) : 0);
        return Correct(ranges, values, origins, count, sum / count);
    }

    private void PrepareGrids(ReadOnlySpan<BucketRange> ranges)
    {
        if (grids.Length < ranges.Length)
        {
            grids = new DecimalGrid[ranges.Length * 2];
        }

        for (var i = 0; i < ranges.Length; i++)
        {
            if (IsGridOfRange(in ranges[i]))
            {
                grids[i] = GridAt(ranges[i].Lower, in ranges[i]);
            }
        }
    }

    /// <summary>Whether one grid does for all values of a range, their magnitudes being alike.</summary>
    private static bool IsGridOfRange(in BucketRange range) => range.Upper - range.Lower <= Math.Min(Math.Abs(range.Lower), Math.Abs(range.Upper));

    private static DecimalGrid GridAt(double value, in BucketRange range)
    {
        var width = range.Upper - range.Lower;
        var magnitude = Math.Abs(value);

        // Two multiples or more are within the range.
        return new DecimalGrid(Math.Max(RangePrecision * Math.Min(width, magnitude), Math.Min(ValuePrecision * magnitude, width / 2)));
    }

    /// <summary>Moves all values by a share of the way, to the upper bounds or, if it is negative, to the lower ones; and rounds them.</summary>
    private void Move(ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, double share)
    {
        var (stay, move) = (1 - Math.Abs(share), Math.Abs(share));
        var error = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var (value, weight) = values[i];
            ref readonly var range = ref ranges[origins[i]];
            var moved = Math.Clamp((value * stay) + ((share > 0 ? range.Upper : range.Lower) * move), range.Lower, range.Upper);
            var grid = IsGridOfRange(in range) ? grids[origins[i]] : GridAt(moved, in range);
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
            values[i] = new(rounded + 0.0, weight); // Without the sign of a zero.
        }
    }

    /// <summary>Gives what is missing to the value with most room, and what is missing still to any.</summary>
    private static bool Correct(ReadOnlySpan<BucketRange> ranges, Span<WeightedValue> values, ReadOnlySpan<int> origins, long count, double wanted)
    {
        var (error, magnitude) = (wanted, 0.0);
        var share = 1.0 / count;
        foreach (var (value, weight) in values)
        {
            var part = weight * share;
            error -= value * part;
            magnitude += Math.Abs(value) * part;
        }

        var tolerance = Math.Max(SumPrecision * Math.Abs(wanted), SumNoise * magnitude);
        if (Math.Abs(error) <= tolerance)
        {
            return true;
        }

        var (most, roomiest) = (0.0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var range = ref ranges[origins[i]];
            var room = (error > 0 ? range.Upper - values[i].Value : values[i].Value - range.Lower) * values[i].Weight;
            if (room > most)
            {
                (most, roomiest) = (room, i);
            }
        }

        for (var i = -1; i < values.Length && Math.Abs(error) > tolerance; i++)
        {
            var taker = i < 0 ? roomiest : i;
            var (value, weight) = values[taker];
            var part = weight * share;
            var (lower, upper, _) = ranges[origins[taker]];
            var exact = Math.Clamp(value + (error / part), lower, upper);
            var rounded = Math.Clamp(new DecimalGrid(tolerance / part).Round(exact), lower, upper);
            error -= (rounded - value) * part;
            values[taker] = new(rounded, weight);
        }

        return Math.Abs(error) <= tolerance;
    }
}
