using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Which powers of two the counts of a histogram are divided into, and where the values of each power go: the greatest first.</summary>
/// <remarks>One owner at a time, for its memory.</remarks>
internal sealed class PowerPlan
{
    private const int Powers = 63;

    /// <summary>What a value with its colon takes in a line, about.</summary>
    private const int ValueBytes = 6;

    /// <summary>What the rate of a power of two takes in a line, about.</summary>
    private const int RateBytes = 15;

    private readonly int[] places = new int[Powers];
    private readonly int[] substitutes = new int[Powers];

    public void Clear() => Array.Clear(places);

    /// <summary>Adds a count, as many of the greatest power as there is room for and the bits of the rest.</summary>
    public void Add(long count, int greatest)
    {
        places[greatest] += (int)(count >> greatest);
        for (var rest = count & ((1L << greatest) - 1); rest != 0; rest &= rest - 1)
        {
            places[BitOperations.TrailingZeroCount(rest)]++;
        }
    }

    /// <summary>Decides on the powers after all counts are known.</summary>
    /// <param name="lineBytes">What a line costs without its rate and values; a power of so few values that they cost less is written as twice as many of the power below.</param>
    /// <returns>How many values there are.</returns>
    public int Arrange(int lineBytes)
    {
        for (var power = Powers - 1; power > 0; power--)
        {
            var isWorthALine = places[power] * ValueBytes > lineBytes + RateBytes;
            substitutes[power] = isWorthALine ? power : -1;
            if (!isWorthALine)
            {
                places[power - 1] += 2 * places[power];
                places[power] = 0;
            }
        }

        for (var power = 1; power < Powers; power++)
        {
            substitutes[power] = Math.Max(substitutes[power], substitutes[power - 1]);
        }

        var values = 0;
        for (var power = Powers - 1; power >= 0; power--)
        {
            (places[power], values) = (values, values + places[power]);
        }

        return values;
    }

    /// <summary>The greatest power in use that is not above <paramref name="power"/>.</summary>
    public int NotAbove(int power) => substitutes[power];

    /// <summary>Where the next value of <paramref name="power"/> goes, which is in use.</summary>
    public int Take(int power) => places[power]++;
}
