using System.Globalization;
using System.Text;

namespace Benchmarks.Forms;

/// <summary>Values as clients that do not aggregate write them, in packets as full as can be.</summary>
internal static class RawLines
{
    private static readonly string Tail =
        $"|d|#{string.Join(',', FormProvider.Tags.Select(tag => $"{tag.Key}:{tag.Value}"))}";

    /// <summary>A line for each value.</summary>
    public static IReadOnlyList<byte[]> OnePerLine(double[] values) => Packets(values, 1);

    /// <summary>As many values a line as a packet takes.</summary>
    public static IReadOnlyList<byte[]> Packed(double[] values) => Packets(values, int.MaxValue);

    private static List<byte[]> Packets(double[] values, int valuesPerLine)
    {
        var packets = new List<byte[]>();
        var packet = new StringBuilder();
        for (var next = 0; next < values.Length;)
        {
            var line = new StringBuilder(FormProvider.Instrument);
            var first = next;
            while (next < values.Length && next - first < valuesPerLine)
            {
                var text = values[next].ToString(CultureInfo.InvariantCulture);
                if (next > first && line.Length + 1 + text.Length + Tail.Length > FormProvider.PacketBytes)
                {
                    break;
                }

                line.Append(':').Append(text);
                next++;
            }

            line.Append(Tail);
            if (packet.Length > 0 && packet.Length + 1 + line.Length > FormProvider.PacketBytes)
            {
                packets.Add(Encoding.ASCII.GetBytes(packet.ToString()));
                packet.Clear();
            }

            packet.Append(packet.Length > 0 ? "\n" : "").Append(line);
        }

        packets.Add(Encoding.ASCII.GetBytes(packet.ToString()));
        return packets;
    }
}
