using System.Buffers.Text;

namespace TestSupport;

/// <summary>What came to a sink, added up.</summary>
/// <param name="Payloads">Datagrams, frames or, of TCP, lines.</param>
/// <param name="Bytes">Their bytes, without what framed them.</param>
/// <param name="Lines">The lines in them that are not empty.</param>
/// <param name="Counted">The sum of the values of all counters, whatever their names and sample rates.</param>
/// <param name="Unreadable">Lines that are no metric, or a counter whose value is no number.</param>
public readonly record struct SinkTotals(long Payloads, long Bytes, long Lines, decimal Counted, long Unreadable);

/// <summary>Adds payloads up in place of keeping them, for loads too large to keep.</summary>
/// <remarks>Thread safe: one sink may serve several receivers. Adding allocates nothing.</remarks>
public sealed class CountingSink
{
    private readonly Lock gate = new();
    private SinkTotals totals;

    /// <summary>Gets the totals so far; always of whole payloads.</summary>
    public SinkTotals Totals
    {
        get
        {
            lock (this.gate)
            {
                return this.totals;
            }
        }
    }

    /// <summary>Adds a payload: metric lines between line feeds.</summary>
    /// <param name="payload">The payload.</param>
    public void Add(ReadOnlySpan<byte> payload)
    {
        var added = new SinkTotals { Payloads = 1, Bytes = payload.Length };
        foreach (var range in payload.Split((byte)'\n'))
        {
            var line = payload[range];
            if (!line.IsEmpty)
            {
                var readable = TryCount(line, out var value);
                added = added with
                {
                    Lines = added.Lines + 1,
                    Counted = added.Counted + value,
                    Unreadable = added.Unreadable + (readable ? 0 : 1),
                };
            }
        }

        lock (this.gate)
        {
            this.totals = new SinkTotals(
                this.totals.Payloads + added.Payloads,
                this.totals.Bytes + added.Bytes,
                this.totals.Lines + added.Lines,
                this.totals.Counted + added.Counted,
                this.totals.Unreadable + added.Unreadable);
        }
    }

    /// <summary>Reads <c>name:value|type</c>, or several values between colons; whatever follows the type is passed over.</summary>
    private static bool TryCount(ReadOnlySpan<byte> line, out decimal sum)
    {
        sum = 0;
        var colon = line.IndexOf((byte)':');
        var bar = line.IndexOf((byte)'|');
        if (colon < 0 || bar < colon)
        {
            return false;
        }

        var type = line[(bar + 1)..];
        if (type is not [(byte)'c'] and not [(byte)'c', (byte)'|', ..])
        {
            return true;
        }

        var total = 0m;
        var values = line[(colon + 1)..bar];
        foreach (var range in values.Split((byte)':'))
        {
            var value = values[range];
            if (!Utf8Parser.TryParse(value, out decimal number, out var used) || used != value.Length)
            {
                return false;
            }

            total += number;
        }

        sum = total;
        return true;
    }
}
