using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>A program without a web application, scraped on the exporter's own port.</summary>
public sealed class OwnPortTests : IDisposable
{
    private readonly HttpClient client = new();
    private readonly Meter meter = TestApp.CreateMeter();
    private readonly int port = FreePort.Find();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        meter.Dispose();
    }

    [Fact]
    public async Task Provider_of_a_console_application_is_scraped_while_it_lives()
    {
        var provider = Build(_ => { });
        meter.CreateCounter<long>("jobs").Add(3);
        await ListeningAsync(provider);

        var body = await client.GetStringAsync(Address("/metrics"), Cancellation);
        provider.Dispose();
        provider.Dispose();

        Assert.Contains("\njobs_total{", body, StringComparison.Ordinal);
        Assert.Contains("target_info{service_name=\"worker\"} 1\n", body, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(Address("/metrics"), Cancellation));
    }

    [Fact]
    public async Task Options_of_the_endpoint_hold_there_too()
    {
        using var provider = Build(options =>
        {
            options.ScrapeEndpointPath = "internal/metrics";
            options.BearerToken = "t0ken";
        });
        await ListeningAsync(provider);

        using var elsewhere = await client.GetAsync(Address("/metrics"), Cancellation);
        using var refused = await client.GetAsync(Address("/internal/metrics"), Cancellation);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "t0ken");
        using var post = await client.PostAsync(Address("/internal/metrics"), null, Cancellation);
        using var scrape = await client.GetAsync(Address("/internal/metrics"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(HttpStatusCode.OK, scrape.StatusCode);
    }

    [Theory]
    [InlineData("internal/metrics/", "/internal/metrics")]
    [InlineData("", "/")]
    public async Task Path_of_the_options_may_end_in_a_slash_or_be_empty(string configured, string path)
    {
        using var provider = Build(options => options.ScrapeEndpointPath = configured);
        await ListeningAsync(provider);

        Assert.Contains("target_info", await client.GetStringAsync(Address(path), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exporters_of_several_ports_are_apart()
    {
        var otherPort = FreePort.Find();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddPrometheusExporter("one", options => options.Port = port)
            .AddPrometheusExporter("two", options => (options.Port, options.TargetInfoEnabled) = (otherPort, false))
            .Build();
        await ScrapeReaders.Find(provider, "one")!.Listener!.Listening.WaitAsync(Cancellation);
        await ScrapeReaders.Find(provider, "two")!.Listener!.Listening.WaitAsync(Cancellation);

        Assert.NotEmpty(await client.GetStringAsync(Address("/metrics"), Cancellation));
        Assert.Empty(await client.GetStringAsync(new Uri($"http://127.0.0.1:{otherPort}/metrics"), Cancellation));
    }

    [Fact]
    public async Task Port_of_two_exporters_fails_the_build_of_one_provider_but_not_of_two()
    {
        using var other = Sdk.CreateMeterProviderBuilder().AddPrometheusExporter("other", options => options.Port = port).Build();
        await ScrapeReaders.Find(other, "other")!.Listener!.Listening.WaitAsync(Cancellation);

        var error = Assert.Throws<InvalidOperationException>(() => BuildOn("localhost", "127.0.0.1"));

        Assert.StartsWith(
            $"Two Prometheus exporters of the MeterProvider, 'one' and 'two', have the same Port, {port},", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await client.GetStringAsync(Address("/metrics"), Cancellation));
    }

    [Fact]
    public async Task Of_two_exporters_with_one_name_the_first_listens()
    {
        ScrapeReader? second = null;
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddPrometheusExporter(options => options.Port = port)
            .AddReader(services => second = ScrapeReaderFactory.Create(services, string.Empty))
            .Build();
        await ListeningAsync(provider);

        Assert.NotSame(second, ScrapeReaders.Find(provider, string.Empty));
        Assert.Null(second!.Listener);
        Assert.NotEmpty(await client.GetStringAsync(Address("/metrics"), Cancellation));
    }

    [Fact]
    public async Task Library_and_application_that_both_add_the_exporter_are_served_on_its_port()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddPrometheusExporter()
            .AddPrometheusExporter(options => options.Port = port)
            .Build();
        meter.CreateCounter<long>("jobs").Add(3);
        await ListeningAsync(provider);

        Assert.Contains("\njobs_total{", await client.GetStringAsync(Address("/metrics"), Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.2")]
    [InlineData("localhost", "127.0.0.2")]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("0.0.0.0", "::1")]
    public async Task Port_on_different_addresses_is_listened_on_by_each_exporter(string one, string two)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !two.Contains(':', StringComparison.Ordinal), "There is no IPv6.");
        using var provider = BuildOn(one, two);

        await ScrapeReaders.Find(provider, "one")!.Listener!.Listening.WaitAsync(Cancellation);
        await ScrapeReaders.Find(provider, "two")!.Listener!.Listening.WaitAsync(Cancellation);

        var address = two.Contains(':', StringComparison.Ordinal) ? $"[{two}]" : two;
        Assert.NotEmpty(await client.GetStringAsync(Address("/metrics"), Cancellation));
        Assert.NotEmpty(await client.GetStringAsync(new Uri($"http://{address}:{port}/metrics"), Cancellation));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("::1", "localhost")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "localhost")]
    [InlineData("0.0.0.0", "::")]
    [InlineData("127.0.0.2", "::")]
    [InlineData("::", "::1")]
    [InlineData("*", "127.0.0.2")]
    [InlineData("localhost", "*")]
    [InlineData("*", "::")]
    public async Task Port_on_addresses_that_overlap_cannot_be_listened_on_twice_and_fails_the_build(string one, string two)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6.");

        var error = Assert.Throws<InvalidOperationException>(() => BuildOn(one, two));

        Assert.Contains($" on Hosts that overlap, '{one}' and '{two}'.", error.Message, StringComparison.Ordinal);
        using var first = ScrapeReaderFactory.Create("one", new() { Host = one, Port = port }, TimeProvider.System);
        await first.Listener!.Listening.WaitAsync(Cancellation);
        var time = new ManualTime();
        using var second = ScrapeReaderFactory.Create("two", new() { Host = two, Port = port }, time);
        Assert.Equal(ScrapeListener.RetryInterval, (await time.NextTimerAsync()).Due);
    }

    [Fact]
    public async Task Port_that_is_taken_leaves_application_and_mapped_endpoint_alone()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, port);
        squatter.Start();
        using var provider = Build(_ => { });
        meter.CreateCounter<long>("jobs").Add(3);
        await using var app = await TestApp.StartAsync(null, app => app.MapPrometheusScrapingEndpoint("/metrics", provider, null, null));

        Assert.Contains("\njobs_total{", await app.GetAsync(), StringComparison.Ordinal);
        Assert.False(ScrapeReaders.Find(provider, string.Empty)!.Listener!.Listening.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Scrape_before_the_provider_is_complete_is_told_so()
    {
        using var reader = ScrapeReaderFactory.Create(string.Empty, new() { Port = port }, TimeProvider.System);
        await reader.Listener!.Listening.WaitAsync(Cancellation);

        using var response = await client.GetAsync(Address("/metrics"), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("The MeterProvider is still being built.\n", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public void Without_a_port_nothing_listens()
    {
        using var provider = Sdk.CreateMeterProviderBuilder().AddPrometheusExporter().Build();

        Assert.Null(ScrapeReaders.Find(provider, string.Empty)!.Listener);
    }

    private static Task<Uri> ListeningAsync(MeterProvider provider) =>
        ScrapeReaders.Find(provider, string.Empty)!.Listener!.Listening.WaitAsync(Cancellation);

    private MeterProvider BuildOn(string one, string two) => Sdk.CreateMeterProviderBuilder()
        .AddPrometheusExporter("one", options => (options.Port, options.Host) = (port, one))
        .AddPrometheusExporter("two", options => (options.Port, options.Host) = (port, two))
        .Build();

    private Uri Address(string path) => new($"http://127.0.0.1:{port}{path}");

    private MeterProvider Build(Action<PrometheusAspNetCoreOptions> configure) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(meter.Name)
        .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "worker")]))
        .AddPrometheusExporter(options =>
        {
            options.Port = port;
            configure(options);
        })
        .Build();
}
