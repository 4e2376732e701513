using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Several containers of one service collection have a provider each, which have nothing in common.</summary>
public sealed class StreamContainerTests
{
    [Fact]
    public void Each_provider_goes_by_its_own_views()
    {
        using var meter = new Meter("streaming.containers");
        using var receiver = new UdpReceiver();
        var containers = 0;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        new Builder(services).WithMetrics(metrics =>
        {
            metrics.SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty()).AddMeter(meter.Name).AddStatsdExporter((options, reader) =>
            {
                options.Endpoint = $"udp://{receiver.EndPoint}";
                options.Stream(meter.Name);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            });
            ((IDeferredMeterProviderBuilder)metrics).Configure((_, builder) => builder.AddView("counter", $"renamed.{++containers}"));
        });
        using var one = services.BuildServiceProvider();
        using var other = services.BuildServiceProvider();
        MeterProvider[] providers = [one.GetRequiredService<MeterProvider>(), other.GetRequiredService<MeterProvider>()];
        meter.CreateCounter<long>("counter").Add(1);
        Assert.All(providers, provider => Assert.True(provider.ForceFlush()));
        Assert.Equal(2, containers);
        Assert.Equal(["counter:1|c", "counter:1|c"], receiver.WaitForDatagrams(2).Select(Encoding.UTF8.GetString));
        Assert.All(providers, provider => Assert.Equal(
            (1, 0), (provider.GetStatsdExporterStatistics()!.MeasurementsExported, provider.GetStatsdExporterStatistics()!.PointsExported)));
    }

    private sealed class Builder(IServiceCollection services) : IOpenTelemetryBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
