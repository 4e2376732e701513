using System.Diagnostics;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>The labels of one series: legal names, each once, in ordinal order, with values in UTF-8.</summary>
/// <remarks>
/// Not thread-safe. Reused from series to series: labels that several series have in common are added first and kept by
/// <see cref="Mark"/>; <see cref="Rewind"/> goes back to them. Values of keys that become one name are joined by <c>;</c>, in
/// the ordinal order of the keys, as the compatibility specification says under "Metric Attributes". A label without a value is
/// left out: to Prometheus and OpenMetrics it is none, and so two sets are one series exactly if they are equal.
/// </remarks>
/// <param name="escaping">How to spell the keys; <see langword="null"/> for the rules of the OpenTelemetry specification.</param>
/// <param name="reserved">Labels that whoever receives the series sets, so that those of the same names have to be renamed.</param>
/// <param name="filter">What is excluded, from within values, too.</param>
internal sealed class LabelSet(EscapingScheme? escaping, IEnumerable<string> reserved, AttributeFilter filter)
{
    private readonly byte[][] reserved = [.. reserved.Select(Encoding.UTF8.GetBytes)];
    private readonly ByteArena bytes = new();
    private Label[] labels = new Label[16];
    private Label[] marked = [];
    private int markedCount;
    private int markedBytes;
    private bool isMarkedComplete = true;
    private bool hasBucketBounds;
    private bool isComplete = true;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> NameAt(int index)
    {
        Debug.Assert(isComplete, "Labels are read before Complete.");
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
        isComplete = true;
        isMarkedComplete = true;
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
        isMarkedComplete = isComplete;
    }

    /// <summary>Goes back to the labels that were marked.</summary>
    public void Rewind()
    {
        marked.AsSpan(0, markedCount).CopyTo(labels);
        Count = markedCount;
        bytes.Truncate(markedBytes);
        isComplete = isMarkedComplete;
    }

    /// <summary>Adds a label.</summary>
    /// <param name="key">The key of the attribute, as it is.</param>
    /// <param name="value">Of any type; <see langword="null"/> is no value.</param>
    public void Add(string key, object? value)
    {
        var name = AppendName(key);
        var start = bytes.Length;
        LabelText.Append(bytes, value, filter);
        isComplete &= bytes.Length > start;
        Insert(new Label(key, name, start..bytes.Length));
    }

    /// <summary>Joins the values of colliding names, and leaves out what has no value. To be called once all labels of a series are added.</summary>
    public void Complete()
    {
        if (isComplete)
        {
            return;
        }

        var kept = 0;
        for (var index = 0; index < Count;)
        {
            var first = labels[index];
            var end = index + 1;
            while (end < Count && bytes[labels[end].Name].SequenceEqual(bytes[first.Name]))
            {
                end++;
            }

            var value = end == index + 1 ? first.Value : Join(labels.AsSpan(index, end - index));
            if (!value.Start.Equals(value.End))
            {
                labels[kept++] = first with { Value = value };
            }

            index = end;
        }

        Count = kept;
        isComplete = true;
    }

    private Range Join(ReadOnlySpan<Label> collided)
    {
        var start = bytes.Length;
        for (var index = 0; index < collided.Length; index++)
        {
            if (index > 0)
            {
                bytes.Append(";"u8);
            }

            var (from, length) = collided[index].Value.GetOffsetAndLength(bytes.Length);
            bytes.GetSpan(length);
            bytes.Append(bytes[from..(from + length)]);
        }

        return start..bytes.Length;
    }

    private Range AppendName(string key)
    {
        var start = bytes.Length;
        if (escaping is { } scheme)
        {
            bytes.AppendUtf8(NameEscaper.EscapeLabel(key, scheme));
        }
        else
        {
            var fits = PrometheusName.TrySanitize(bytes.GetSpan(key.Length + 1), key.AsSpan(), allowColon: false, out var written);
            Debug.Assert(fits, "A label name is longer than its key and an underscore.");
            bytes.Advance(written);
        }

        while (IsReserved(bytes[start..]))
        {
            var renamed = bytes[start..].ToArray();
            bytes.Truncate(start);
            bytes.Append("exported_"u8);
            bytes.Append(renamed);
        }

        return start..bytes.Length;
    }

    private bool IsReserved(ReadOnlySpan<byte> name)
    {
        foreach (var each in reserved)
        {
            if (name.SequenceEqual(each))
            {
                return true;
            }
        }

        return hasBucketBounds && name.SequenceEqual("le"u8);
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
            isComplete &= order != 0;
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
