using System.Runtime.CompilerServices;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Finds a series by the addresses of its tags' keys and values, mostly the same objects each time, without looking into them.</summary>
/// <remarks>
/// <para>An address is a hint where to look: the collector moves objects. An entry is the right one only if it has the very same objects, which it
/// keeps alive; so an old address is a miss and never more.</para>
/// <para>Any thread, no lock. Entries never change once they are published by a release; two threads that add at the same time may undo
/// each other's addition, which is a miss later.</para>
/// <para>Values that are made for each measurement, such as boxed numbers, would never be found again. So adding costs credit, and
/// an entry that is found for the first time gives it back; without credit only one addition in <see cref="TrialInterval"/> goes on.</para>
/// </remarks>
internal sealed class AddressCache
{
    private const int Ways = 2;
    private const int Length = 1024;
    private const int TrialInterval = 4096;

    private readonly Entry?[] entries = new Entry?[Length];
    private int credit = Length;
    private int refused;

    /// <summary>The series that was added with these very objects, if it is still here.</summary>
    public StreamSeries? Find(Tags tags)
    {
        var index = IndexOf(tags);
        for (var way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref entries[index + way]) is { } entry && entry.Has(tags))
            {
                if (!entry.WasFound)
                {
                    entry.WasFound = true;
                    credit++;
                }

                return entry.Series;
            }
        }

        return null;
    }

    public void Add(Tags tags, StreamSeries series)
    {
        if (credit <= 0 && ++refused % TrialInterval != 0)
        {
            return;
        }

        credit--;
        var index = IndexOf(tags);
        var way = entries[index] is null or { Series.LiveId: 0 } ? 0 : 1;
        Volatile.Write(ref entries[index + way], new Entry(tags.ToArray(), series));
    }

    private static int IndexOf(Tags tags)
    {
        var sum = (ulong)tags.Length;
        foreach (ref readonly var tag in tags)
        {
            sum = (sum * 31) + AddressOf(tag.Key);
            sum = (sum * 31) + AddressOf(tag.Value);
        }

        return (int)((sum * 0x9E3779B97F4A7C15) >> 54) & -Ways;
    }

    private static ulong AddressOf(object? value) => (ulong)Unsafe.As<object?, nint>(ref value);

    private sealed class Entry(KeyValuePair<string, object?>[] tags, StreamSeries series)
    {
        public StreamSeries Series => series;

        public bool WasFound { get; set; }

        public bool Has(Tags others)
        {
            if (others.Length != tags.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (!ReferenceEquals(others[i].Key, tags[i].Key) || !ReferenceEquals(others[i].Value, tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
