using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

public sealed partial class SampleRateTests
{
    private readonly byte[] buffer = new byte[SampleRate.MaxBytes];

    [Fact]
    public void Every_weight_up_to_two_million_is_read_back()
    {
        for (var weight = 2L; weight <= 2_000_000; weight++)
        {
            AssertIsReadBack(weight);
        }
    }

    [Fact]
    public void Powers_of_two_and_any_other_weight_up_to_2_to_the_40_are_read_back()
    {
        for (var power = 1; power <= 40; power++)
        {
            AssertIsReadBack(1L << power);
            Assert.Equal(1L << power, 1 / Read(1L << power));
        }

        var random = new Random(40);
        for (var i = 0; i < 500_000; i++)
        {
            AssertIsReadBack(random.NextInt64(2, 1L << random.Next(2, 41)));
        }
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "|@0.5")]
    [InlineData(4, "|@0.25")]
    [InlineData(10, "|@0.1")]
    [InlineData(1024, "|@0.0009765625")]
    [InlineData(1L << 27, "|@0.000000007450580596923828")]
    public void A_rate_is_written_as_plain_digits(long weight, string expected)
    {
        Assert.True(SampleRate.TryWrite(buffer, weight, out var written));
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, written));
    }

    [Fact]
    public void Any_weight_fits_the_bytes_promised_and_is_read_back_as_nearly_as_a_double_can()
    {
        var random = new Random(63);
        long[] weights = [long.MaxValue, (1L << 62) + 1, .. Enumerable.Range(0, 100_000).Select(_ => random.NextInt64(1L << 40, long.MaxValue))];
        foreach (var weight in weights)
        {
            Assert.Matches(Plain(), Text(weight));
            Assert.Equal(1, 1 / Read(weight) / weight, 1e-15);
        }
    }

    [Fact]
    public void A_destination_that_is_too_short_gets_nothing()
    {
        for (var length = 0; length < "|@0.25".Length; length++)
        {
            Assert.False(SampleRate.TryWrite(new byte[length], 4, out var written));
            Assert.Equal(0, written);
        }

        Assert.True(SampleRate.TryWrite(new byte["|@0.25".Length], 4, out _));
        Assert.True(SampleRate.TryWrite([], 1, out _));
    }

    [GeneratedRegex(@"^\|@0\.0*[1-9]\d{0,16}$")]
    private static partial Regex Plain();

    private void AssertIsReadBack(long weight)
    {
        var rate = Read(weight);
        if ((long)Math.Truncate(1 / rate) != weight)
        {
            Assert.Fail($"{weight} is read as {1 / rate:r}.");
        }

        // Who does not cut off has the very weight, if any rate gives it.
        if (1 / rate != weight && (1 / Math.BitIncrement(1.0 / weight) == weight || 1 / (1.0 / weight) == weight || 1 / Math.BitDecrement(1.0 / weight) == weight))
        {
            Assert.Fail($"{weight} is read as {1 / rate:r}, which another rate would not be.");
        }

        if (weight % 97 == 0)
        {
            Assert.Matches(Plain(), Text(weight));
        }
    }

    private double Read(long weight)
    {
        Assert.True(SampleRate.TryWrite(buffer, weight, out var written));
        return double.Parse(buffer.AsSpan(2, written - 2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
    }

    private string Text(long weight)
    {
        Assert.True(SampleRate.TryWrite(buffer, weight, out var written));
        return Encoding.ASCII.GetString(buffer, 0, written);
    }
}
