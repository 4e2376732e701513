using System.Buffers.Binary;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>Protobuf fields as bytes, to write examples with.</summary>
internal static class ProtobufBytes
{
    public static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number > 127; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        return [.. bytes, (byte)number];
    }

    public static byte[] Unsigned(int field, ulong number) => [.. Varint((ulong)field << 3), .. Varint(number)];

    public static byte[] ZigZag(int field, long number) => Unsigned(field, (ulong)((number << 1) ^ (number >> 63)));

    public static byte[] Double(int field, double number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        return [.. Varint((ulong)field << 3 | 1), .. bytes];
    }

    public static byte[] Message(int field, params byte[][] fields)
    {
        byte[] content = [.. fields.SelectMany(bytes => bytes)];
        return [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)content.Length), .. content];
    }

    public static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A <c>LabelPair</c>.</summary>
    public static byte[] Label(string name, string value) => Message(1, Text(1, name), Text(2, value));

    /// <summary>A <c>BucketSpan</c>.</summary>
    public static byte[] Span(int field, int offset, ulong length) => Message(field, ZigZag(1, offset), Unsigned(2, length));

    /// <summary>A delimited <c>MetricFamily</c>.</summary>
    public static byte[] Family(string name, ulong type, params byte[][] rest)
    {
        byte[] content = [.. Text(1, name), .. Text(2, "Help."), .. Unsigned(3, type), .. rest.SelectMany(bytes => bytes)];
        return [.. Varint((ulong)content.Length), .. content];
    }
}
