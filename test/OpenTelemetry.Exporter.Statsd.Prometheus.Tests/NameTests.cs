using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("http.server.duration", "s", false, "http_server_duration_seconds")]
    [InlineData("http.server.requests", "", true, "http_server_requests_total")]
    [InlineData("a..b--c__d", "", false, "a_b_c_d")]
    [InlineData("9lives", "", false, "_9lives")]
    [InlineData("naïve", "", false, "na_ve")]
    [InlineData("😀", "", false, "_")]
    [InlineData("__x", "", false, "_x")]
    [InlineData("job:rate", "", false, "job:rate")]
    [InlineData("x_", "s", false, "x_seconds")]
    [InlineData("already_total", "", true, "already_total")]
    [InlineData("already_total", "s", true, "already_seconds_total")]
    [InlineData("already_seconds_total", "s", true, "already_seconds_total")]
    [InlineData("already_seconds", "s", true, "already_seconds_total")]
    [InlineData("already_seconds", "s", false, "already_seconds")]
    [InlineData("twice_total_total", "", true, "twice_total_total")]
    [InlineData("total", "", true, "total_total")]
    [InlineData("_total", "", true, "_total_total")]
    [InlineData("sum.total", "By", false, "sum_total_bytes")]
    [InlineData("used", "1", false, "used")]
    [InlineData("used", "1", true, "used_total")]
    [InlineData("used", "%", false, "used_percent")]
    [InlineData("packets", "{packet}", true, "packets_total")]
    [InlineData("rate", "{packet}/s", false, "rate_per_second")]
    [InlineData("rate", "By/s", false, "rate_bytes_per_second")]
    [InlineData("rate", "m/s", false, "rate_meters_per_second")]
    [InlineData("rate", "By/min", false, "rate_bytes_per_minute")]
    [InlineData("rate", "By/{request}", false, "rate_bytes")]
    [InlineData("rate", "{request}", false, "rate")]
    [InlineData("rate", "widgets", false, "rate_widgets")]
    [InlineData("rate", "wid gets{x}", false, "rate_wid_gets")]
    [InlineData("rate", "{open", false, "rate_open")]
    public void With_suffixes(string name, string unit, bool isCounter, string expected) =>
        Assert.Equal(expected, PrometheusName.OfFamily(name, unit, isCounter, new PrometheusAspNetCoreOptions().ReadFamilies().Naming, EscapingScheme.Values));

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
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, "foo_bar_bytes_total")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes, "foo_bar")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes, "foo_bar_bytes_total")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoTranslation, "foo_bar")]
    public void Strategies_give_what_the_specification_lists_for_a_scraper_without_escaping(
        PrometheusAspNetCoreTranslationStrategy strategy, string expected)
    {
        var options = new PrometheusAspNetCoreOptions { TranslationStrategy = strategy };
        Assert.Equal(expected, PrometheusName.OfFamily("foo.bar", "By", isCounter: true, options.ReadFamilies().Naming, EscapingScheme.Underscores));
    }

    [Theory]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, "foo_bar_bytes_total")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes, "foo_bar")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoUTF8EscapingWithSuffixes, "foo.bar_bytes_total")]
    [InlineData(PrometheusAspNetCoreTranslationStrategy.NoTranslation, "foo.bar")]
    public void Strategies_give_what_the_specification_lists_for_a_scraper_that_allows_utf_8(
        PrometheusAspNetCoreTranslationStrategy strategy, string expected)
    {
        var options = new PrometheusAspNetCoreOptions { TranslationStrategy = strategy };
        Assert.Equal(expected, PrometheusName.OfFamily("foo.bar", "By", isCounter: true, options.ReadFamilies().Naming, EscapingScheme.AllowUtf8));
    }

    [Theory]
    [InlineData("hits", "", "hits")]
    [InlineData("hits", "By", "hits_bytes")]
    [InlineData("hits_total", "", "hits_total")]
    [InlineData("hits_total", "By", "hits_bytes_total")]
    public void Total_is_not_added_when_disabled_and_not_taken_away_either(string name, string unit, string expected)
    {
        var options = new PrometheusAspNetCoreOptions { DisableTotalNameSuffixForCounters = true };
        Assert.Equal(expected, PrometheusName.OfFamily(name, unit, isCounter: true, options.ReadFamilies().Naming, EscapingScheme.Underscores));
    }
}
