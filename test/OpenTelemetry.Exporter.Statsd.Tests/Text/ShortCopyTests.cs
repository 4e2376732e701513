using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

public class ShortCopyTests
{
    private const int Longest = 200;
    private const byte Untouched = 0xFF;

    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, Longest + 1)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Copies_all_bytes_and_no_other(int length)
    {
        var source = Enumerable.Range(0, length).Select(index => (byte)index).ToArray();
        var destination = new byte[Longest + 2];
        Array.Fill(destination, Untouched);

        ref var next = ref ShortCopy.Append(ref destination[1], source);
        next = 1;

        Assert.Equal([Untouched, .. source, 1, .. Enumerable.Repeat(Untouched, Longest - length)], destination);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Leaves_bytes_that_are_copied_to_where_they_are(int length)
    {
        var expected = Enumerable.Range(0, length + 1).Select(index => (byte)index).ToArray();
        var bytes = expected.ToArray();

        ShortCopy.Copy(bytes.AsSpan(0, length), ref bytes[0]);

        Assert.Equal(expected, bytes);
    }
}
