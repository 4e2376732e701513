using System.Numerics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The gauges that have a value which was not taken: so the pump looks at no others.</summary>
/// <remarks>
/// <para>A bit for each number of a series. Setting it takes a single step and may be repeated, so no thread depends on another having
/// got further: once a thread has set a gauge, its value can be taken, whoever else is in the middle of setting the same one.</para>
/// <para>Order. A setter writes the value, raises the flag of the series by an exchange, which is a full fence, and then calls
/// <see cref="Add"/>, which reads the word of the bit and sets the bit if it is not set. The pump exchanges the word for 0,
/// a full fence again, then the flag for 0, then reads the value. A setter that found the bit set has read the word
/// before that exchange, so its flag was raised before the pump looks at it; one that did not find it sets it for the next time. So every
/// value that is written is followed by a look of the pump at that value or at a later one: the last always comes out.</para>
/// <para>A number is given to another series in time, and a bit may be set late by a thread that found the earlier one. The
/// flag belongs to the series, so nothing comes of it.</para>
/// </remarks>
/// <param name="ids">Has the series.</param>
internal sealed class ChangedGauges(SeriesIds ids)
{
    private const int WordBits = 64;
    private const int BlockWords = 256;

    private readonly long[]?[] blocks = new long[]?[SeriesIds.MaxSeries / (BlockWords * WordBits)];
    private readonly Queue<(StreamSeries Series, long Value)> left = new();
    private int nextWord;
    private ulong taken;

    /// <summary>Adds a series whose flag is raised. For any thread.</summary>
    public void Add(StreamSeries series)
    {
        var index = SeriesIds.IndexOf(series.Id);
        var (word, bit) = (index / WordBits, 1L << (index % WordBits));
        ref var block = ref blocks[word / BlockWords];
        ref var bits = ref (Volatile.Read(ref block) ?? AddBlock(ref block))[word % BlockWords];
        if ((Volatile.Read(ref bits) & bit) == 0)
        {
            Interlocked.Or(ref bits, bit);
        }
    }

    /// <summary>Keeps the last value of a series that was forgotten, to be taken before any of its successor. For the pump.</summary>
    public void AddLast(StreamSeries forgotten)
    {
        if (forgotten.TryTake(out var value))
        {
            left.Enqueue((forgotten, value));
        }
    }

    /// <summary>Whether no value waits. For the pump.</summary>
    public bool IsEmpty
    {
        get
        {
            foreach (ref var place in blocks.AsSpan())
            {
                if (Volatile.Read(ref place) is { } block && block.AsSpan().ContainsAnyExcept(0))
                {
                    return false;
                }
            }

            return left.Count == 0 && taken == 0;
        }
    }

    /// <summary>Takes one series and its value. For the pump.</summary>
    /// <returns>
    /// Whether there was one. False once in a round, in which no series comes twice: so what is set all the time does not keep the pump
    /// for ever, and what was set before the round has come.
    /// </returns>
    public bool TryTake(out StreamSeries? series, out long value)
    {
        if (left.TryDequeue(out var last))
        {
            (series, value) = last;
            return true;
        }

        while (taken != 0 || TryTakeWord())
        {
            var bit = BitOperations.TrailingZeroCount(taken);
            taken &= taken - 1;

            // Of one that was forgotten, AddLast has the last value, and what came later has gone elsewhere.
            if (ids.At(((nextWord - 1) * WordBits) + bit) is { } next && next.TryTake(out value) && next.LiveId != 0)
            {
                series = next;
                return true;
            }
        }

        (series, value) = (null, 0);
        return false;
    }

    /// <returns>False at the end of a round.</returns>
    private bool TryTakeWord()
    {
        while (nextWord < blocks.Length * BlockWords)
        {
            if (Volatile.Read(ref blocks[nextWord / BlockWords]) is not { } block)
            {
                nextWord += BlockWords;
                continue;
            }

            ref var bits = ref block[nextWord++ % BlockWords];
            if (Volatile.Read(ref bits) != 0)
            {
                taken = (ulong)Interlocked.Exchange(ref bits, 0);
                return true;
            }
        }

        nextWord = 0;
        return false;
    }

    private static long[] AddBlock(ref long[]? place)
    {
        var block = new long[BlockWords];
        return Interlocked.CompareExchange(ref place, block, null) ?? block;
    }
}
