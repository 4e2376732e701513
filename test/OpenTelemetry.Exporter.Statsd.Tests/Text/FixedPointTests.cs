using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

/// <summary>A number missed here would still be written right, but slowly.</summary>
public class FixedPointTests
{
    [Fact]
    public void Whole_numbers_up_to_2_to_the_53_are_recognised()
    {
        for (var bits = 1; bits <= 53; bits++)
        {
            var number = (1UL << bits) - 1;
            Assert.True(FixedPoint.TryWhole(number, out var whole));
            Assert.Equal(number, whole);
            Assert.False(FixedPoint.TryWhole(number / 2.0, out _));
        }

        Assert.False(FixedPoint.TryWhole(1L << 53, out _));
        Assert.False(FixedPoint.TryWhole(double.MaxValue, out _));
    }

    [Fact]
    public void Numbers_of_four_decimals_up_to_14_digits_are_recognised()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var expected = random.NextInt64(100_000_000_000_000) >> random.Next(40);
            Assert.True(FixedPoint.TryScale(expected / 1e4, out var scaled));
            Assert.Equal((ulong)expected, scaled);
            Assert.False(FixedPoint.TryScale((expected + 0.1) / 1e4, out _));
        }

        Assert.False(FixedPoint.TryScale(10_000_000_000.5, out _));
        Assert.False(FixedPoint.TryScale(double.Epsilon, out _));
    }
}
