using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The exporter against a real Pushgateway.</summary>
public sealed class PushgatewayTests : IDisposable
{
    private readonly Meter meter = new($"receivers.{Guid.NewGuid():N}", "1.0");

    /// <summary>That of Debian 13 falls over its own log where it refuses a push.</summary>
    public static TheoryData<ReceiverVersion> Versions => [ReceiverVersion.Installed, ReceiverVersion.Sid];

    public void Dispose() => meter.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Gateway_has_what_each_kind_of_instrument_recorded(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        using var provider = Build(server, options => options.GroupingKey["instance"] = "host-1");
        meter.CreateCounter<long>("requests", null, "Requests.").Add(3, new KeyValuePair<string, object?>("route", "/"));
        meter.CreateUpDownCounter<long>("queue").Add(-2);
        meter.CreateObservableGauge("temperature", () => 21.5, "Cel");
        var latency = meter.CreateHistogram<double>("latency", "s", null, null, new() { HistogramBucketBoundaries = [0.5, 1] });
        latency.Record(0.25);
        latency.Record(0.75);
        latency.Record(4.75);

        Assert.True(provider.ForceFlush());

        var group = Assert.Single(await server.GroupsAsync());
        Assert.True(group.LastPushSuccessful);
        Assert.Equal(new Dictionary<string, string> { ["job"] = "test", ["instance"] = "host-1" }, group.Labels);
        Assert.Equal("COUNTER", group.Families["requests_total"].Type);
        Assert.Equal("Requests.", group.Families["requests_total"].Help);
        Assert.Equal("/", SampleOf(group, "requests_total").Labels["route"]);
        Assert.Equal("3", SampleOf(group, "requests_total").Value);
        Assert.Equal("-2", SampleOf(group, "queue").Value);
        Assert.Equal("21.5", SampleOf(group, "temperature_celsius").Value);
        var histogram = SampleOf(group, "latency_seconds");
        Assert.Equal("3", histogram.Count);
        Assert.Equal("5.75", histogram.Sum);
        Assert.Equal("1", histogram.Buckets["0.5"]);
        Assert.Equal("2", histogram.Buckets["1"]);

        var lines = Encoding.UTF8.GetString(await server.ScrapeAsync()).Split('\n');
        var line = Assert.Single(lines, line => line.StartsWith("requests_total{", StringComparison.Ordinal));
        Assert.Contains("instance=\"host-1\"", line, StringComparison.Ordinal);
        Assert.Contains("job=\"test\"", line, StringComparison.Ordinal);
        Assert.EndsWith(" 3", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Any_labels_make_a_group(ReceiverVersion version)
    {
        string[] values =
        [
            "plain", "two words+%2F?#&;=", "/var/tmp", "a\\b\"c", ".", "..", "line\nfeed\tand\u0001\0", "日本 😀 é", "\u200e\u202e\u0085\uffff", "job@base64", "=",
        ];
        await using var server = await StartAsync(version);
        foreach (var value in values)
        {
            using var provider = Build(server, options =>
            {
                options.Job = value;
                options.GroupingKey["first"] = value;
                options.GroupingKey["empty"] = "";
            });

            Assert.True(provider.ForceFlush());
        }

        Assert.Equivalent(
            values.Select(value => new Dictionary<string, string> { ["job"] = value, ["first"] = value, ["empty"] = "" }),
            (await server.GroupsAsync()).Select(group => group.Labels),
            strict: true);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Method_says_what_becomes_of_other_metrics_of_the_group(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        meter.CreateObservableCounter("requests", () => 3);
        foreach (var method in Enum.GetValues<PushgatewayMethod>())
        {
            await PushAsync(server, "/metrics/job/test", "other 1\n");
            using var provider = Build(server, options => options.Method = method);

            Assert.True(provider.ForceFlush());

            var group = Assert.Single(await server.GroupsAsync());
            Assert.Contains("requests_total", group.Families.Keys);
            Assert.Equal(method == PushgatewayMethod.Post, group.Families.ContainsKey("other"));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Shutdown_leaves_the_last_values_there(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        using var provider = Build(server);
        var counter = meter.CreateCounter<long>("requests");
        counter.Add(3);
        provider.ForceFlush();
        counter.Add(4);

        Assert.True(provider.Shutdown());

        Assert.Equal("7", SampleOf(Assert.Single(await server.GroupsAsync()), "requests_total").Value);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Host_with_an_HTTP_client_factory_leaves_the_last_values_there(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpClient();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(meter.Name)
            .AddPrometheusPushgatewayExporter(options => (options.Endpoint, options.Job) = (server.Address, "hosted")));
        using (var host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            meter.CreateCounter<long>("requests").Add(3);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal("3", SampleOf(Assert.Single(await server.GroupsAsync()), "requests_total").Value);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Shutdown_deletes_this_group_alone_if_asked_to(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        await PushAsync(server, "/metrics/job/test/instance/other", "other 1\n");
        using var provider = Build(server, options =>
        {
            options.GroupingKey["instance"] = "a/b";
            options.DeleteOnShutdown = true;
        });
        provider.ForceFlush();
        Assert.Equal(2, (await server.GroupsAsync()).Count);

        Assert.True(provider.Shutdown());

        Assert.Equal("other", Assert.Single(await server.GroupsAsync(1)).Labels["instance"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Conflict_with_another_group_is_told_in_the_words_of_the_gateway(ReceiverVersion version)
    {
        using var events = new Events();
        await using var server = await StartAsync(version);
        await PushAsync(server, "/metrics/job/other", "# TYPE requests_total gauge\nrequests_total 1\n");
        using var provider = Build(server);
        meter.CreateCounter<long>("requests").Add(3);

        Assert.False(provider.ForceFlush());

        var text = Assert.Single(events.Texts, text => text.Contains(server.Address.Authority, StringComparison.Ordinal));
        Assert.StartsWith($"PUT {server.Address}metrics/job/test failed: status 400, \"", text, StringComparison.Ordinal);
        Assert.Contains("requests_total", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Conflict_with_the_metrics_of_the_gateway_itself_refuses_the_whole_push(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        using var provider = Build(server);
        meter.CreateHistogram<long>("go_goroutines").Record(1);
        meter.CreateCounter<long>("requests").Add(3);

        Assert.False(provider.ForceFlush());

        var group = Assert.Single(await server.GroupsAsync());
        Assert.False(group.LastPushSuccessful);
        Assert.DoesNotContain("requests_total", group.Families.Keys);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Metrics_of_names_that_the_gateway_sets_are_there_under_others(ReceiverVersion version)
    {
        await using var server = await StartAsync(version);
        using var provider = Build(server);
        meter.CreateGauge<long>("push.time", "s").Record(5);
        meter.CreateGauge<long>("push_failure_time_seconds").Record(6);

        Assert.True(provider.ForceFlush());

        var group = Assert.Single(await server.GroupsAsync());
        Assert.True(group.LastPushSuccessful);
        Assert.Equal("5", SampleOf(group, "push_time_seconds_value").Value);
        Assert.Equal("6", SampleOf(group, "push_failure_time_seconds_value").Value);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Hostile_names_and_values_are_taken_and_none_is_overwritten(ReceiverVersion version)
    {
        string[] hostile = ["a\"b\\c\nd\te\u0001 {x=\"1\"} # €😀", "le", "job", "instance", "__name__", "\ud800", "", "9", "push_time_seconds"];
        using var events = new Events();
        await using var server = await StartAsync(version);
        using var provider = Build(server, options => options.GroupingKey["instance"] = "i");
        var tagged = meter.CreateCounter<long>("tagged");
        var sizes = meter.CreateHistogram<double>("sizes");
        foreach (var text in hostile)
        {
            tagged.Add(1, new KeyValuePair<string, object?>(text, text));
            tagged.Add(1, new KeyValuePair<string, object?>("value", text));
            sizes.Record(double.Epsilon, new KeyValuePair<string, object?>(text, text));
            meter.CreateGauge<double>(text.Length == 0 ? "odd" : text).Record(double.NaN);
        }

        Assert.True(provider.ForceFlush(), string.Join('\n', events.Texts));

        var group = Assert.Single(await server.GroupsAsync());
        Assert.True(group.LastPushSuccessful);
        var samples = group.Families["tagged_total"].Metrics;
        Assert.Equal(2 * hostile.Length, samples.Sum(sample => int.Parse(sample.Value!, CultureInfo.InvariantCulture)));
        Assert.Contains(samples, sample => sample.Labels.GetValueOrDefault("exported_job") == "job");
        Assert.Contains(samples, sample => sample.Labels.GetValueOrDefault("exported_instance") == "instance");
    }

    /// <summary>Keeps its groups in memory: Debian's build otherwise has a file that all of its gateways share.</summary>
    private static Task<PushgatewayServer> StartAsync(ReceiverVersion version) => PushgatewayServer.StartAsync(version, "--persistence.file=");

    /// <summary>Pushes lines written by hand.</summary>
    private static async Task PushAsync(PushgatewayServer server, string path, string lines)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        using var content = new StringContent(lines);
        using var response = await client.PutAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static PushedMetric SampleOf(PushedGroup group, string family) => Assert.Single(group.Families[family].Metrics);

    private MeterProvider Build(PushgatewayServer server, Action<PrometheusPushgatewayOptions>? configure = null) =>
        Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddPrometheusPushgatewayExporter((options, reader) =>
            {
                options.Endpoint = server.Address;
                options.Job = "test";
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
                configure?.Invoke(options);
            })
            .Build();

    private sealed class Events : EventListener
    {
        public ConcurrentQueue<string> Texts { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Statsd-Prometheus")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Texts.Enqueue(
            string.Format(CultureInfo.InvariantCulture, eventData.Message!, [.. eventData.Payload!]));
    }
}
