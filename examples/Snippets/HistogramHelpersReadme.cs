using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Snippets;

/// <summary>From the README of OpenTelemetry.Exporter.Statsd, "Helpers for histograms".</summary>
public static class HistogramHelpersReadme
{
    public static void Exponential(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("MyApp")
            .AddExponentialHistograms("*.duration", maxSize: 320)     // these in finer buckets,
            .AddExponentialHistograms()                               // all others by default,
            .AddView("batch.size", new ExplicitBucketHistogramConfiguration { Boundaries = [1, 10, 100] })    // but for this one
            .AddStatsdExporter());
    }

    public static async Task TimersAsync(Meter meter, Action render, Func<Task<int>> loadAsync)
    {
        var duration = meter.CreateHistogram<double>("myapp.work.duration", unit: "s");

        using (duration.StartTimer(new KeyValuePair<string, object?>("stage", "parse")))
        {
            // what takes its time
        }

        duration.Time(render, new KeyValuePair<string, object?>("stage", "render"));
        var rows = await duration.TimeAsync(loadAsync, new("stage", "load"), new("source", "database"));
        Console.WriteLine(rows);
    }

    public static void Boundaries(Meter meter, MeterProviderBuilder metrics)
    {
        var latency = meter.CreateHistogram("myapp.latency", unit: "s", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = BucketBoundaries.Exponential(0.001, 2, 12),     // 0.001, 0.002, 0.004 ... 2.048
        });
        metrics.AddView("myapp.load", new ExplicitBucketHistogramConfiguration
        {
            Boundaries = BucketBoundaries.Linear(0.1, 0.1, 10),     // 0.1, 0.2, 0.3 ... 1
        });
        latency.Record(0.25);
    }
}
