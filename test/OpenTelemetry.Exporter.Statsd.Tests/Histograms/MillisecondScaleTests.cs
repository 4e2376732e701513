using System.Globalization;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed class MillisecondScaleTests
{
    private static readonly double[] Extremes =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 3e-310, 0, -0.0,
    ];

    /// <summary>As text: the same digits, the point moved.</summary>
    [Theory]
    [InlineData("ns", -6)]
    [InlineData("us", -3)]
    [InlineData("s", 3)]
    public void A_decimal_stays_the_decimal(string unit, int places)
    {
        var scale = MillisecondScale.Of(unit);
        var random = new Random(15);
        for (var i = 0; i < 100_000; i++)
        {
            var digits = random.NextInt64(1, (long)Math.Pow(10, random.Next(1, 16)));
            var exponent = random.Next(-14, 3);
            var (recorded, expected) = (Number(digits, exponent), Number(digits, exponent + places));
            if (Math.Abs(expected) >= 1e-7)
            {
                Assert.Equal(expected, scale.Apply(recorded));
                Assert.Equal(-expected, scale.Apply(-recorded));
            }
        }
    }

    [Theory]
    [InlineData("ns", 1e-6)]
    [InlineData("s", 1e3)]
    [InlineData("d", 86_400e3)]
    public void Any_value_is_converted_as_nearly_as_a_double_can(string unit, double factor)
    {
        var scale = MillisecondScale.Of(unit);
        var random = new Random(16);
        for (var i = 0; i < 100_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value * factor) && Math.Abs(value * factor) >= 1e-300)
            {
                Assert.Equal(1, scale.Apply(value) / (value * factor), 1e-15);
            }
        }

        Assert.All(Extremes, value => Assert.Equal(value * factor, scale.Apply(value), double.IsFinite(value * factor) ? 1e-15 * Math.Abs(value * factor) : 0));
    }

    [Fact]
    public void Milliseconds_and_what_is_no_time_are_left_alone()
    {
        Assert.All([.. Extremes, 0.1 + 0.2, 1000.9999999999999], value =>
        {
            Assert.Equal(value, MillisecondScale.Of("ms").Apply(value));
            Assert.Equal(value, MillisecondScale.Of(null).Apply(value));
        });
    }

    private static double Number(long digits, int exponent) => double.Parse($"{digits}E{exponent}", CultureInfo.InvariantCulture);
}
