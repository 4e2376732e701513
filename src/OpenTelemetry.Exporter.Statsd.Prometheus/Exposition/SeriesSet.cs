namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Knows the series of a family that were written already.</summary>
/// <remarks>
/// Not thread-safe. Two series are the same if their labels with a value are: to Prometheus an empty label is none. Clearing
/// costs what the last family needed, and keeps the memory.
/// </remarks>
internal sealed class SeriesSet
{
    private const int InitialBuckets = 16;

    private readonly ByteArena keys = new();
    private Entry[] entries = new Entry[InitialBuckets];
    private int[] heads = new int[InitialBuckets];
    private int buckets = InitialBuckets;
    private int count;

    public void Clear()
    {
        heads.AsSpan(0, buckets).Clear();
        buckets = InitialBuckets;
        count = 0;
        keys.Truncate(0);
    }

    /// <summary>Adds a series.</summary>
    /// <returns>How often it has been added, this time included.</returns>
    public int Add(LabelSet labels)
    {
        var start = keys.Length;
        AppendKey(labels);
        var key = keys[start..];
        var hash = Hash(key);
        for (var index = heads[hash & (buckets - 1)]; index > 0; index = entries[index - 1].Next)
        {
            ref var entry = ref entries[index - 1];
            if (entry.Hash == hash && keys[entry.Key].SequenceEqual(key))
            {
                keys.Truncate(start);
                return ++entry.Copies;
            }
        }

        if (count == buckets)
        {
            Grow();
        }

        ref var head = ref heads[hash & (buckets - 1)];
        entries[count] = new Entry(start..keys.Length, hash, head);
        head = ++count;
        return 1;
    }

    /// <summary>A key in which 0xFF, which UTF-8 never has, ends each part.</summary>
    private void AppendKey(LabelSet labels)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            var value = labels.ValueAt(index);
            if (!value.IsEmpty)
            {
                AppendPart(labels.NameAt(index));
                AppendPart(value);
            }
        }
    }

    private void AppendPart(ReadOnlySpan<byte> part)
    {
        var destination = keys.GetSpan(part.Length + 1);
        part.CopyTo(destination);
        destination[part.Length] = 0xFF;
        keys.Advance(part.Length + 1);
    }

    private void Grow()
    {
        buckets *= 2;
        if (entries.Length < buckets)
        {
            Array.Resize(ref entries, buckets);
            heads = new int[buckets];
        }

        heads.AsSpan(0, buckets).Clear();
        for (var index = 0; index < count; index++)
        {
            ref var head = ref heads[entries[index].Hash & (buckets - 1)];
            entries[index].Next = head;
            head = index + 1;
        }
    }

    private static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }

    private struct Entry(Range key, int hash, int next)
    {
        public readonly Range Key = key;
        public readonly int Hash = hash;
        public int Next = next;
        public int Copies = 1;
    }
}
