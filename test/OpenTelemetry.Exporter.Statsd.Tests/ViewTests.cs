using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Views are the way to bound cardinality, rename, drop and choose tags; what they do is what arrives.</summary>
public sealed class ViewTests
{
    private static readonly KeyValuePair<string, object?> Method = new("method", "GET");
    private static readonly KeyValuePair<string, object?> User = new("user", "alice");

    [Fact]
    public void TagKeys_keeps_only_those_tags() =>
        Assert.Equal(["requests:3|c|#method:GET"], Lines(new MetricStreamConfiguration { TagKeys = ["method"] }));

    [Fact]
    public void No_TagKeys_makes_one_series() => Assert.Equal(["requests:3|c"], Lines(new MetricStreamConfiguration { TagKeys = [] }));

    [Fact]
    public void ExcludedTagKeys_takes_those_tags_away() =>
        Assert.Equal(["requests:3|c|#method:GET"], Lines(new MetricStreamConfiguration { ExcludedTagKeys = ["user"] }));

    [Fact]
    public void A_renamed_stream_arrives_under_its_new_name() =>
        Assert.Equal(
            ["http.requests:1|c|#method:GET,user:alice", "http.requests:2|c|#method:GET,user:bob"],
            Lines(new MetricStreamConfiguration { Name = "http.requests" }));

    [Fact]
    public void A_dropped_stream_does_not_arrive() => Assert.Empty(Lines(MetricStreamConfiguration.Drop));

    [Fact]
    public void Beyond_the_cardinality_limit_one_series_takes_the_rest() =>
        Assert.Equal(
            ["requests:1|c|#method:GET,user:alice", "requests:2|c|#otel.metric.overflow:true"],
            Lines(new MetricStreamConfiguration { CardinalityLimit = 1 }).Order());

    private static string[] Lines(MetricStreamConfiguration view)
    {
        using var session = new Session(build: builder => builder.AddView("requests", view));
        var requests = session.Meter.CreateCounter<long>("requests");
        requests.Add(1, Method, User);
        requests.Add(2, Method, new KeyValuePair<string, object?>("user", "bob"));
        return session.FlushLines();
    }
}
