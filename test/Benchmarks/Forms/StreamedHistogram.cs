using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace Benchmarks.Forms;

/// <summary>A histogram that is streamed to a Datadog Agent, with all defaults but for the size of packets.</summary>
internal sealed class StreamedHistogram : IDisposable
{
    private static int count;

    private readonly Meter meter = new($"streamed-{++count}");
    private readonly UnixDatagramReceiver receiver = new();
    private readonly MeterProvider provider;
    private readonly Histogram<double> histogram;
    private readonly KeyValuePair<string, object?>[] tags = FormProvider.Tags;
    private readonly double[] values;
    private int recorded;

    public StreamedHistogram(FormData data, double[] values)
    {
        Data = data;
        this.values = values;
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter(options =>
            {
                options.Endpoint = receiver.Address;
                options.MaxPacketBytes = FormProvider.PacketBytes;
                options.DropStreamedFromSdk = true;
                options.Stream(meter.Name);
            })
            .Build();
        histogram = meter.CreateHistogram<double>(FormProvider.Instrument, "ms");
    }

    public FormData Data { get; }

    public ReadOnlySpan<double> Values => values;

    /// <summary>Records the values of each histogram at equal distances in time, on the caller's thread.</summary>
    public static void RecordEvenly(IReadOnlyList<StreamedHistogram> histograms, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        for (var share = 0.0; share < 1;)
        {
            share = Math.Min(1, clock.Elapsed / time);
            foreach (var histogram in histograms)
            {
                histogram.RecordUntil(share);
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>All its packets.</returns>
    public IReadOnlyList<byte[]> Finish()
    {
        provider.Dispose();
        return receiver.WaitFor((int)provider.GetStatsdExporterStatistics()!.PacketsSent);
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
        receiver.Dispose();
    }

    private void RecordUntil(double share)
    {
        for (var due = (int)(share * values.Length); recorded < due; recorded++)
        {
            histogram.Record(values[recorded], tags);
        }
    }
}
