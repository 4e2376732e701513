using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class ExpositionBufferTests
{
    [Fact]
    public void Limit_may_be_reached_and_not_passed()
    {
        using var buffer = new ExpositionBuffer(5);
        buffer.GetSpan(5)[0] = 1;
        Assert.True(buffer.TryAdvance(4));
        Assert.False(buffer.TryAdvance(2));
        Assert.True(buffer.TryAdvance(1));
        Assert.False(buffer.TryAdvance(1));
        Assert.Equal(5, buffer.Length);
    }

    [Fact]
    public void Items_larger_than_a_segment_stay_in_one_piece_and_in_order()
    {
        using var buffer = new ExpositionBuffer(int.MaxValue);
        var expected = new List<byte>();
        foreach (var size in new[] { 10, 200_000, 65_536, 1, 3_000_000, 7 })
        {
            var item = new byte[size];
            new Random(size).NextBytes(item);
            item.CopyTo(buffer.GetSpan(size));
            Assert.True(buffer.TryAdvance(size));
            expected.AddRange(item);
        }

        Assert.True(expected.ToArray().AsSpan().SequenceEqual(buffer.Segments.SelectMany(segment => segment.ToArray()).ToArray()));
    }
}
