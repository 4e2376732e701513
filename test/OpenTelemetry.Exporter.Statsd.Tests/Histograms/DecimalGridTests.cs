using System.Globalization;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed class DecimalGridTests
{
    [Fact]
    public void A_grid_is_the_widest_power_of_ten_that_fits()
    {
        for (var exponent = -20; exponent <= 21; exponent++)
        {
            foreach (var digit in new[] { 1, 2, 5, 9.99 })
            {
                var limit = digit * PowerOfTen(exponent) * (1 + 1e-12);
                Assert.Equal(1, new DecimalGrid(limit).Unit / PowerOfTen(exponent), 1e-12);
            }
        }
    }

    [Fact]
    public void A_rounded_number_is_the_double_that_its_few_digits_stand_for()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var exponent = random.Next(-18, 19);
            var value = (random.NextDouble() - 0.5) * 2000 * PowerOfTen(exponent);
            var rounded = new DecimalGrid(1.5 * PowerOfTen(exponent)).Round(value);
            Assert.InRange(Math.Abs(value - rounded), 0, 0.501 * PowerOfTen(exponent));
            var multiple = Math.Round(value / PowerOfTen(exponent), 3).ToString("F0", CultureInfo.InvariantCulture);
            if (Math.Abs(Math.Abs((value / PowerOfTen(exponent)) % 1) - 0.5) > 0.01)
            {
                Assert.Equal(double.Parse($"{multiple}e{exponent}", CultureInfo.InvariantCulture) + 0.0, rounded + 0.0);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.Epsilon)]
    [InlineData(1e-25)]
    [InlineData(1e22)]
    [InlineData(1e300)]
    [InlineData(double.PositiveInfinity)]
    public void Where_no_power_is_exact_numbers_stay_as_they_are(double limit)
    {
        Assert.Equal(0, new DecimalGrid(limit).Unit);
        Assert.Equal(1.0 / 3, new DecimalGrid(limit).Round(1.0 / 3));
    }

    private static double PowerOfTen(int exponent) => double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
}
