using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Scrapers that go away, or run out of time, before they have their response.</summary>
[Collection(nameof(Alone))]
public sealed class AbandonedScrapeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory(Timeout = 240_000)]
    [InlineData("")]
    [InlineData("Accept-Encoding: gzip\r\n")]
    public async Task Scraper_that_goes_mid_response_is_no_error(string headers)
    {
        using var recorder = new Recorder();
        var errors = new ErrorLog();
        using var meter = TestApp.CreateMeter();
        var counter = meter.CreateCounter<long>("c");
        var answered = new ConcurrentQueue<bool>();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(),
            app =>
            {
                app.Use(async (context, next) =>
                {
                    try
                    {
                        await next(context);
                        answered.Enqueue(true);
                    }
                    catch (Exception)
                    {
                        answered.Enqueue(false);
                        throw;
                    }
                });
                app.MapPrometheusScrapingEndpoint();
            },
            services: (services, _) => services.AddSingleton<ILoggerProvider>(errors));
        counter.Add(1);
        for (var number = 0; number < 1900; number++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", string.Concat(Enumerable.Range(0, 100).Select(_ => Guid.NewGuid().ToString("N")))));
        }

        using (var scraper = await RawScraper.SendAsync(app, headers))
        {
            Assert.StartsWith("HTTP/1.1 200", await scraper.ReadAsync(1000), StringComparison.Ordinal);
        }

        await WaitForAsync(() => !answered.IsEmpty);
        Assert.Equal([true], answered);
        counter.Add(41);
        await WaitForAsync(async () => (await app.GetAsync()).Contains("\nc_total{otel_scope_name=\"" + meter.Name + "\"} 42\n", StringComparison.Ordinal));
        Assert.Empty(errors.Messages);
        Assert.Equal(0, recorder.Count("failed"));
        Assert.Equal(0, recorder.Count("timeout"));
    }

    [Fact]
    public async Task Scraper_that_goes_before_the_collection_ends_leaves_it_to_the_others()
    {
        using var recorder = new Recorder();
        var errors = new ErrorLog();
        using var blocking = new Blocking();
        await using var app = await blocking.StartAsync(errors);
        var other = app.GetBytesAsync(ExpositionSyntax.OpenMetrics100);
        await blocking.Entered.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        using (await RawScraper.SendAsync(app))
        {
        }

        // Another that has come and gone while the collection was going on.
        using (var cancelled = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            var scrape = app.Client.GetAsync("/metrics", cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scrape);
        }

        Assert.False(other.IsCompleted);
        blocking.MayFinish.Set();

        Exposed.Parse(ExpositionSyntax.OpenMetrics100, await other);
        Assert.Contains("blocking{", await app.GetAsync(), StringComparison.Ordinal);
        Assert.Empty(errors.Messages);
        Assert.Equal(0, recorder.Count("failed"));
    }

    [Fact]
    public async Task Callback_that_blocks_costs_the_impatient_a_408_and_nobody_else_anything()
    {
        using var recorder = new Recorder();
        using var blocking = new Blocking();
        await using var app = await blocking.StartAsync(new ErrorLog());
        using var impatient = Exposed.Request(ExpositionSyntax.Text004, "gzip");
        impatient.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "0.2");
        using var patient = Exposed.Request(ExpositionSyntax.OpenMetrics100);
        patient.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "600");
        var both = app.Client.SendAsync(patient, TestContext.Current.CancellationToken);
        await blocking.Entered.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        using var late = await app.Client.SendAsync(impatient, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestTimeout, late.StatusCode);
        Assert.Empty(late.Content.Headers.ContentEncoding);
        Assert.Equal(
            "The metrics could not be collected within the time that the scraper has.\n",
            await late.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(recorder.Count("timeout") > 0);
        Assert.False(both.IsCompleted);

        blocking.MayFinish.Set();
        using var whole = await both;
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Exposed.Parse(ExpositionSyntax.OpenMetrics100, await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Contains("blocking{", await app.GetAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("600")]
    public async Task No_scraper_gets_more_time_than_the_options_give(string? waits)
    {
        using var recorder = new Recorder();
        using var blocking = new Blocking { TimeoutMilliseconds = 200 };
        await using var app = await blocking.StartAsync(new ErrorLog());
        using var request = Exposed.Request(ExpositionSyntax.Text004);
        if (waits is not null)
        {
            request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", waits);
        }

        using var late = await app.Client.SendAsync(request, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        blocking.MayFinish.Set();

        Assert.Equal(HttpStatusCode.RequestTimeout, late.StatusCode);
        Assert.True(recorder.Count("timeout") > 0);
    }

    [Fact]
    public async Task Impatient_and_patient_scraper_share_one_collection()
    {
        using var blocking = new Blocking();
        await using var app = await blocking.StartAsync(new ErrorLog());
        using var impatient = Exposed.Request(ExpositionSyntax.Text004);
        impatient.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "0.2");
        var first = app.Client.SendAsync(impatient, TestContext.Current.CancellationToken);
        await blocking.Entered.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        using (var late = await first)
        {
            Assert.Equal(HttpStatusCode.RequestTimeout, late.StatusCode);
        }

        // Both arrive during the first collection, and so share the second.
        var others = Enumerable.Range(0, 5).Select(_ => app.GetBytesAsync(ExpositionSyntax.Protobuf)).ToArray();
        await blocking.RequestsAsync(1 + others.Length);
        blocking.MayFinish.Set();

        Assert.All(await Task.WhenAll(others), body => Assert.Equal(2, Exposed.Parse(ExpositionSyntax.Protobuf, body).Single(family => family.Name == "blocking").Samples[0].Value));
    }

    [Fact]
    public async Task Middleware_that_cancels_a_request_can_answer_it()
    {
        using var blocking = new Blocking();
        await using var app = await TestApp.StartAsync(
            blocking.Configure,
            app =>
            {
                app.UseRequestTimeouts();
                app.MapPrometheusScrapingEndpoint().WithRequestTimeout(TimeSpan.FromMilliseconds(200));
            },
            services: (services, _) => services.AddRequestTimeouts());

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        blocking.MayFinish.Set();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Fact]
    public async Task Response_that_middleware_cancels_half_way_does_not_look_whole()
    {
        using var meter = TestApp.CreateMeter();
        var counter = meter.CreateCounter<long>("c");
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(),
            app =>
            {
                app.Use(async (context, next) =>
                {
                    using var cancelled = new CancellationTokenSource();
                    context.RequestAborted = cancelled.Token;
                    context.Response.OnStarting(cancelled.CancelAsync);
                    await next(context);
                });
                app.MapPrometheusScrapingEndpoint();
            });
        for (var number = 0; number < 1900; number++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", number));
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.GetByteArrayAsync("/metrics", TestContext.Current.CancellationToken));
    }

    private static Task WaitForAsync(Func<bool> condition) => WaitForAsync(() => Task.FromResult(condition()));

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>An application whose first collection does not end before it may.</summary>
    private sealed class Blocking : IDisposable
    {
        private readonly System.Diagnostics.Metrics.Meter meter = TestApp.CreateMeter();
        private int collections;
        private int requests;

        public Blocking() => meter.CreateObservableGauge("blocking", () =>
        {
            Entered.TrySetResult();
            Assert.True(MayFinish.Wait(Patience), "The collection may not finish.");
            return ++collections;
        });

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim MayFinish { get; } = new();

        public int TimeoutMilliseconds { get; init; } = int.MaxValue;

        public void Configure(MeterProviderBuilder metrics) => metrics
            .AddMeter(meter.Name)
            .AddPrometheusExporter(options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.ScrapeResponseTimeoutMilliseconds = TimeoutMilliseconds;
            });

        public Task<TestApp> StartAsync(ErrorLog errors) => TestApp.StartAsync(
            Configure,
            app =>
            {
                app.Use((context, next) =>
                {
                    // The endpoint enters the gate before it first waits.
                    var answer = next(context);
                    Interlocked.Increment(ref requests);
                    return answer;
                });
                app.MapPrometheusScrapingEndpoint();
            },
            services: (services, _) => services.AddSingleton<ILoggerProvider>(errors));

        /// <summary>Waits until that many requests wait for their collection.</summary>
        public Task RequestsAsync(int count) => WaitForAsync(() => Volatile.Read(ref requests) >= count);

        public void Dispose()
        {
            MayFinish.Set();
            meter.Dispose();
            MayFinish.Dispose();
        }
    }

    /// <summary>What a server logs about exceptions that reach it, but not that its own clock is late, as it is on a busy machine.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Name != "HeartbeatSlow")
            {
                Messages.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
