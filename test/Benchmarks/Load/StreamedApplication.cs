using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Load;

/// <summary>A provider whose one meter is streamed.</summary>
internal sealed class StreamedApplication : IDisposable
{
    private static int count;

    private readonly MeterProvider provider;

    /// <summary>As an application sets it up.</summary>
    public StreamedApplication(string endpoint, Action<StatsdExporterOptions>? configure = null) =>
        provider = Builder().AddStatsdExporter(options => Configure(options, endpoint, configure)).Build();

    /// <summary>With a transport that options do not lead to.</summary>
    public StreamedApplication(string endpoint, Func<ITransport> transport, Action<StatsdExporterOptions>? configure = null)
    {
        var options = new StatsdExporterOptions();
        Configure(options, endpoint, configure);
        var settings = options.ToSettings();
        var stream = options.ToStreamSettings(settings.Delivery)!;
        var exporter = new StatsdMetricExporter("default", settings, transport());
        var recorder = new StreamRecorder(stream.Rules, stream.CreateLanes());
        var outlet = new StreamOutlet(exporter.Statistics, stream, settings.Profile, recorder, exporter.Factory, transport(), TimeProvider.System);
        exporter.Statistics.Attach(outlet);
        var pump = new StreamPump("default", recorder, outlet, () => exporter.ParentProvider is not null, TimeProvider.System);
        pump.Start();
        provider = Builder()
            .AddView(instrument => instrument.Meter == Meter ? MetricStreamConfiguration.Drop : null)
            .AddReader(new ReceiverAwareMetricReader<StatsdMetricExporter>(exporter, 10_000, 30_000, pump) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
    }

    public Meter Meter { get; } = new($"load-{++count}");

    public StatsdExporterStatistics Statistics => provider.GetStatsdExporterStatistics()!;

    public bool Flush() => provider.ForceFlush();

    public void Dispose()
    {
        provider.Dispose();
        Meter.Dispose();
    }

    private MeterProviderBuilder Builder() =>
        Sdk.CreateMeterProviderBuilder().SetResourceBuilder(ResourceBuilder.CreateEmpty()).AddMeter(Meter.Name);

    private void Configure(StatsdExporterOptions options, string endpoint, Action<StatsdExporterOptions>? configure)
    {
        options.Endpoint = endpoint;
        options.DropStreamedFromSdk = true;
        configure?.Invoke(options);
        options.Stream(Meter.Name);
    }
}
