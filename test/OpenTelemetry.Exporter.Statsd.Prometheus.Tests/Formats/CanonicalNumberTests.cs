using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

public sealed class CanonicalNumberTests
{
    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(1, "1.0")]
    [InlineData(-1, "-1.0")]
    [InlineData(10, "10.0")]
    [InlineData(100000, "100000.0")]
    [InlineData(123456, "123456.0")]
    [InlineData(999999.5, "999999.5")]
    [InlineData(1e6, "1e+06")]
    [InlineData(-1e6, "-1e+06")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(1234567.125, "1.234567125e+06")]
    [InlineData(1e10, "1e+10")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e100, "1e+100")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(0.00009999, "9.999e-05")]
    [InlineData(2.5e-5, "2.5e-05")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-10, "1e-10")]
    [InlineData(9007199254740993, "9.007199254740992e+15")]
    [InlineData(5.758609657015292e+163, "5.758609657015292e+163")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(1.7976931348623157e+308, "1.7976931348623157e+308")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Number_is_as_Go_writes_it(double value, string expected) => Assert.Equal(expected, Write(value));

    [Fact]
    public void Any_number_is_the_shortest_that_reads_back_the_same() =>
        Check.One(RandomCases.Of(20_000), Prop.ForAll(Numbers.ToArbitrary(), value =>
            Assert.Equal(Number.Canonical(value), Write(value))));

    [Theory]
    [InlineData(1)]
    [InlineData(1.5e-7)]
    [InlineData(-123456.5)]
    public void Space_that_is_too_short_is_refused(double value)
    {
        var length = Write(value).Length;
        for (var size = 0; size < length; size++)
        {
            var written = 0;
            Assert.False(CanonicalNumber.TryWrite(new byte[size], value, ref written));
        }
    }

    private static Gen<double> Numbers => Gen.OneOf(
        ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite),
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select BitConverter.Int64BitsToDouble(((long)high << 32) | (uint)low) is var value && double.IsFinite(value) ? value : high,
        Gen.Choose(-1074, 1023).Select(exponent => Math.ScaleB(1, exponent)),
        from digits in Gen.Choose(-10_000_000, 10_000_000)
        from exponent in Gen.Choose(-12, 9)
        select digits * Math.Pow(10, exponent));

    private static string Write(double value)
    {
        Span<byte> text = stackalloc byte[32];
        var written = 0;
        Assert.True(CanonicalNumber.TryWrite(text, value, ref written));
        return Encoding.UTF8.GetString(text[..written]);
    }
}
