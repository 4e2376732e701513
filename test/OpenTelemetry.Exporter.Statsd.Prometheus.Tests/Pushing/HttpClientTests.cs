using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>Which client requests go through, and that they leave no trace in the application's own telemetry.</summary>
public sealed class HttpClientTests
{
    private readonly string job = $"j{Guid.NewGuid():N}";

    [Fact]
    public async Task Factory_of_the_application_makes_the_client()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusPushgatewayExporter(options => Configure(options, gateway)),
            app => app.Services.GetRequiredService<MeterProvider>(),
            services: (services, _) => services
                .AddHttpClient("PrometheusPushgatewayExporter", client =>
                {
                    client.DefaultRequestHeaders.Add("X-Tenant", "t1");
                    client.DefaultRequestHeaders.Authorization = new("Custom", "secret");
                })
                .AddHttpMessageHandler(() => new AsynchronousOnly()));

        Assert.True(app.Services.GetRequiredService<MeterProvider>().ForceFlush());

        var pushed = await gateway.NextAsync();
        Assert.Equal("t1", pushed.Headers["X-Tenant"]);
        Assert.Equal("Custom secret", pushed.Headers["Authorization"]);
        Assert.Equal("yes", pushed.Headers["X-Handled"]);
    }

    [Fact]
    public async Task Only_push_goes_through_the_factory_of_a_host_that_ends()
    {
        await using var gateway = await Gateway.StartAsync();
        await using (await StartAsync(gateway, services => services.AddHttpClient()))
        {
            Assert.Equal(0, gateway.Waiting);
        }

        Assert.Equal(1, gateway.Waiting);
    }

    [Fact]
    public async Task Requests_go_through_the_last_client_once_the_factory_creates_none()
    {
        await using var gateway = await Gateway.StartAsync();
        await using (var app = await StartAsync(
            gateway,
            services => services
                .AddHttpClient("PrometheusPushgatewayExporter")
                .ConfigureHttpClient((provider, _) => provider.GetRequiredService<IConfiguration>())
                .AddHttpMessageHandler(() => new AsynchronousOnly()),
            deletes: true))
        {
            Assert.True(app.Services.GetRequiredService<MeterProvider>().ForceFlush());
        }

        Assert.Equal(3, gateway.Waiting);
        foreach (var method in (string[])["PUT", "PUT", "DELETE"])
        {
            var request = await gateway.NextAsync();
            Assert.Equal((method, "yes"), (request.Method, request.Headers["X-Handled"]));
        }
    }

    [Fact]
    public void Factory_that_throws_fails_the_build()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddHttpClient(
                "PrometheusPushgatewayExporter", _ => throw new InvalidOperationException("Broken set-up.")))
            .AddPrometheusPushgatewayExporter(options => options.Job = job)
            .Build());

        Assert.Equal("Broken set-up.", error.Message);
    }

    [Fact]
    public async Task Factory_of_the_options_comes_first_and_is_asked_once()
    {
        await using var gateway = await Gateway.StartAsync();
        using var handler = new AsynchronousOnly { InnerHandler = new SocketsHttpHandler() };
        using var client = new HttpClient(handler);
        var asked = 0;
        var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddHttpClient())
            .AddPrometheusPushgatewayExporter(options =>
            {
                Configure(options, gateway);
                options.HttpClientFactory = () =>
                {
                    asked++;
                    return client;
                };
            })
            .Build();
        provider.ForceFlush();
        provider.Dispose();

        Assert.Equal(1, asked);
        Assert.Equal("yes", (await gateway.NextAsync()).Headers["X-Handled"]);

        // It is still the application's to use.
        using var response = await client.GetAsync(gateway.Address, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public void Factory_without_a_client_fails_the_build()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter(options =>
            {
                options.Job = job;
                options.HttpClientFactory = () => null!;
            })
            .Build());

        Assert.Contains("HttpClientFactory returned null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_that_wants_its_context_back_does_not_wait_for_the_thread_that_flushes()
    {
        await using var gateway = await Gateway.StartAsync();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter(options =>
            {
                Configure(options, gateway);
                options.HttpClientFactory = () => new HttpClient(new AsynchronousOnly { InnerHandler = new SocketsHttpHandler() });
            })
            .Build();
        var isFlushed = new TaskCompletionSource<bool>();
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new Dead());
            isFlushed.SetResult(provider.ForceFlush());
        })
        {
            IsBackground = true,
        };
        thread.Start();

        Assert.True(await isFlushed.Task);
    }

    [Fact]
    public async Task Exception_of_a_handler_does_not_reach_the_application()
    {
        using var recorder = new Recorder();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddPrometheusPushgatewayExporter(options =>
            {
                options.Job = job;
                options.DeleteOnShutdown = true;
                options.HttpClientFactory = () => new HttpClient(new Broken());
            })
            .Build();

        Assert.False(provider.ForceFlush());
        Assert.False(provider.Shutdown());

        Assert.Equal(3, recorder.Events.Count(entry =>
            entry.Name == "PushFailed" && entry.Text.Contains(job, StringComparison.Ordinal) && entry.Text.Contains("Broken handler.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_make_no_spans(bool throughFactory)
    {
        var spans = new ConcurrentQueue<Activity>();
        await using var gateway = await Gateway.StartAsync();
        using var tracer = Sdk.CreateTracerProviderBuilder()
            .AddSource("System.Net.Http")
            .AddProcessor(new SimpleActivityExportProcessor(new Spans(spans)))
            .Build();
        using var provider = Build(gateway, throughFactory);

        Assert.True(provider.ForceFlush());

        // Others are seen, this one's are not.
        using var client = new HttpClient();
        using var response = await client.GetAsync(gateway.Address, TestContext.Current.CancellationToken);
        var mine = spans.Where(span => (int?)span.GetTagItem("server.port") == gateway.Address.Port).ToArray();
        Assert.Equal("GET", Assert.Single(mine).GetTagItem("http.request.method"));
        Assert.DoesNotContain("traceparent", (await gateway.NextAsync()).Headers.Keys);
    }

    [Fact]
    public async Task Requests_of_our_own_client_are_not_measured()
    {
        var methods = new List<string>();
        await using var gateway = await Gateway.StartAsync();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "System.Net.Http")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(tags));
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Note(tags));
        listener.Start();
        using var provider = Build(gateway, throughFactory: false);

        Assert.True(provider.ForceFlush());

        using var client = new HttpClient();
        using var response = await client.GetAsync(gateway.Address, TestContext.Current.CancellationToken);
        lock (methods)
        {
            Assert.Contains("GET", methods);
            Assert.DoesNotContain("PUT", methods);
        }

        void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (Equals(all.GetValueOrDefault("server.port"), gateway.Address.Port) && all.GetValueOrDefault("http.request.method") is string method)
            {
                lock (methods)
                {
                    methods.Add(method);
                }
            }
        }
    }

    /// <summary>An application whose container disposes of the provider.</summary>
    private Task<TestApp> StartAsync(Gateway gateway, Action<IServiceCollection> services, bool deletes = false) => TestApp.StartAsync(
        metrics => metrics.AddPrometheusPushgatewayExporter(options =>
        {
            Configure(options, gateway);
            options.DeleteOnShutdown = deletes;
        }),
        app => app.Services.GetRequiredService<MeterProvider>(),
        [new("OTEL_METRIC_EXPORT_INTERVAL", $"{int.MaxValue}")],
        (collection, _) => services(collection));

    private MeterProvider Build(Gateway gateway, bool throughFactory) => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(services => _ = throughFactory ? services.AddHttpClient() : services)
        .AddPrometheusPushgatewayExporter(options => Configure(options, gateway))
        .Build();

    private void Configure(PrometheusPushgatewayOptions options, Gateway gateway)
    {
        options.Endpoint = gateway.Address;
        options.Job = job;
    }

    /// <summary>Cannot send synchronously, and goes on where it was called.</summary>
    private sealed class AsynchronousOnly : DelegatingHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => throw new NotSupportedException();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            request.Headers.Add("X-Handled", "yes");
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Broken : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Broken handler.");
    }

    /// <summary>Runs nothing, like that of a thread which is waiting.</summary>
    private sealed class Dead : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    /// <summary>Those of other tests, too, which run at the same time.</summary>
    private sealed class Spans(ConcurrentQueue<Activity> spans) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                spans.Enqueue(span);
            }

            return ExportResult.Success;
        }
    }
}
