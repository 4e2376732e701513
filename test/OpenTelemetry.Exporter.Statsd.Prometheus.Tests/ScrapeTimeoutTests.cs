using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class ScrapeTimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("10", 9_500)]
    [InlineData("5", 4_500)]
    [InlineData("1", 900)]
    [InlineData("0.5", 450)]
    [InlineData("10.000000", 9_500)]
    [InlineData("1e+01", 9_500)]
    [InlineData("2.5e-1", 225)]
    [InlineData(" 10 ", 9_500)]
    [InlineData("30.5", 30_000)]
    [InlineData("30.6", 30_000)]
    [InlineData("3600", 30_000)]
    [InlineData("1e300", 30_000)]
    public void Seconds_less_what_the_answer_needs_up_to_the_limit(string header, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ScrapeTimeout.Choose(header, Limit));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("1e-300")]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("∞")]
    [InlineData("-Infinity")]
    [InlineData("10s")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    [InlineData("1,000")]
    [InlineData("10, 10")]
    [InlineData("ten")]
    public void Anything_else_leaves_the_limit(string header) => Assert.Equal(Limit, ScrapeTimeout.Choose(header, Limit));

    [Fact]
    public void There_must_be_one()
    {
        Assert.Equal(Limit, ScrapeTimeout.Choose(StringValues.Empty, Limit));
        Assert.Equal(Limit, ScrapeTimeout.Choose(new StringValues((string?)null), Limit));
        Assert.Equal(Limit, ScrapeTimeout.Choose(new StringValues([null]), Limit));
        Assert.Equal(Limit, ScrapeTimeout.Choose(new StringValues(["10", "10"]), Limit));
    }

    [Fact]
    public void Culture_does_not_matter()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(TimeSpan.FromSeconds(1.35), ScrapeTimeout.Choose("1.5", Limit));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Whatever_is_sent_gives_a_usable_timeout()
    {
        var numbers = Gen.Elements('0', '1', '9', '.', 'e', 'E', '+', '-', ',', ' ', 'N').ArrayOf().Select(text => new string(text));
        var values = ArbMap.Default.GeneratorFor<double>().Select(value => value.ToString("R", CultureInfo.InvariantCulture));
        var lengths = Gen.Choose(0, 100_000).Select(length => new string('1', length));
        var headers = Gen.OneOf(numbers, values, lengths, ArbMap.Default.GeneratorFor<string>());

        Check.One(RandomCases.Of(5000), Prop.ForAll(headers.ToArbitrary(), header =>
            Assert.InRange(ScrapeTimeout.Choose(header, Limit), TimeSpan.FromTicks(1), Limit)));
    }
}
