using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A provider with views, a meter to record with, and what it collects.</summary>
internal sealed class ViewedProvider : IDisposable
{
    private static int number;

    private readonly CollectedStreams collected = new();
    private readonly MeterProvider provider;

    public ViewedProvider(Action<MeterProviderBuilder> build)
    {
        Meter = new Meter($"viewed-{Interlocked.Increment(ref number)}");
        provider = Build(Meter, collected, build);
    }

    public Meter Meter { get; }

    public static MeterProvider Build(Meter meter, CollectedStreams collected, Action<MeterProviderBuilder> build)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(collected) { TemporalityPreference = MetricReaderTemporalityPreference.Delta });
        build(builder);
        return builder.Build();
    }

    /// <summary>Records 1 and 900 in a histogram, with the tags <c>a</c> and <c>b</c>.</summary>
    public void Record(string histogram) => Record(Meter.CreateHistogram<double>(histogram));

    public static void Record(Histogram<double> histogram)
    {
        histogram.Record(1, new("a", "x"), new("b", "y"));
        histogram.Record(900, new("a", "x"), new("b", "y"));
    }

    public IReadOnlyList<CollectedSeries> Collect()
    {
        Assert.True(provider.ForceFlush());
        return [.. collected.Series];
    }

    public void Dispose()
    {
        provider.Dispose();
        Meter.Dispose();
    }
}
