using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Prometheus;

/// <summary>A provider with a Cumulative reader and an exporter, which collects when told to, as a scrape does.</summary>
internal sealed class CumulativeReader : IDisposable
{
    private readonly BaseExportingMetricReader reader;
    private readonly MeterProvider provider;

    public CumulativeReader(string meterName, BaseExporter<Metric> exporter)
    {
        reader = new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meterName)
            .AddReader(reader)
            .Build();
    }

    public void Collect()
    {
        if (!reader.Collect())
        {
            throw new InvalidOperationException("The collection has failed.");
        }
    }

    public void Dispose() => provider.Dispose();
}
