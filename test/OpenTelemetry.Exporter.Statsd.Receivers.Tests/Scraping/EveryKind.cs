using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>A program with an instrument of every kind, which has recorded some values, some of them in traces.</summary>
internal sealed class EveryKind : IAsyncDisposable
{
    /// <summary>Explicit bounds, in the order of the instruments that have them.</summary>
    public static readonly double[] LatencyBounds = [0.5, 1];
    public static readonly double[] PayloadBounds = [100, 1000];

    public static readonly double[] Latencies = [0.25, 1, 4.5];
    public static readonly long[] Payloads = [64, 100, 5000];

    /// <summary>100 values and two zeros, at a scale of 3.</summary>
    public static readonly double[] Sizes = [0, 0, .. Enumerable.Range(1, 100)];

    /// <summary>More than 10 buckets hold at a scale of 0, so that the SDK lowers the scale to -1.</summary>
    public static readonly long[] Waits = [1, 10, 100, 1000];

    /// <summary>So close together that the SDK keeps its finest scale, 20, which is finer than Prometheus has.</summary>
    public static readonly double[] Fines = [1, 1.00002, 1.0001];

    /// <summary>Of an attribute that views take off the series, so that exemplars alone have it.</summary>
    public const string User = "a\"b\\c\nd €";

    public const long Serial = 9007199254740993;

    private static readonly KeyValuePair<string, object?> Root = new("http.route", "/");
    private static readonly KeyValuePair<string, object?> Tail = new("http.route", "/x");
    private static readonly KeyValuePair<string, object?> UserTag = new("user.id", User);

    private readonly List<TracedValue> traced = [];

    private EveryKind(PrometheusApp app, DateTimeOffset started)
    {
        App = app;
        Started = started;
    }

    public PrometheusApp App { get; }

    /// <summary>Not later than any instrument was there.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>Not earlier than anything was recorded.</summary>
    public DateTimeOffset Recorded { get; private set; }

    /// <summary>What was recorded in a trace, in the order of time.</summary>
    public IReadOnlyList<TracedValue> Traced => traced;

    public static async Task<EveryKind> StartAsync(Action<PrometheusAspNetCoreOptions>? configure = null)
    {
        // As coarse as the times of the kernel's ticks are.
        var started = DateTimeOffset.UtcNow.AddMilliseconds(-50);
        var app = await PrometheusApp.StartAsync(metrics => metrics
            .ConfigureServices(services => services.Configure(configure ?? (_ => { })))
            .ConfigureResource(resource => resource.Clear()
                .AddService("shop", serviceInstanceId: "a-1")
                .AddAttributes([new("k8s.pod.name", "p\"1")]))
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddView("shop.requests", new MetricStreamConfiguration { TagKeys = ["http.route"] })
            .AddView("shop.latency", new ExplicitBucketHistogramConfiguration { Boundaries = LatencyBounds, TagKeys = [] })
            .AddView("shop.payload", new ExplicitBucketHistogramConfiguration { Boundaries = PayloadBounds })
            .AddView("shop.sizes", new Base2ExponentialBucketHistogramConfiguration { MaxScale = 3, TagKeys = [] })
            .AddView("shop.waits", new Base2ExponentialBucketHistogramConfiguration { MaxSize = 10 })
            .AddView("shop.fine", new Base2ExponentialBucketHistogramConfiguration()));
        var program = new EveryKind(app, started);
        program.Record(app.Meter);
        program.Recorded = DateTimeOffset.UtcNow.AddMilliseconds(50);
        return program;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private void Record(Meter meter)
    {
        var requests = meter.CreateCounter<long>("shop.requests", "{request}", "Requests served.");
        requests.Add(1, Root);
        Trace("shop.requests", 2, () => requests.Add(2, Root, UserTag));
        requests.Add(5, Tail);
        var work = meter.CreateCounter<double>("shop.work", "s", "Time \\ worked,\nin \"all\".");
        Trace("shop.work", 4.25, () => work.Add(4.25), user: null);
        meter.CreateObservableCounter("shop.reads", () => 7L, "By", "Bytes read.");
        meter.CreateObservableCounter("shop.cpu", () => 1.5, "s", "Time computed.");
        meter.CreateUpDownCounter<int>("shop.queue", "{item}", "Items waiting.").Add(-2);
        meter.CreateUpDownCounter<double>("shop.drift", "m", "How far off.").Add(-0.5);
        meter.CreateObservableUpDownCounter("shop.threads", () => 12L, "{thread}", "Threads.");
        meter.CreateObservableUpDownCounter("shop.fill", () => 0.5, "1", "Part in use.");
        meter.CreateGauge<long>("shop.level", "%", "How full.").Record(3);
        meter.CreateGauge<double>("shop.temperature", "Cel", "How warm it is.").Record(21.5);
        meter.CreateObservableGauge("shop.serial", () => Serial, null, "More than a double holds.");
        meter.CreateObservableGauge(
            "shop.odd",
            () => new Measurement<double>[]
            {
                new(double.NaN, new KeyValuePair<string, object?>("which", "nan")),
                new(double.PositiveInfinity, new KeyValuePair<string, object?>("which", "up")),
                new(double.NegativeInfinity, new KeyValuePair<string, object?>("which", "down")),
            },
            null,
            "No finite numbers.");
        var latency = meter.CreateHistogram<double>("shop.latency", "s", "Time taken.");
        foreach (var value in Latencies)
        {
            Trace("shop.latency", value, () => latency.Record(value, UserTag));
        }

        var payload = meter.CreateHistogram<long>("shop.payload", "By", "Bytes received.");
        Array.ForEach(Payloads, value => payload.Record(value));
        var sizes = meter.CreateHistogram<double>("shop.sizes", "By", "Sizes.");
        foreach (var value in Sizes)
        {
            if (value is 5 or 50)
            {
                Trace("shop.sizes", value, () => sizes.Record(value, UserTag));
            }
            else
            {
                sizes.Record(value);
            }
        }

        var waits = meter.CreateHistogram<long>("shop.waits", "s", "Time waited.");
        Array.ForEach(Waits, value => waits.Record(value));
        var fine = meter.CreateHistogram<double>("shop.fine", null, "Close together.");
        Array.ForEach(Fines, value => fine.Record(value));
    }

    /// <summary>Records in a trace, each later than the one before as far as servers tell times apart: they want exemplars in order.</summary>
    private void Trace(string instrument, double value, Action record, string? user = User)
    {
        var last = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        SpinWait.SpinUntil(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > last);
        using var activity = new Activity("work").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        record();
        traced.Add(new TracedValue(instrument, value, activity.TraceId.ToHexString(), activity.SpanId.ToHexString(), user));
    }
}

/// <summary>A value that was recorded in a trace, with the attribute that its series does not have.</summary>
internal sealed record TracedValue(string Instrument, double Value, string TraceId, string SpanId, string? User);
