using System.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The labels of one series: legal names, each once, in ordinal order, with values in UTF-8.</summary>
/// <remarks>
/// Not thread-safe. Reused from series to series: labels that several series have in common are added first and kept by
/// <see cref="Mark"/>; <see cref="Rewind"/> goes back to them. Values of keys that become one name are joined by <c>;</c>, in
/// the ordinal order of the keys, as the compatibility specification says under "Metric Attributes".
/// </remarks>
internal sealed class LabelSet
{
    private readonly ByteArena bytes = new();
    private Label[] labels = new Label[16];
    private Label[] marked = [];
    private int markedCount;
    private int markedBytes;
    private bool hasBucketBounds;
    private bool hasCollision;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> NameAt(int index)
    {
        Debug.Assert(!hasCollision, "Labels are read before Complete.");
        return bytes[labels[index].Name];
    }

    public ReadOnlySpan<byte> ValueAt(int index) => bytes[labels[index].Value];

    /// <summary>Removes all labels.</summary>
    /// <param name="forHistogram">Whether the series will have <c>le</c>, so that a label of that name has to be renamed.</param>
    public void Clear(bool forHistogram)
    {
        Count = 0;
        markedCount = 0;
        markedBytes = 0;
        bytes.Truncate(0);
        hasBucketBounds = forHistogram;
        hasCollision = false;
    }

    /// <summary>Keeps the present labels for all series until the next <see cref="Clear"/>.</summary>
    public void Mark()
    {
        if (marked.Length < Count)
        {
            marked = new Label[labels.Length];
        }

        labels.AsSpan(0, Count).CopyTo(marked);
        markedCount = Count;
        markedBytes = bytes.Length;
    }

    /// <summary>Goes back to the labels that were marked.</summary>
    public void Rewind()
    {
        marked.AsSpan(0, markedCount).CopyTo(labels);
        Count = markedCount;
        bytes.Truncate(markedBytes);
        hasCollision = false;
    }

    /// <summary>Adds a label.</summary>
    /// <param name="key">The key of the attribute, as it is.</param>
    /// <param name="value">Of any type; <see langword="null"/> is an empty value.</param>
    public void Add(string key, object? value)
    {
        var name = AppendName(key);
        var start = bytes.Length;
        LabelText.Append(bytes, value);
        Insert(new Label(key, name, start..bytes.Length));
    }

    /// <summary>Joins the values of colliding names. To be called once all labels of a series are added.</summary>
    public void Complete()
    {
        if (!hasCollision)
        {
            return;
        }

        var kept = 0;
        for (var index = 0; index < Count;)
        {
            var first = labels[index++];
            var start = bytes.Length;
            var isJoined = false;
            for (; index < Count && bytes[labels[index].Name].SequenceEqual(bytes[first.Name]); index++)
            {
                if (!isJoined)
                {
                    Append(first.Value);
                    isJoined = true;
                }

                bytes.GetSpan(1)[0] = (byte)';';
                bytes.Advance(1);
                Append(labels[index].Value);
            }

            labels[kept++] = isJoined ? first with { Value = start..bytes.Length } : first;
        }

        Count = kept;
        hasCollision = false;
    }

    private Range AppendName(string key)
    {
        var start = bytes.Length;
        var fits = PrometheusName.TryWriteLabel(bytes.GetSpan(key.Length + 1), key, out var written);
        Debug.Assert(fits, "A label name is longer than its key and an underscore.");
        bytes.Advance(written);
        if (hasBucketBounds && bytes[start..].SequenceEqual("le"u8))
        {
            bytes.Truncate(start);
            bytes.AppendUtf8("exported_le");
        }

        return start..bytes.Length;
    }

    private void Append(Range value)
    {
        var length = value.End.Value - value.Start.Value;
        var destination = bytes.GetSpan(length);
        bytes[value].CopyTo(destination);
        bytes.Advance(length);
    }

    /// <summary>Inserts behind the last label that is not greater by name, then by key.</summary>
    private void Insert(Label label)
    {
        if (Count == labels.Length)
        {
            Array.Resize(ref labels, Count * 2);
        }

        var name = bytes[label.Name];
        var position = Count;
        for (; position > 0; position--)
        {
            var order = bytes[labels[position - 1].Name].SequenceCompareTo(name);
            hasCollision |= order == 0;
            if (order < 0 || (order == 0 && string.CompareOrdinal(labels[position - 1].Key, label.Key) <= 0))
            {
                break;
            }

            labels[position] = labels[position - 1];
        }

        labels[position] = label;
        Count++;
    }

    private readonly record struct Label(string Key, Range Name, Range Value);
}
