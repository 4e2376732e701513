using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace Benchmarks.Forms;

/// <summary>A provider of one histogram with three tags, and for each form an exporter and a receiver; packets are those of UDP, over sockets that lose none.</summary>
internal sealed class FormProvider : IDisposable
{
    public const string Instrument = "http.server.request.duration";
    public const int PacketBytes = 1432;
    private static int count;

    private readonly Meter meter = new($"forms-{++count}");
    private readonly Dictionary<FormCase, UnixDatagramReceiver> receivers = [];
    private readonly Dictionary<FormCase, int> read = [];
    private readonly ScaleExporter scale = new();
    private readonly Histogram<double> histogram;
    private readonly MeterProvider provider;

    public FormProvider(FormData data, HistogramAggregation aggregation)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(ResourceBuilder.CreateEmpty()).AddMeter(meter.Name);
        aggregation.Configure(builder, data);
        builder.AddReader(new BaseExportingMetricReader(scale) { TemporalityPreference = MetricReaderTemporalityPreference.Delta });
        foreach (var form in FormCase.All)
        {
            var receiver = receivers[form] = new UnixDatagramReceiver();
            builder.AddStatsdExporter(form.Name, (statsd, reader) =>
            {
                statsd.Endpoint = receiver.Address;
                statsd.Profile = form.Profile;
                statsd.HistogramForm = form.Form;
                statsd.SummaryQuantiles = FormReading.Asked;
                statsd.MaxPacketBytes = PacketBytes;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)TimeSpan.FromHours(1).TotalMilliseconds;
            });
        }

        provider = builder.Build();
        histogram = meter.CreateHistogram<double>(Instrument, "ms");
    }

    public static KeyValuePair<string, object?>[] Tags =>
    [
        new("service", "checkout"), new("region", "eu-west-1"), new("endpoint", "/api/items"),
    ];

    /// <summary>The scale of the last export's exponential buckets; NaN if they are explicit.</summary>
    public double Scale => scale.Last;

    /// <summary>Records values and exports them.</summary>
    /// <returns>The packets of each form.</returns>
    public IReadOnlyDictionary<FormCase, IReadOnlyList<byte[]>> Export(double[] values)
    {
        var tags = Tags;
        foreach (var value in values)
        {
            histogram.Record(value, tags);
        }

        if (!provider.ForceFlush())
        {
            throw new InvalidOperationException("Not everything was sent.");
        }

        return receivers.ToDictionary(pair => pair.Key, pair => Arrived(pair.Key, pair.Value));
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
        foreach (var receiver in receivers.Values)
        {
            receiver.Dispose();
        }
    }

    private IReadOnlyList<byte[]> Arrived(FormCase form, UnixDatagramReceiver receiver)
    {
        var before = read.GetValueOrDefault(form);
        var all = receiver.WaitFor((int)provider.GetStatsdExporterStatistics(form.Name)!.PacketsSent);
        read[form] = all.Count;
        return [.. all.Skip(before)];
    }

    private sealed class ScaleExporter : BaseExporter<Metric>
    {
        public double Last { get; private set; } = double.NaN;

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Last = metric.MetricType == MetricType.ExponentialHistogram ? point.GetExponentialHistogramData().Scale : double.NaN;
                }
            }

            return ExportResult.Success;
        }
    }
}
