using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>An application with counters of 1000 series each, every one of which has counted something.</summary>
internal sealed class ManySeries : IDisposable
{
    private const int SeriesPerCounter = 1000;

    private readonly Meter meter = new("many.series");
    private readonly MeterProvider provider;

    /// <param name="series">How many in all; whole thousands.</param>
    /// <param name="configure">The exporter's options, which are the defaults but for what this sets.</param>
    public ManySeries(int series, Action<StatsdExporterOptions> configure)
    {
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter((statsd, reader) =>
            {
                configure(statsd);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            })
            .Build();
        for (var number = 0; number < series;)
        {
            var counter = meter.CreateCounter<long>($"shop.requests.handled.{number / SeriesPerCounter:D2}");
            for (var one = 0; one < SeriesPerCounter; one++, number++)
            {
                var value = 1 + (number * 7919L % 10_007);
                var route = $"api.v1.orders-{one:D3}";
                var host = $"web-{one % 7}";
                counter.Add(value, new("host", host), new("route", route));
                Values.Add($"{counter.Name};host={host};route={route}", value);
            }
        }
    }

    /// <summary>Gets what each series has counted, by the name that it has in the StatsD daemon.</summary>
    public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Exports everything, by the calling thread.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Export()
    {
        var started = Stopwatch.GetTimestamp();
        Assert.True(provider.ForceFlush(), "The export reported a failure.");
        return Stopwatch.GetElapsedTime(started);
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }
}
