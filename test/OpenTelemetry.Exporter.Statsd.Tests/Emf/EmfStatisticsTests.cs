using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Which exporters <c>GetEmfExporterStatistics</c> knows, and what it tells of one that has done nothing.</summary>
public sealed class EmfStatisticsTests
{
    [Fact]
    public void Each_exporter_is_found_by_its_name_and_kind_in_its_provider_alone()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddEmfExporter(options => options.Endpoint = "udp://127.0.0.1:9")
            .AddEmfExporter("agent", options => options.Endpoint = "udp://127.0.0.1:9")
            .AddStatsdExporter("daemon", options => options.Endpoint = "udp://127.0.0.1:9")
            .Build();
        using var other = Sdk.CreateMeterProviderBuilder().AddStatsdExporter(options => options.Endpoint = "udp://127.0.0.1:9").Build();

        Assert.Equal("emf", provider.GetEmfExporterStatistics()!.ExporterName);
        Assert.Equal("emf", provider.GetEmfExporterStatistics(string.Empty)!.ExporterName);
        Assert.Equal("emf", provider.GetEmfExporterStatistics("emf")!.ExporterName);
        Assert.Equal("agent", provider.GetEmfExporterStatistics("agent")!.ExporterName);
        Assert.Equal("daemon", provider.GetStatsdExporterStatistics("daemon")!.ExporterName);

        Assert.Null(provider.GetEmfExporterStatistics("daemon"));
        Assert.Null(provider.GetEmfExporterStatistics("nobody"));
        Assert.Null(provider.GetStatsdExporterStatistics());
        Assert.Null(provider.GetStatsdExporterStatistics("emf"));
        Assert.Null(provider.GetStatsdExporterStatistics("agent"));
        Assert.Null(other.GetEmfExporterStatistics());
        Assert.Null(other.GetEmfExporterStatistics("default"));
        Assert.Throws<ArgumentNullException>("provider", () => ((MeterProvider)null!).GetEmfExporterStatistics());
    }

    [Fact]
    public void A_disabled_SDK_has_none()
    {
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_SDK_DISABLED", "true")]).Build()))
            .AddEmfExporter()
            .Build();
        Assert.Null(provider.GetEmfExporterStatistics());
    }

    [Fact]
    public void Of_an_exporter_that_has_done_nothing_all_counts_are_zero_and_stay_to_be_read_after_the_end()
    {
        var provider = Sdk.CreateMeterProviderBuilder()
            .AddEmfExporter(options =>
            {
                options.Endpoint = "udp://127.0.0.1:9";
                options.MaxBufferBytes = 300_000;
            })
            .Build();
        var memory = provider.GetEmfExporterStatistics()!.MemoryBytes;
        Assert.InRange(memory, 300_000, 2_000_000);
        AssertNothing(provider.GetEmfExporterStatistics()!);
        provider.Dispose();
        AssertNothing(provider.GetEmfExporterStatistics()!);

        static void AssertNothing(EmfExporterStatistics statistics)
        {
            Assert.Equal((0, 0, 0), (statistics.PointsExported, statistics.PointsDropped, statistics.PointsAltered));
            Assert.Equal((0, 0, 0), (statistics.PacketsSent, statistics.PacketsDropped, statistics.PacketsResent));
            Assert.Equal((0, 0, 0), (statistics.BytesSent, statistics.BytesDropped, statistics.AddressChanges));
            Assert.Equal((0, 0), (statistics.QueuedPackets, statistics.QueuedBytes));
            Assert.Empty(statistics.PointsDroppedByReason);
            Assert.Empty(statistics.PointsAlteredByReason);
            Assert.Empty(statistics.PacketsDroppedByReason);
            Assert.Empty(statistics.BytesDroppedByReason);
            Assert.Equal(StatsdBreakerState.Closed, statistics.BreakerState);
        }
    }
}
