using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>The server of one path, over real sockets.</summary>
public sealed class ScrapeListenerTests : IDisposable
{
    private static readonly RequestDelegate Hello = context => context.Response.WriteAsync("hello");

    private readonly HttpClient client = new();
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData("/metrics", HttpStatusCode.OK)]
    [InlineData("/metrics?name=x", HttpStatusCode.OK)]
    [InlineData("/m%65trics", HttpStatusCode.OK)]
    [InlineData("/metrics/", HttpStatusCode.OK)]
    [InlineData("/METRICS/", HttpStatusCode.OK)]
    [InlineData("/", HttpStatusCode.NotFound)]
    [InlineData("/metrics//", HttpStatusCode.NotFound)]
    [InlineData("/metrics/x", HttpStatusCode.NotFound)]
    [InlineData("/metricsx", HttpStatusCode.NotFound)]
    [InlineData("/x/metrics", HttpStatusCode.NotFound)]
    [InlineData("//metrics", HttpStatusCode.NotFound)]
    public async Task Nothing_but_the_path_is_served(string path, HttpStatusCode status)
    {
        using var listener = Listen(Hello);

        using var response = await client.GetAsync(await listener.Listening + path[1..], Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? "hello" : "The only path here is /metrics.\n", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task Port_that_is_taken_is_reported_and_tried_again_until_it_is_free()
    {
        using var recorder = new Recorder();
        var port = FreePort.Find();
        using var squatter = new TcpListener(IPAddress.Loopback, port);
        squatter.Start();
        using var listener = Listen(Hello, "localhost", port);

        var pause = await time.NextTimerAsync();
        pause.GoOff();
        var again = await time.NextTimerAsync();
        var counted = recorder.Count("address_in_use");
        squatter.Stop();
        again.GoOff();
        await listener.Listening.WaitAsync(Cancellation);

        Assert.Equal(ScrapeListener.RetryInterval, pause.Due);
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancellation));
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://[::1]:{port}/metrics"), Cancellation));
        Assert.True(counted >= 2, $"Counted {counted}.");
        var events = recorder.Events.Where(entry => entry.Text.Contains($"localhost:{port},", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, events.Count);
        Assert.All(events, entry => Assert.Equal("ListenFailed", entry.Name));
    }

    [Fact]
    public async Task Address_of_another_machine_is_reported()
    {
        using var recorder = new Recorder();
        using var listener = Listen(Hello, "2001:db8::1", 22_001);

        await time.NextTimerAsync();

        Assert.Contains(
            recorder.Events,
            entry => entry.Name == "ListenFailed"
                && entry.Text.StartsWith("The exporter does not listen on [2001:db8::1]:22001, ", StringComparison.Ordinal));
        Assert.True(recorder.Count("failed") >= 1);
    }

    [Fact]
    public async Task Localhost_is_not_reached_from_elsewhere()
    {
        var port = FreePort.Find();
        using var listener = Listen(Hello, "localhost", port);
        await listener.Listening.WaitAsync(Cancellation);

        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], Listeners(port));
    }

    [Fact]
    public async Task Star_is_every_interface()
    {
        var port = FreePort.Find();
        using var listener = Listen(Hello, "*", port);
        await listener.Listening.WaitAsync(Cancellation);

        Assert.Equal([IPAddress.IPv6Any], Listeners(port));
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancellation));
    }

    [Fact]
    public async Task Disposal_frees_the_port_and_may_be_repeated()
    {
        var port = FreePort.Find();
        var listener = Listen(Hello, "127.0.0.1", port);
        await client.GetStringAsync(await listener.Listening + "metrics", Cancellation);

        listener.Dispose();
        listener.Dispose();

        Assert.Empty(Listeners(port));
        using var successor = Listen(Hello, "127.0.0.1", port);
        Assert.Equal("hello", await client.GetStringAsync(await successor.Listening + "metrics", Cancellation));
    }

    [Fact]
    public async Task Disposal_ends_the_attempts()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var listener = Listen(Hello, "127.0.0.1", ((IPEndPoint)squatter.LocalEndpoint).Port);
        await time.NextTimerAsync();

        listener.Dispose();

        Assert.False(listener.Listening.IsCompleted);
    }

    [Fact]
    public async Task Disposal_aborts_a_scrape_that_does_not_end()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = Listen(async context =>
        {
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            begun.SetResult();
            await aborted.Task;
        });
        var scrape = client.GetAsync(await listener.Listening + "metrics", Cancellation);
        await begun.Task.WaitAsync(Cancellation);

        listener.Dispose();

        await aborted.Task.WaitAsync(Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(() => scrape);
    }

    [Fact]
    public async Task Shutdown_of_a_provider_waits_for_the_end_no_longer_than_was_asked_and_once()
    {
        using var stuck = new StuckTime();
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port;
        using var patient = new ScrapeListener("127.0.0.1", port, "/metrics", Hello, new ExporterTelemetry(), stuck);
        var readers = Enumerable.Range(0, 2)
            .Select(_ => ScrapeReaderFactory.Create(string.Empty, new() { Host = "127.0.0.1", Port = port }, stuck))
            .ToArray();
        var providers = readers.Select(reader => Sdk.CreateMeterProviderBuilder().AddReader(reader).Build()).ToArray();
        for (var listener = 0; listener <= readers.Length; listener++)
        {
            await stuck.Entered.WaitAsync(Cancellation);
        }

        var waiting = Task.Factory.StartNew(
            () => patient.Stop(Timeout.Infinite), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        foreach (var provider in providers)
        {
            provider.Shutdown(0);
            provider.Dispose();
        }

        Assert.False(waiting.IsCompleted, "Two that may not wait have waited longer than one that may.");
        Assert.False(await waiting);
        stuck.MayGoOn.Set();
        Assert.True(patient.Stop(Timeout.Infinite));
        Assert.All(readers, reader => Assert.True(reader.Listener!.Stop(Timeout.Infinite)));
    }

    [Fact]
    public async Task Disposal_needs_no_synchronisation_context()
    {
        var context = new DeafContext();
        var started = Task.Factory.StartNew(
            () =>
            {
                SynchronizationContext.SetSynchronizationContext(context);
                var listener = Listen(Hello);
                var address = listener.Listening.GetAwaiter().GetResult();
                listener.Dispose();
                return address.Port;
            },
            Cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.Empty(Listeners(await started.WaitAsync(Cancellation)));
        Assert.Equal(0, context.Posts);
    }

    [Fact]
    public async Task Scrapes_are_not_traced()
    {
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(traces);
        var seen = new Activity("none");
        using var listener = Listen(context =>
        {
            seen = Activity.Current;
            return Task.CompletedTask;
        });

        await client.GetAsync(await listener.Listening + "metrics", Cancellation);

        Assert.Null(seen);
    }

    [Fact]
    public async Task Tools_that_wait_for_the_host_of_the_application_do_not_see_this_one()
    {
        var ours = new AsyncLocal<bool>();
        var hosts = new ConcurrentQueue<bool>();
        using var subscription = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(source =>
        {
            if (source.Name == "Microsoft.Extensions.Hosting")
            {
                source.Subscribe(new Observer<KeyValuePair<string, object?>>(_ => hosts.Enqueue(ours.Value)));
            }
        }));
        ours.Value = true;

        using var listener = Listen(Hello);
        await listener.Listening.WaitAsync(Cancellation);

        Assert.NotEmpty(hosts);
        Assert.DoesNotContain(true, hosts);
    }

    [Fact]
    public async Task Scrapes_are_not_measured()
    {
        var measured = new ConcurrentBag<(string Name, object? Port)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        meters.Start();
        int port;
        using (var listener = Listen(Hello))
        {
            var address = await listener.Listening;
            port = address.Port;
            await client.GetStringAsync(address + "metrics", Cancellation);
        }

        Assert.DoesNotContain(measured, entry => port.Equals(entry.Port));

        void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "server.port")
                {
                    measured.Add((instrument.Name, tag.Value));
                }
            }
        }
    }

    [Fact]
    public async Task Clients_that_keep_all_connections_do_not_keep_others_out()
    {
        using var recorder = new Recorder();
        using var listener = Listen(Hello);
        var address = await listener.Listening;
        var kept = new List<TcpClient>();
        for (var connection = 0; connection < ScrapeListener.MaxConnections; connection++)
        {
            kept.Add(new TcpClient());
            await kept[^1].ConnectAsync(address.Host, address.Port, Cancellation);
            await AskAsync(kept[^1]);
        }

        Assert.DoesNotContain(recorder.Events, IsOurs);
        Assert.Equal("hello", await client.GetStringAsync(address + "metrics", Cancellation));

        Assert.Single(recorder.Events, IsOurs);
        Assert.True(recorder.Count("too_many") > 0);
        await Assert.ThrowsAnyAsync<IOException>(() => AskAsync(kept[0]));
        await AskAsync(kept[1]);
        kept.ForEach(each => each.Dispose());

        bool IsOurs((string Name, string Text) entry) => entry.Name == "TooManyConnections"
            && entry.Text.StartsWith($"A connection from 127.0.0.1:{((IPEndPoint)kept[0].Client.LocalEndPoint!).Port} was broken off, the oldest of the 256 that may be there.", StringComparison.Ordinal);

        static async Task AskAsync(TcpClient client)
        {
            await client.GetStream().WriteAsync("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);
            var answer = string.Empty;
            while (!answer.EndsWith("hello\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                var part = new byte[1000];
                var length = await client.GetStream().ReadAtLeastAsync(part, 1, cancellationToken: Cancellation);
                answer += Encoding.ASCII.GetString(part, 0, length);
            }
        }
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\n\r\n")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET metrics HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n")]
    public async Task Malformed_request_is_refused_and_the_next_one_served(string request)
    {
        using var listener = Listen(Hello);
        var address = await listener.Listening;
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(address.Host, address.Port, Cancellation);
            await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Cancellation);
            var answer = await new StreamReader(socket.GetStream()).ReadToEndAsync(Cancellation);
            Assert.DoesNotContain("hello", answer, StringComparison.Ordinal);
        }

        Assert.Equal("hello", await client.GetStringAsync(address + "metrics", Cancellation));
    }

    private static IEnumerable<IPAddress> Listeners(int port) => IPGlobalProperties.GetIPGlobalProperties()
        .GetActiveTcpListeners()
        .Where(endpoint => endpoint.Port == port)
        .Select(endpoint => endpoint.Address)
        .OrderBy(address => address.AddressFamily);

    private ScrapeListener Listen(RequestDelegate serve, string host = "127.0.0.1", int port = 0) =>
        new(host, port, "/metrics", serve, new ExporterTelemetry(), time);

    /// <summary>A clock that keeps whoever sets a timer, as a thread pool that is busy does.</summary>
    private sealed class StuckTime : TimeProvider, IDisposable
    {
        public SemaphoreSlim Entered { get; } = new(0);

        public ManualResetEventSlim MayGoOn { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Entered.Release();
            MayGoOn.Wait(TimeSpan.FromMinutes(1));
            return TimeProvider.System.CreateTimer(callback, state, dueTime, period);
        }

        public void Dispose()
        {
            MayGoOn.Set();
            Entered.Dispose();
        }
    }

    /// <summary>A context that runs nothing, as when its only thread waits.</summary>
    private sealed class DeafContext : SynchronizationContext
    {
        private int posts;

        public int Posts => posts;

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref posts);

        public override void Send(SendOrPostCallback d, object? state) => Interlocked.Increment(ref posts);
    }

    private sealed class Observer<T>(Action<T> see) : IObserver<T>
    {
        public void OnNext(T value) => see(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
