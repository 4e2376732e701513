using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The exact bytes of one batch on each profile, separators between lines included.</summary>
public sealed class ProfileSnapshotTests
{
    [Fact]
    public void DatadogAgent() => AssertPacket(
        StatsdProfile.DatadogAgent,
        "shop.http_requests:7|c|#otel.host:web-1,url:http://x:80/y,env:test\n"
        + "shop.temperature:-5|g|#room:Küche,env:test\n"
        + "shop.queue:-2|g|#env:test\n"
        + "shop.tiny:1e-9|g|#env:test\n"
        + "shop.size.count:1|c|#env:test\nshop.size.sum:2.5|c|#env:test\n"
        + "shop.size.min:2.5|g|#env:test\nshop.size.max:2.5|g|#env:test\nshop.size.avg:2.5|g|#env:test\n"
        + "shop.size.bucket:1|c|#env:test,upper_bound:10");

    [Fact]
    public void StatsD() => AssertPacket(
        StatsdProfile.StatsD,
        "shop.http-requests:7|c\n"
        + "shop.temperature:0|g\nshop.temperature:-5|g\n"
        + "shop.queue:0|g\nshop.queue:-2|g\n"
        + "shop.tiny:0.000000001|g\n"
        + "shop.size.count:1|c\nshop.size.sum:2.5|c\nshop.size.min:2.5|g\nshop.size.max:2.5|g\nshop.size.avg:2.5|g\n"
        + "shop.size.bucket.10:1|c");

    [Fact]
    public void StatsDGraphite() => AssertPacket(
        StatsdProfile.StatsDGraphite,
        "shop.http-requests;host=web-1;url=http___x_80_y;env=test:7|c\n"
        + "shop.temperature;room=K_che_3149435c;env=test:0|g\nshop.temperature;room=K_che_3149435c;env=test:-5|g\n"
        + "shop.queue;env=test:0|g\nshop.queue;env=test:-2|g\n"
        + "shop.tiny;env=test:0.000000001|g\n"
        + "shop.size.count;env=test:1|c\nshop.size.sum;env=test:2.5|c\n"
        + "shop.size.min;env=test:2.5|g\nshop.size.max;env=test:2.5|g\nshop.size.avg;env=test:2.5|g\n"
        + "shop.size.bucket;env=test;upper_bound=10:1|c");

    [Fact]
    public void PrometheusStatsdExporter() => AssertPacket(
        StatsdProfile.PrometheusStatsdExporter,
        "shop.http-requests:7|c|#host:web-1,url:http://x:80/y,env:test\n"
        + "shop.temperature:0|g|#room:Küche,env:test\nshop.temperature:-5|g|#room:Küche,env:test\n"
        + "shop.queue:0|g|#env:test\nshop.queue:-2|g|#env:test\n"
        + "shop.tiny:1e-9|g|#env:test\n"
        + "shop.size.count:1|c|#env:test\nshop.size.sum:2.5|c|#env:test\n"
        + "shop.size.min:2.5|g|#env:test\nshop.size.max:2.5|g|#env:test\nshop.size.avg:2.5|g|#env:test\n"
        + "shop.size.bucket:1|c|#env:test,upper_bound:10");

    [Fact]
    public void Telegraf() => AssertPacket(
        StatsdProfile.Telegraf,
        "shop.http-requests,host=web-1,url=http_//x_80/y,env=test:7|c\n"
        + "shop.temperature,room=Küche,env=test:0|g\nshop.temperature,room=Küche,env=test:-5|g\n"
        + "shop.queue,env=test:0|g\nshop.queue,env=test:-2|g\n"
        + "shop.tiny,env=test:1e-9|g\n"
        + "shop.size.count,env=test:1|c\nshop.size.sum,env=test:2.5|c\n"
        + "shop.size.min,env=test:2.5|g\nshop.size.max,env=test:2.5|g\nshop.size.avg,env=test:2.5|g\n"
        + "shop.size.bucket,env=test,upper_bound=10:1|c");

    [Fact]
    public void OpenTelemetryCollector() => AssertPacket(
        StatsdProfile.OpenTelemetryCollector,
        "shop.http-requests:7|c|#host:web-1,url:http://x:80/y,env:test\n"
        + "shop.temperature:0|g|#room:Küche,env:test\nshop.temperature:-5|g|#room:Küche,env:test\n"
        + "shop.queue:0|g|#env:test\nshop.queue:-2|g|#env:test\n"
        + "shop.tiny:1e-9|g|#env:test\n"
        + "shop.size.count:1|c|#env:test\nshop.size.sum:2.5|c|#env:test\n"
        + "shop.size.min:2.5|g|#env:test\nshop.size.max:2.5|g|#env:test\nshop.size.avg:2.5|g|#env:test\n"
        + "shop.size.bucket:1|c|#env:test,upper_bound:10");

    private static void AssertPacket(StatsdProfile profile, string expected)
    {
        using var session = new Session(
            profile,
            options =>
            {
                options.Prefix = "shop";
                options.Tags["env"] = "test";
                options.HistogramForm = HistogramForm.Buckets;
            },
            builder => builder.AddView("size", new ExplicitBucketHistogramConfiguration { Boundaries = [10] }));
        session.Meter.CreateCounter<long>("http-requests").Add(7, new("url", "http://x:80/y"), new("host", "web-1"));
        session.Meter.CreateGauge<long>("temperature").Record(-5, new KeyValuePair<string, object?>("room", "Küche"));
        session.Meter.CreateUpDownCounter<int>("queue").Add(-2);
        session.Meter.CreateGauge<double>("tiny").Record(1e-9);
        session.Meter.CreateHistogram<double>("size").Record(2.5);

        var packet = Assert.Single(session.FlushPackets());
        Assert.Equal(expected, Encoding.UTF8.GetString(packet));
    }
}
