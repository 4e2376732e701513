namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Which powers of two the counts of a histogram are divided into, and where the values of each power go: the greatest first.</summary>
/// <remarks>One owner at a time, for its memory.</remarks>
internal sealed class PowerPlan
{
    /// <summary>What a value with its colon takes in a line, about.</summary>
    public const int ValueBytes = 6;

    private const int Powers = 63;

    /// <summary>What the rate of a power of two takes in a line besides a digit for each time it was halved.</summary>
    private const int RateBytes = 4;

    private readonly int[] places = new int[Powers];
    private readonly int[] substitutes = new int[Powers];
    private readonly int[] next = new int[Powers];
    private readonly double[] bytes = new double[Powers + 1];

    public void Clear() => Array.Clear(places);

    /// <summary>Adds a value of a power.</summary>
    public void Add(int power) => places[power]++;

    /// <summary>Decides on the powers after all values are known: those that take fewest bytes, a value of a power left out being as many of one in use.</summary>
    /// <param name="lineBytes">What a line costs without its rate and values.</param>
    /// <returns>How many bytes that takes, about.</returns>
    public double Choose(int lineBytes)
    {
        var lowest = Math.Max(Array.FindIndex(places, count => count > 0), 0);
        var end = Array.FindLastIndex(places, count => count > 0) + 1;
        bytes[end] = 0;
        for (var power = end - 1; power >= lowest; power--)
        {
            // The least for this power and all above: so many values if `above` is the next in use, and what those from there on take.
            var values = 0.0;
            bytes[power] = double.PositiveInfinity;
            for (var above = power + 1; above <= end && values * ValueBytes < bytes[power]; above++)
            {
                values += Math.ScaleB(places[above - 1], above - 1 - power);
                var needed = bytes[above] + lineBytes + (power > 0 ? RateBytes + power : 0) + (values * ValueBytes);
                if (needed < bytes[power])
                {
                    (bytes[power], next[power]) = (needed, above);
                }
            }
        }

        Array.Fill(substitutes, -1);
        for (var power = lowest; power < end; power = next[power])
        {
            Array.Fill(substitutes, power, power, Powers - power);
        }

        return bytes[lowest];
    }

    /// <summary>Gives the values of each chosen power their places.</summary>
    /// <returns>How many values there are.</returns>
    public int Arrange()
    {
        for (var power = Powers - 1; power > 0; power--)
        {
            if (substitutes[power] < power)
            {
                places[power - 1] += 2 * places[power];
                places[power] = 0;
            }
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
