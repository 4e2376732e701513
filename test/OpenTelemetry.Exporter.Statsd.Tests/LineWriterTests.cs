using System.Text;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A line is written whole where it fits to the byte, and no byte outside of its room is touched.</summary>
public sealed class LineWriterTests
{
    private const byte Guard = 0xEE;

    [Fact]
    public void A_line_is_written_where_it_fits_to_the_byte_and_nowhere_else()
    {
        foreach (var (head, tail) in Pieces())
        {
            foreach (var value in new[] { 0, 7, -12, 1234567890123 })
            {
                var expected = $"{head}:{value}{tail}";
                for (var room = 0; room < expected.Length + 40; room++)
                {
                    var memory = new byte[room + 64];
                    Array.Fill(memory, Guard);
                    var fits = LineWriter.TryWrite(
                        memory.AsSpan(0, room), Bytes(head), value, Bytes(tail), NumberForm.Shortest, out var written);

                    Assert.Equal(room >= expected.Length, fits);
                    Assert.Equal(fits ? expected : string.Empty, Encoding.UTF8.GetString(memory, 0, written));
                    Assert.False(memory.AsSpan(room).ContainsAnyExcept(Guard), "A byte outside of the room was written.");
                }
            }
        }
    }

    [Fact]
    public void A_line_of_four_parts_is_written_where_it_fits_to_the_byte_and_nowhere_else()
    {
        foreach (var (head, tail) in Pieces())
        {
            var expected = $"{head}{tail}:1.5{tail}{head}";
            for (var room = 0; room < expected.Length + 40; room++)
            {
                var memory = new byte[room + 64];
                Array.Fill(memory, Guard);
                var parts = new LineParts { Head = Bytes(head), HeadEnd = Bytes(tail), Tail = Bytes(tail), TailEnd = Bytes(head) };
                var fits = LineWriter.TryWrite(memory.AsSpan(0, room), parts, 1.5, NumberForm.Plain, out var written);

                Assert.Equal(room >= expected.Length, fits);
                Assert.Equal(expected, fits ? Encoding.UTF8.GetString(memory, 0, written) : expected);
                Assert.False(memory.AsSpan(room).ContainsAnyExcept(Guard), "A byte outside of the room was written.");
            }
        }
    }

    /// <summary>Around the lengths at which copying takes another way.</summary>
    private static IEnumerable<(string Head, string Tail)> Pieces()
    {
        int[] lengths = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100];
        return from head in lengths from tail in lengths select (Letters(head), Letters(tail));
    }

    private static string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)('a' + (i % 26))));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
