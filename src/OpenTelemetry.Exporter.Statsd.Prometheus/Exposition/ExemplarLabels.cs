using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Walks the labels of an exemplar: trace and span, then attributes as far as the limit of 128 characters lets them.</summary>
/// <remarks>
/// OpenMetrics specification, "Exemplars"; servers hold the other formats to the same limit. An attribute that does not fit, has
/// no value or has the name of an earlier label is left out.
/// </remarks>
/// <param name="exemplar">The exemplar.</param>
/// <param name="escaping">How to spell the keys, as those of series; <see langword="null"/> for the rules of the OpenTelemetry specification.</param>
/// <param name="scratch">Space of <see cref="ScratchBytes"/>.</param>
internal ref struct ExemplarLabels(ExemplarValue exemplar, EscapingScheme? escaping, Span<byte> scratch)
{
    /// <summary>Space for an id in hexadecimal, and for the names of labels, each with an end mark.</summary>
    public const int ScratchBytes = MaxIdBytes + (5 * MaxCharacters);

    private const int MaxCharacters = 128;
    private const int MaxIdBytes = 2 * ExemplarValue.TraceIdBytes;
    private const byte EndOfName = 0xFF;

    private readonly ExemplarValue exemplar = exemplar;
    private readonly Span<byte> id = scratch[..MaxIdBytes];
    private readonly Span<byte> names = scratch[MaxIdBytes..];
    private ExemplarValue.AttributeEnumerator attributes = exemplar.Attributes;
    private int ids = exemplar.HasTrace ? 0 : 2;
    private int namesLength;
    private int characters;

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (ids < 2)
        {
            var source = ids == 0 ? exemplar.TraceId : exemplar.SpanId;
            Convert.TryToHexStringLower(source, id, out var written);
            Value = id[..written];
            return TryAdd(ids++ == 0 ? "trace_id"u8 : "span_id"u8);
        }

        while (attributes.MoveNext())
        {
            Value = attributes.Value;
            if (!Value.IsEmpty && TryAddAttribute(attributes.Key))
            {
                return true;
            }
        }

        return false;
    }

    private static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var part in utf8)
        {
            count += (part & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }

    private bool TryAddAttribute(ReadOnlySpan<byte> key)
    {
        // One byte is for the end mark. The limit of characters is reached before there is none.
        var free = names[namesLength..^1];
        return (escaping is { } scheme
                ? NameEscaper.TryWriteLabel(free, key, scheme, out var length)
                : PrometheusName.TrySanitize(free, key, allowColon: false, out length))
            && TryAdd(free[..length]);
    }

    private bool TryAdd(ReadOnlySpan<byte> name)
    {
        var size = CountCharacters(name) + CountCharacters(Value);
        if (characters + size > MaxCharacters || IsTaken(name))
        {
            return false;
        }

        name.CopyTo(names[namesLength..]);
        names[namesLength + name.Length] = EndOfName;
        namesLength += name.Length + 1;
        characters += size;
        Name = name;
        return true;
    }

    private readonly bool IsTaken(ReadOnlySpan<byte> name)
    {
        var taken = names[..namesLength];
        foreach (var range in taken.Split(EndOfName))
        {
            if (taken[range].SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
