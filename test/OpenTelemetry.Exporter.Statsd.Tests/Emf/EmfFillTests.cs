using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>A document has as many metrics as fit into it, not as many as would fit if each were as long as can be.</summary>
public sealed class EmfFillTests
{
    private const int Histograms = 50;

    /// <summary>Of about 400 bytes each, which of 60 values could be 2,900.</summary>
    [Theory]
    [InlineData(65_507, 1)]
    [InlineData(11_000, 2)]
    [InlineData(6_000, 4)]
    public void Histograms_with_short_values_share_a_document(int maxPacketBytes, int documents)
    {
        using var receiver = new UdpReceiver();
        using var meter = new Meter($"emf.fill.{maxPacketBytes}");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddEmfExporter((emf, reader) =>
            {
                emf.Endpoint = receiver.Address;
                emf.MaxPacketBytes = maxPacketBytes;
                emf.MaxPacketsPerSecond = 10_000_000;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            })
            .Build();
        foreach (var number in Enumerable.Range(0, Histograms))
        {
            var histogram = meter.CreateHistogram<int>(
                $"histogram.{number}", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 60)] });
            foreach (var value in Enumerable.Range(0, 60))
            {
                histogram.Record(value);
            }
        }

        Assert.True(provider.ForceFlush());
        var received = receiver.WaitForDatagrams(documents);
        Assert.Equal(documents, received.Count);
        var names = received.SelectMany(document => JsonDocument.Parse(document).RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Histograms, names.Count(name => name.StartsWith("histogram.", StringComparison.Ordinal)));
        Assert.Equal(Histograms, provider.GetEmfExporterStatistics()!.PointsExported);
        Assert.All(received, document => Assert.InRange(document.Length, 1, maxPacketBytes));
    }
}
