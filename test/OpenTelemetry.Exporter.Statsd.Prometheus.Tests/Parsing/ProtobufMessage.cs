using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>
/// The fields of one protobuf message, by number. Each is asked for as what it is declared to be, and
/// <see cref="ExpectNothingElse"/> then refuses what was not asked for.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly string name;
    private readonly Dictionary<int, List<(WireType Type, ulong Number, ReadOnlyMemory<byte> Bytes)>> fields = [];

    public ProtobufMessage(string name, ReadOnlyMemory<byte> bytes)
    {
        this.name = name;
        while (bytes.Length > 0)
        {
            var key = ReadVarint(ref bytes, name);
            var type = (WireType)(key & 7);
            Check(key >> 3 is > 0 and < 1 << 29, "illegal field number");
            var number = 0UL;
            var content = ReadOnlyMemory<byte>.Empty;
            switch (type)
            {
                case WireType.Varint:
                    number = ReadVarint(ref bytes, name);
                    break;
                case WireType.Fixed64:
                    Check(bytes.Length >= 8, "ends within a number");
                    number = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
                    bytes = bytes[8..];
                    break;
                case WireType.Bytes:
                    content = ReadDelimited(ref bytes, name);
                    break;
                default:
                    throw new FormatException($"wire type {type} in {name}");
            }

            (fields.TryGetValue((int)(key >> 3), out var values) ? values : fields[(int)(key >> 3)] = []).Add((type, number, content));
        }
    }

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
    }

    /// <summary>Takes a length and as many bytes from the front of <paramref name="bytes"/>.</summary>
    public static ReadOnlyMemory<byte> ReadDelimited(ref ReadOnlyMemory<byte> bytes, string where)
    {
        var length = ReadVarint(ref bytes, where);
        ExpositionRules.Check(length <= (ulong)bytes.Length, "longer than what there is", where);
        var content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return content;
    }

    public string? Text(int field)
    {
        var bytes = Single(field, WireType.Bytes)?.Bytes;
        try
        {
            return bytes is null ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Value.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException($"not UTF-8, in {name}", exception);
        }
    }

    public double? Double(int field) =>
        Single(field, WireType.Fixed64)?.Number is { } bits ? BitConverter.UInt64BitsToDouble(bits) : null;

    /// <summary>A number of an unsigned type, or of an enumeration.</summary>
    public ulong? Unsigned(int field) => Single(field, WireType.Varint)?.Number;

    /// <summary>An <c>int64</c> or <c>int32</c>.</summary>
    public long? Signed(int field) => (long?)Unsigned(field);

    /// <summary>A <c>sint32</c>.</summary>
    public int? ZigZag(int field)
    {
        if (Unsigned(field) is not { } encoded)
        {
            return null;
        }

        var number = DecodeZigZag(encoded);
        Check(number is >= int.MinValue and <= int.MaxValue, "more than 32 bits");
        return (int)number;
    }

    /// <summary>Repeated <c>sint64</c>, which may be packed.</summary>
    public List<long> ZigZags(int field)
    {
        var numbers = new List<long>();
        foreach (var (type, number, bytes) in Take(field))
        {
            Check(type is WireType.Varint or WireType.Bytes, $"wire type {type} of field {field}");
            if (type == WireType.Varint)
            {
                numbers.Add(DecodeZigZag(number));
            }

            for (var left = bytes; left.Length > 0;)
            {
                numbers.Add(DecodeZigZag(ReadVarint(ref left, name)));
            }
        }

        return numbers;
    }

    public ProtobufMessage? Message(int field, string type) =>
        Single(field, WireType.Bytes) is { } value ? new ProtobufMessage(type, value.Bytes) : null;

    public List<ProtobufMessage> Messages(int field, string type)
    {
        var values = Take(field);
        Check(values.All(value => value.Type == WireType.Bytes), $"wire type of field {field}");
        return [.. values.Select(value => new ProtobufMessage(type, value.Bytes))];
    }

    public void ExpectNothingElse() => Check(fields.Count == 0, $"field {fields.Keys.FirstOrDefault()} has no place");

    public void Check([DoesNotReturnIf(false)] bool condition, string problem) => ExpositionRules.Check(condition, problem, name);

    private static long DecodeZigZag(ulong encoded) => (long)(encoded >> 1) ^ -(long)(encoded & 1);

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> bytes, string where)
    {
        var number = 0UL;
        for (var index = 0; ; index++)
        {
            ExpositionRules.Check(index < bytes.Length, "ends within a number", where);
            var next = bytes.Span[index];
            ExpositionRules.Check(index < 9 || next <= 1, "more than 64 bits", where);
            number |= (ulong)(next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                bytes = bytes[(index + 1)..];
                return number;
            }
        }
    }

    private (WireType Type, ulong Number, ReadOnlyMemory<byte> Bytes)? Single(int field, WireType type)
    {
        var values = Take(field);
        Check(values.Count <= 1, $"field {field} twice");
        Check(values.All(value => value.Type == type), $"wire type of field {field}");
        return values.Count == 0 ? null : values[0];
    }

    private List<(WireType Type, ulong Number, ReadOnlyMemory<byte> Bytes)> Take(int field) =>
        fields.Remove(field, out var values) ? values : [];
}
