using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>When a provider pushes, and what becomes of it at shutdown.</summary>
public sealed class PushgatewayExporterTests : IDisposable
{
    private const int Never = int.MaxValue;

    private readonly Recorder recorder = new();
    private readonly Meter meter = TestApp.CreateMeter();
    private readonly Counter<long> counter;
    private readonly string job = $"j{Guid.NewGuid():N}";

    public PushgatewayExporterTests() => counter = meter.CreateCounter<long>("done");

    public void Dispose()
    {
        meter.Dispose();
        recorder.Dispose();
    }

    [Theory]
    [InlineData(PushgatewayMethod.Put, "PUT")]
    [InlineData(PushgatewayMethod.Post, "POST")]
    public async Task Flush_pushes_to_the_group_before_it_returns(PushgatewayMethod method, string expected)
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options =>
        {
            options.Method = method;
            options.GroupingKey["instance"] = "host:1";
            options.GroupingKey["path"] = "/x";
        });
        counter.Add(3);

        Assert.True(provider.ForceFlush());

        Assert.Equal(1, gateway.Waiting);
        var pushed = await gateway.NextAsync();
        Assert.Equal(expected, pushed.Method);
        Assert.Equal($"/metrics/job/{job}/instance/host%3A1/path@base64/L3g", pushed.Target);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", pushed.Headers["Content-Type"]);
        Assert.DoesNotContain("Authorization", pushed.Headers.Keys);
        Assert.Equal(3, Done(pushed));
    }

    [Fact]
    public async Task Labels_of_the_group_leave_attributes_of_their_names_alone()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options =>
        {
            options.GroupingKey["zone"] = "z";
            options.ScopeInfoEnabled = false;
        });
        counter.Add(1, new("job", "a"), new("zone", "b"), new("instance", "c"));

        Assert.True(provider.ForceFlush());

        Assert.Contains("\ndone_total{exported_job=\"a\",exported_zone=\"b\",instance=\"c\"} 1\n", (await gateway.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renamed_attributes_leave_labels_of_the_group_alone_too()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options =>
        {
            options.GroupingKey["exported_job"] = "g";
            options.ScopeInfoEnabled = false;
        });
        counter.Add(1, new KeyValuePair<string, object?>("job", "a"));

        Assert.True(provider.ForceFlush());

        Assert.Contains("\ndone_total{exported_exported_job=\"a\"} 1\n", (await gateway.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flush_and_shutdown_say_what_became_of_pushes_beside_an_exporter_that_is_scraped(bool isThere)
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddPrometheusExporter()
            .AddPrometheusPushgatewayExporter(options =>
            {
                options.Endpoint = isThere ? gateway.Address : new Uri("http://127.0.0.1:9");
                options.Job = job;
            })
            .Build();
        counter.Add(3);

        Assert.Equal(isThere, provider.ForceFlush(isThere ? 60_000 : 300));
        Assert.Equal(isThere, provider.Shutdown(isThere ? 60_000 : 300));
        Assert.Equal(isThere ? 2 : 0, gateway.Waiting);
    }

    [Fact]
    public async Task Names_that_the_gateway_uses_itself_are_evaded_and_that_is_told()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options => options.TargetInfoEnabled = false);
        meter.CreateGauge<long>("push.time", "s").Record(1);
        meter.CreateHistogram<long>("push_failure_time_seconds").Record(1);
        meter.CreateCounter<long>("push.time", "s").Add(1);

        Assert.True(provider.ForceFlush());

        var families = TextParser.Parse(Encoding.UTF8.GetBytes((await gateway.NextAsync()).Body));
        Assert.Equal(
            ["push_time_seconds_value", "push_failure_time_seconds_distribution", "push_time_seconds_total"], families.Select(family => family.Name));
        Assert.Equal(2, recorder.Events.Count(entry => entry.Name == "NameConflict" && entry.Text.Contains(meter.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Options_say_what_is_exposed()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options =>
        {
            options.ScopeInfoEnabled = false;
            options.TargetInfoEnabled = false;
            options.DisableTotalNameSuffixForCounters = true;
            options.ExcludedAttributes = ["secret"];
        });
        counter.Add(1, new("route", "/"), new("secret", "x"));

        Assert.True(provider.ForceFlush());

        var body = (await gateway.NextAsync()).Body;
        Assert.EndsWith("\n# TYPE done counter\ndone{route=\"/\"} 1\n", body, StringComparison.Ordinal);
        Assert.StartsWith("# HELP done ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_read_when_the_provider_is_built()
    {
        await using var gateway = await Gateway.StartAsync();
        PrometheusPushgatewayOptions? set = null;
        using var provider = Build(gateway.Address, options =>
        {
            options.ScopeInfoEnabled = false;
            set = options;
        });
        set!.ScopeInfoEnabled = true;
        set.DisableTotalNameSuffixForCounters = true;
        set.GroupingKey["zone"] = "z";
        counter.Add(1, new KeyValuePair<string, object?>("zone", "b"));

        Assert.True(provider.ForceFlush());

        Assert.Contains("\ndone_total{zone=\"b\"} 1\n", (await gateway.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pushes_are_cumulative_whatever_other_exporters_of_that_name_are_asked_for()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.Configure<MetricReaderOptions>(
                reader => reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta))
            .AddMeter(meter.Name)
            .AddPrometheusPushgatewayExporter(options => (options.Endpoint, options.Job) = (gateway.Address, job))
            .Build();
        counter.Add(3);
        provider.ForceFlush();
        counter.Add(4);
        provider.ForceFlush();

        Assert.Equal(3, Done(await gateway.NextAsync()));
        Assert.Equal(7, Done(await gateway.NextAsync()));
    }

    [Fact]
    public async Task Provider_pushes_at_the_interval_of_the_reader()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, (_, reader) => reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 20);

        Assert.Equal("PUT", (await gateway.NextAsync()).Method);
        Assert.Equal("PUT", (await gateway.NextAsync()).Method);
    }

    [Fact]
    public async Task Interval_comes_from_the_environment()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusPushgatewayExporter(options =>
            {
                options.Endpoint = gateway.Address;
                options.Job = job;
            }),
            app => app.Services.GetRequiredService<MeterProvider>(),
            [new("OTEL_METRIC_EXPORT_INTERVAL", "20")]);

        await gateway.NextAsync();
    }

    [Fact]
    public async Task Failed_push_loses_nothing_once_the_gateway_is_there()
    {
        var nobody = Loopback.Bind();
        using var provider = Build(new($"http://127.0.0.1:{Loopback.PortOf(nobody)}"));
        counter.Add(3);

        Assert.False(provider.ForceFlush(100));

        Assert.Single(Failures());
        await using var gateway = await Gateway.StartAsync(nobody);
        counter.Add(4);
        Assert.True(provider.ForceFlush());
        Assert.Equal(7, Done(await gateway.NextAsync()));
    }

    [Fact]
    public async Task Shutdown_pushes_the_last_values()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address);
        counter.Add(3);

        Assert.True(provider.Shutdown());

        Assert.Equal(1, gateway.Waiting);
        Assert.Equal(3, Done(await gateway.NextAsync()));
    }

    [Fact]
    public async Task Shutdown_deletes_the_group_if_asked_to_and_nothing_brings_it_back()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Build(gateway.Address, options =>
        {
            options.DeleteOnShutdown = true;
            options.HttpClientFactory = () => new HttpClient(new Deaf { InnerHandler = new SocketsHttpHandler() });
        });
        counter.Add(3);

        Assert.True(provider.Shutdown());
        provider.ForceFlush();
        provider.Dispose();

        Assert.Equal(2, gateway.Waiting);
        Assert.Equal(3, Done(await gateway.NextAsync()));
        var deletion = await gateway.NextAsync();
        Assert.Equal("DELETE", deletion.Method);
        Assert.Equal($"/metrics/job/{job}", deletion.Target);
    }

    [Fact]
    public async Task Group_is_deleted_even_if_the_last_push_fails_and_each_failure_is_told()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(400, "inconsistent").Answer(403, "not you");
        using var provider = Build(gateway.Address, options => options.DeleteOnShutdown = true);

        Assert.False(provider.Shutdown());

        Assert.Equal("PUT", (await gateway.NextAsync()).Method);
        Assert.Equal("DELETE", (await gateway.NextAsync()).Method);
        Assert.Collection(
            Failures(),
            text => Assert.StartsWith($"PUT {gateway.Address}metrics/job/{job} failed: status 400, \"inconsistent\".", text, StringComparison.Ordinal),
            text => Assert.StartsWith($"DELETE {gateway.Address}metrics/job/{job} failed: status 403, \"not you\".", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_that_hangs_gives_way_to_the_last_one()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Hang();
        using var provider = Build(gateway.Address, (options, reader) =>
        {
            options.Timeout = TimeSpan.FromHours(1);
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = Timeout.Infinite;
        });
        counter.Add(3);
        var flush = Task.Run(() => provider.ForceFlush(), TestContext.Current.CancellationToken);
        Assert.Equal(3, Done(await gateway.NextAsync()));
        counter.Add(4);

        Assert.True(provider.Shutdown());

        Assert.Equal(7, Done(await gateway.NextAsync()));
        Assert.False(await flush);
        Assert.Empty(Failures());
    }

    [Theory]
    [InlineData(false, "PUT")]
    [InlineData(true, "PUT", "DELETE")]
    public async Task Shutdown_keeps_to_its_time_though_the_gateway_hangs(bool deletes, params string[] requests)
    {
        await using var gateway = await Gateway.StartAsync();
        for (var request = 0; request < 10; request++)
        {
            gateway.Hang();
        }

        using var provider = Build(gateway.Address, (options, reader) =>
        {
            options.DeleteOnShutdown = deletes;
            options.Timeout = TimeSpan.FromHours(1);
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = Timeout.Infinite;
        });

        // Otherwise it would not return at all.
        Assert.False(provider.Shutdown(1000));

        Assert.Equal(requests, Failures().Select(text => text.Split(' ')[0]));
    }

    [Fact]
    public async Task Flush_keeps_to_its_time_though_the_gateway_hangs()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Hang();
        using var provider = Build(gateway.Address, (options, reader) =>
        {
            options.Timeout = TimeSpan.FromHours(1);
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = Timeout.Infinite;
        });

        Assert.False(provider.ForceFlush(200));

        Assert.Contains("no answer within", Assert.Single(Failures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us\u00e9r:pa:ss", null, "Basic dXPDqXI6cGE6c3M=")]
    [InlineData("user:", null, "Basic dXNlcjo=")]
    [InlineData(null, "t0ken~+/=", "Bearer t0ken~+/=")]
    public async Task Credentials_go_with_each_request_and_into_no_event(string? basic, string? token, string expected)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(401);
        using var provider = Build(gateway.Address, options =>
        {
            options.BasicCredentials = basic;
            options.BearerToken = token;
            options.DeleteOnShutdown = true;
        });

        provider.ForceFlush();
        provider.Shutdown();

        for (var request = 0; request < 3; request++)
        {
            Assert.Equal(expected, (await gateway.NextAsync()).Headers["Authorization"]);
        }

        Assert.DoesNotContain(expected.Split(' ')[1], Assert.Single(Failures()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_exporters_push_to_several_groups()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter("a", Configure)
            .AddPrometheusPushgatewayExporter("b", options =>
            {
                Configure(options);
                options.GroupingKey["n"] = "2";
            })
            .Build();

        Assert.True(provider.ForceFlush());

        Assert.Equal($"/metrics/job/{job}", (await gateway.NextAsync()).Target);
        Assert.Equal($"/metrics/job/{job}/n/2", (await gateway.NextAsync()).Target);

        void Configure(PrometheusPushgatewayOptions options)
        {
            options.Endpoint = gateway.Address;
            options.Job = job;
        }
    }

    private static long Done(Pushed pushed) => long.Parse(
        TextParser.Parse(Encoding.UTF8.GetBytes(pushed.Body)).Single(family => family.Name == "done_total").Samples.Single().Value.ToString(CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);

    private MeterProvider Build(Uri endpoint, Action<PrometheusPushgatewayOptions> configure) => Build(endpoint, (options, _) => configure(options));

    private MeterProvider Build(Uri endpoint, Action<PrometheusPushgatewayOptions, MetricReaderOptions>? configure = null) =>
        Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddPrometheusPushgatewayExporter((options, reader) =>
            {
                options.Endpoint = endpoint;
                options.Job = job;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Never;
                configure?.Invoke(options, reader);
            })
            .Build();

    /// <summary>The events of this test; others run at the same time.</summary>
    private List<string> Failures() =>
        [.. recorder.Events.Where(entry => entry.Name == "PushFailed" && entry.Text.Contains(job, StringComparison.Ordinal)).Select(entry => entry.Text)];

    /// <summary>Sends whatever was cancelled.</summary>
    private sealed class Deaf : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.SendAsync(request, CancellationToken.None);
    }
}
