using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("http.server.duration", "s", FamilyType.Histogram, "http_server_duration_seconds")]
    [InlineData("http.server.requests", "", FamilyType.Counter, "http_server_requests_total")]
    [InlineData("a..b--c__d", "", FamilyType.Gauge, "a_b_c_d")]
    [InlineData("9lives", "", FamilyType.Gauge, "_9lives")]
    [InlineData("naïve", "", FamilyType.Gauge, "na_ve")]
    [InlineData("😀", "", FamilyType.Gauge, "_")]
    [InlineData("__x", "", FamilyType.Gauge, "_x")]
    [InlineData("job:rate", "", FamilyType.Gauge, "job:rate")]
    [InlineData("x_", "s", FamilyType.Gauge, "x_seconds")]
    [InlineData("already_total", "", FamilyType.Counter, "already_total")]
    [InlineData("already_total", "s", FamilyType.Counter, "already_seconds_total")]
    [InlineData("already_seconds_total", "s", FamilyType.Counter, "already_seconds_total")]
    [InlineData("already_seconds", "s", FamilyType.Counter, "already_seconds_total")]
    [InlineData("already_seconds", "s", FamilyType.Gauge, "already_seconds")]
    [InlineData("twice_total_total", "", FamilyType.Counter, "twice_total_total")]
    [InlineData("total", "", FamilyType.Counter, "total_total")]
    [InlineData("_total", "", FamilyType.Counter, "_total_total")]
    [InlineData("sum.total", "By", FamilyType.Gauge, "sum_total_bytes")]
    [InlineData("used", "1", FamilyType.Gauge, "used")]
    [InlineData("used", "1", FamilyType.Counter, "used_total")]
    [InlineData("used", "%", FamilyType.Gauge, "used_percent")]
    [InlineData("packets", "{packet}", FamilyType.Counter, "packets_total")]
    [InlineData("rate", "{packet}/s", FamilyType.Gauge, "rate_per_second")]
    [InlineData("rate", "By/s", FamilyType.Gauge, "rate_bytes_per_second")]
    [InlineData("rate", "m/s", FamilyType.Gauge, "rate_meters_per_second")]
    [InlineData("rate", "By/min", FamilyType.Gauge, "rate_bytes_per_minute")]
    [InlineData("rate", "By/{request}", FamilyType.Gauge, "rate_bytes")]
    [InlineData("rate", "{request}", FamilyType.Gauge, "rate")]
    [InlineData("rate", "widgets", FamilyType.Gauge, "rate_widgets")]
    [InlineData("rate", "wid gets{x}", FamilyType.Gauge, "rate_wid_gets")]
    [InlineData("rate", "{open", FamilyType.Gauge, "rate_open")]
    public void With_suffixes(string name, string unit, object type, string expected) =>
        Assert.Equal(expected, PrometheusName.OfFamily(name, unit, (FamilyType)type, new PrometheusAspNetCoreOptions()));

    [Theory]
    [InlineData("d", "days")]
    [InlineData("h", "hours")]
    [InlineData("min", "minutes")]
    [InlineData("s", "seconds")]
    [InlineData("ms", "milliseconds")]
    [InlineData("us", "microseconds")]
    [InlineData("ns", "nanoseconds")]
    [InlineData("By", "bytes")]
    [InlineData("KiBy", "kibibytes")]
    [InlineData("MiBy", "mebibytes")]
    [InlineData("GiBy", "gibibytes")]
    [InlineData("TiBy", "tebibytes")]
    [InlineData("kBy", "kilobytes")]
    [InlineData("MBy", "megabytes")]
    [InlineData("GBy", "gigabytes")]
    [InlineData("TBy", "terabytes")]
    [InlineData("m", "meters")]
    [InlineData("V", "volts")]
    [InlineData("A", "amperes")]
    [InlineData("J", "joules")]
    [InlineData("W", "watts")]
    [InlineData("g", "grams")]
    [InlineData("Cel", "celsius")]
    [InlineData("Hz", "hertz")]
    [InlineData("%", "percent")]
    public void Units_of_the_specification(string unit, string expected) => Assert.Equal(expected, UnitSuffix.Of(unit));

    [Theory]
    [InlineData(PrometheusTranslationStrategy.UnderscoreEscapingWithSuffixes, "foo_bar_bytes_total")]
    [InlineData(PrometheusTranslationStrategy.UnderscoreEscapingWithoutSuffixes, "foo_bar")]
    [InlineData(PrometheusTranslationStrategy.NoUTF8EscapingWithSuffixes, "foo_bar_bytes_total")]
    [InlineData(PrometheusTranslationStrategy.NoTranslation, "foo_bar")]
    public void Strategies_give_what_the_specification_lists_for_a_scraper_without_escaping(
        PrometheusTranslationStrategy strategy, string expected)
    {
        var options = new PrometheusAspNetCoreOptions { TranslationStrategy = strategy };
        Assert.Equal(expected, PrometheusName.OfFamily("foo.bar", "By", FamilyType.Counter, options));
    }

    [Theory]
    [InlineData("hits", "", "hits")]
    [InlineData("hits", "By", "hits_bytes")]
    [InlineData("hits_total", "", "hits_total")]
    [InlineData("hits_total", "By", "hits_bytes_total")]
    public void Total_is_not_added_when_disabled_and_not_taken_away_either(string name, string unit, string expected)
    {
        var options = new PrometheusAspNetCoreOptions { DisableTotalNameSuffixForCounters = true };
        Assert.Equal(expected, PrometheusName.OfFamily(name, unit, FamilyType.Counter, options));
    }
}
