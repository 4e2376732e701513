using System.Buffers.Text;

namespace Benchmarks.Load;

/// <summary>Reads lines with several values, <c>name:1.5:2|d|@0.1|#tags</c>, and adds up what they say. Shares no code with what writes them.</summary>
/// <remarks>One thread at a time. A name that ends in <c>.age</c> has the microsecond at which each value was recorded.</remarks>
internal sealed class LineDecoder
{
    private const int MicrosecondsPerStep = 10;
    private const int Fraction = 3;

    /// <summary>How many ages there were of so many steps; the last has all above a second.</summary>
    private readonly long[] ages = new long[100_000];
    private long maxAge;

    public long Values { get; private set; }

    public long Thousandths { get; private set; }

    public long Malformed { get; private set; }

    public long Lines { get; private set; }

    public long Ages { get; private set; }

    public double AgeMax => maxAge / 1000.0;

    public void Decode(ReadOnlySpan<byte> lines, long nowMicroseconds)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!line.IsEmpty)
            {
                DecodeLine(line, nowMicroseconds);
            }
        }
    }

    /// <summary>The age below which so many are, in milliseconds.</summary>
    public double AgeAt(double quantile)
    {
        var left = (long)(Ages * quantile);
        for (var step = 0; step < ages.Length; step++)
        {
            left -= ages[step];
            if (left < 0)
            {
                return (step + 0.5) * MicrosecondsPerStep / 1000;
            }
        }

        return 0;
    }

    public void ClearAges()
    {
        Array.Clear(ages);
        (Ages, maxAge) = (0, 0);
    }

    private void DecodeLine(ReadOnlySpan<byte> line, long now)
    {
        Lines++;
        var bar = line.IndexOf((byte)'|');
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || bar < colon || !TryReadWeight(line[(bar + 1)..], out var weight))
        {
            Malformed++;
            return;
        }

        var isAge = line[..colon].EndsWith(".age"u8);
        for (var at = colon; at < bar;)
        {
            if (!TryReadThousandths(line[..bar], ref at, out var thousandths))
            {
                Malformed++;
                return;
            }

            Values += weight;
            if (isAge)
            {
                AddAge(now - (thousandths / 1000));
            }
            else
            {
                Thousandths += weight * thousandths;
            }
        }
    }

    /// <summary>Reads a colon and a number with up to three decimals.</summary>
    private static bool TryReadThousandths(ReadOnlySpan<byte> values, ref int at, out long thousandths)
    {
        thousandths = 0;
        var i = at + 1;
        var isNegative = i < values.Length && values[i] == '-';
        i += isNegative ? 1 : 0;
        var first = i;
        for (; i < values.Length && (uint)(values[i] - '0') <= 9; i++)
        {
            thousandths = (thousandths * 10) + (values[i] - '0');
        }

        var isNumber = i > first;
        var decimals = 0;
        if (i < values.Length && values[i] == '.')
        {
            for (i++; i < values.Length && (uint)(values[i] - '0') <= 9; i++, decimals++)
            {
                thousandths = (thousandths * 10) + (values[i] - '0');
            }

            isNumber &= decimals > 0;
        }

        isNumber &= decimals <= Fraction && (i == values.Length || values[i] == ':');
        for (; decimals < Fraction; decimals++)
        {
            thousandths *= 10;
        }

        thousandths = isNegative ? -thousandths : thousandths;
        at = i;
        return isNumber;
    }

    /// <summary>Reads the type and, if there is one, the sample rate.</summary>
    private static bool TryReadWeight(ReadOnlySpan<byte> rest, out long weight)
    {
        weight = 1;
        var type = rest.IndexOf((byte)'|');
        if (rest.IsEmpty || type == 0)
        {
            return false;
        }

        if (type < 0 || rest[type + 1] != '@')
        {
            return true;
        }

        rest = rest[(type + 2)..];
        var end = rest.IndexOf((byte)'|');
        rest = end < 0 ? rest : rest[..end];
        var isRate = Utf8Parser.TryParse(rest, out double rate, out var read) && read == rest.Length && rate is > 0 and <= 1;

        // As the Datadog Agent does.
        weight = isRate ? (long)(1 / rate) : 0;
        return isRate;
    }

    private void AddAge(long microseconds)
    {
        microseconds = Math.Max(0, microseconds);
        maxAge = Math.Max(maxAge, microseconds);
        ages[Math.Min(microseconds / MicrosecondsPerStep, ages.Length - 1)]++;
        Ages++;
    }
}
