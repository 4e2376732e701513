using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

public sealed class AttributeFilterTests
{
    [Fact]
    public void Without_lists_everything_shows()
    {
        var filter = new AttributeFilter(allowed: null, excluded: null);

        Assert.True(filter.ShowsAttribute("user.id"));
        Assert.True(filter.ShowsAttribute(""));
        Assert.True(filter.ShowsResourceAttribute("host.name"));
    }

    [Theory]
    [InlineData("user.id", "user.id", false)]
    [InlineData("user.id", "user_id", true)]
    [InlineData("user.id", "User.Id", true)]
    [InlineData("user.id", "user.id.hash", true)]
    [InlineData("user.id", "a.user.id", true)]
    [InlineData("user.*", "user.id", false)]
    [InlineData("user.*", "user.", false)]
    [InlineData("user.*", "user", true)]
    [InlineData("user.*", "User.id", true)]
    [InlineData("user.*", "a.user.id", true)]
    [InlineData("*", "anything", false)]
    [InlineData("*", "", false)]
    [InlineData("ss*", "\u00DF", true)]
    public void Excluded_key_shows_nowhere(string excluded, string key, bool shows)
    {
        var filter = new AttributeFilter(allowed: null, ["other", excluded]);

        Assert.Equal(shows, filter.ShowsAttribute(key));
        Assert.Equal(shows, filter.ShowsResourceAttribute(key));
    }

    [Theory]
    [InlineData("route", true)]
    [InlineData("http.method", true)]
    [InlineData("http.secret", false)]
    [InlineData("Route", false)]
    [InlineData("user.id", false)]
    public void Only_allowed_keys_show_unless_excluded(string key, bool shows)
    {
        var filter = new AttributeFilter(["route", "http.*"], ["http.secret"]);

        Assert.Equal(shows, filter.ShowsAttribute(key));
    }

    [Theory]
    [InlineData("other", true)]
    [InlineData("otel.metric.overflow", false)]
    [InlineData("otel.*", false)]
    public void Mark_of_the_overflow_shows_unless_excluded(string excluded, bool shows)
    {
        var filter = new AttributeFilter([], [excluded]);

        Assert.Equal(shows, filter.ShowsAttribute("otel.metric.overflow"));
    }

    [Fact]
    public async Task Series_of_the_overflow_is_known_by_its_mark_whatever_is_allowed()
    {
        using var scrape = new Scrape(
            options =>
            {
                options.AllowedAttributes = ["a"];
                options.ScopeInfoEnabled = false;
            },
            metrics => metrics.AddView("c", new MetricStreamConfiguration { CardinalityLimit = 2 }));
        var counter = scrape.Meter().CreateCounter<long>("c");
        for (var number = 0; number < 10; number++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("a", number));
        }

        Assert.Equal(
            """
            # HELP c_total OpenTelemetry metric c
            # TYPE c_total counter
            c_total{otel_metric_overflow="true"} 8
            c_total{a="0"} 1
            c_total{a="1"} 1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public void Resource_is_not_subject_to_what_is_allowed()
    {
        var filter = new AttributeFilter([], excluded: null);

        Assert.False(filter.ShowsAttribute("service.name"));
        Assert.True(filter.ShowsResourceAttribute("service.name"));
    }

    [Fact]
    public void Later_changes_of_the_lists_do_not_count()
    {
        List<string> excluded = ["a", "b.*"];
        var filter = new AttributeFilter(allowed: null, excluded);

        excluded.Clear();

        Assert.False(filter.ShowsAttribute("a"));
        Assert.False(filter.ShowsAttribute("b.c"));
    }
}
