using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>What an export has put on the wire, and what the exporter says of itself.</summary>
internal sealed record ActualExport(
    IReadOnlyList<byte[]> Datagrams, long PointsExported, IReadOnlyDictionary<string, long> PointsDropped, long PacketsSent);

/// <summary>Records into real instruments of a real provider, whose exporter sends to a socket on loopback.</summary>
internal sealed class ProviderRun : IDisposable
{
    private static readonly byte[] EndMark = "end of export"u8.ToArray();
    private static int runs;

    private readonly string id = $"run{Interlocked.Increment(ref runs)}";
    private readonly Recording recording;
    private readonly UdpReceiver receiver = new();
    private readonly Socket marker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly MeterListener listener = new();
    private readonly Dictionary<(string Counter, string Reason), long> own = [];
    private readonly List<Meter> meters = [];
    private readonly List<Action> recorders = [];
    private readonly MeterProvider provider;
    private int export;

    public ProviderRun(Recording recording)
    {
        this.recording = recording;
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd")
            {
                target.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(Listen);
        listener.Start();

        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource =>
            {
                resource.Clear();
                if (recording.ServiceName is not null)
                {
                    resource.AddAttributes([new("service.name", recording.ServiceName)]);
                }
            })
            .AddView(View)
            .AddStatsdExporter(id, Configure);
        foreach (var scope in recording.Instruments.Select(MeterName).Distinct())
        {
            builder.AddMeter(scope);
        }

        provider = builder.Build();
        for (var i = 0; i < recording.Instruments.Length; i++)
        {
            Create(recording.Instruments[i]);
        }
    }

    public string MeterName(Recorded instrument) => $"{instrument.Meter} {id}";

    public string InstrumentName(Recorded instrument) => instrument.Name ?? $"instrument{IndexOf(instrument)}";

    /// <summary>Records the values of the next export, and has it exported.</summary>
    public ActualExport Export()
    {
        own.Clear();
        var before = receiver.Datagrams.Count;
        recorders.ForEach(record => record());
        Assert.True(provider.ForceFlush());
        export++;
        var sent = own.GetValueOrDefault(("statsd.exporter.packets.sent", string.Empty));
        marker.SendTo(EndMark, new IPEndPoint(IPAddress.Loopback, receiver.Port));
        var datagrams = receiver.WaitFor(all => all.Count > before && all[^1].AsSpan().SequenceEqual(EndMark));
        return new ActualExport(
            [.. datagrams.Skip(before).SkipLast(1)],
            own.GetValueOrDefault(("statsd.exporter.points.exported", string.Empty)),
            own.Where(pair => pair.Key.Counter == "statsd.exporter.points.dropped").ToDictionary(pair => pair.Key.Reason, pair => pair.Value),
            sent);
    }

    public void Dispose()
    {
        provider.Dispose();
        meters.ForEach(meter => meter.Dispose());
        listener.Dispose();
        marker.Dispose();
        receiver.Dispose();
    }

    private static string? TagOf(Meter meter) => (string?)meter.Tags?.Single().Value;

    private static KeyValuePair<string, object?>[] TagsOf(Series series, int export)
    {
        var tags = series.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value));
        return [.. series.HasDuplicateKey || export % 2 == 0 ? tags : tags.Reverse()];
    }

    private void Configure(StatsdExporterOptions options, MetricReaderOptions reader)
    {
        options.Endpoint = $"udp://127.0.0.1:{receiver.Port}";
        options.Profile = recording.Profile;
        options.MaxPacketBytes = recording.MaxPacketBytes;
        options.MaxPacketsPerSecond = 10_000_000;
        options.Prefix = recording.Prefix;
        options.IncludeScopeTags = recording.IncludeScopeTags;
        options.HistogramForm = recording.Histograms.Form;
        options.SummaryQuantiles = recording.Histograms.Quantiles;
        foreach (var (pattern, form) in recording.Histograms.Patterns)
        {
            options.HistogramForms.Add(pattern, form);
        }

        options.ExternalData = recording.ExternalData;
        options.Cardinality = recording.Cardinality;
        foreach (var (key, value) in recording.Tags)
        {
            options.Tags.Add(key, value);
        }

        // Only the test's own flushes export.
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
    }

    private MetricStreamConfiguration View(Instrument instrument)
    {
        var recorded = recording.Instruments[int.Parse(instrument.Description!, null)];
        MetricStreamConfiguration view = recorded.Kind switch
        {
            InstrumentKind.ExplicitHistogram => new ExplicitBucketHistogramConfiguration { Boundaries = recorded.Bounds },
            InstrumentKind.ExponentialHistogram => new Base2ExponentialBucketHistogramConfiguration(),
            _ => new MetricStreamConfiguration(),
        };
        if (view is HistogramConfiguration histogram)
        {
            histogram.RecordMinMax = recorded.RecordMinMax;
        }

        view.Name = recorded.ViewName;
        view.CardinalityLimit = 20;
        return view;
    }

    private void Create(Recorded recorded)
    {
        var meter = meters.Find(each => each.Name == MeterName(recorded) && each.Version == recorded.MeterVersion && TagOf(each) == recorded.MeterTag);
        if (meter is null)
        {
            meter = new Meter(new MeterOptions(MeterName(recorded))
            {
                Version = recorded.MeterVersion,
                Tags = recorded.MeterTag is null ? null : [new("tag", recorded.MeterTag)],
            });
            meters.Add(meter);
        }

        var name = InstrumentName(recorded);
        var unit = recorded.Unit.Length == 0 ? null : recorded.Unit;

        // The view finds the instrument by it, and the SDK never takes two instruments with different ones for the same.
        var description = IndexOf(recorded).ToString(System.Globalization.CultureInfo.InvariantCulture);
        switch (recorded.Kind)
        {
            case InstrumentKind.LongCounter:
                Each(recorded, Longs(meter.CreateCounter<long>(name, unit, description).Add));
                break;
            case InstrumentKind.DoubleCounter:
                Each(recorded, Doubles(meter.CreateCounter<double>(name, unit, description).Add));
                break;
            case InstrumentKind.LongUpDownCounter:
                Each(recorded, Longs(meter.CreateUpDownCounter<long>(name, unit, description).Add));
                break;
            case InstrumentKind.DoubleUpDownCounter:
                Each(recorded, Doubles(meter.CreateUpDownCounter<double>(name, unit, description).Add));
                break;
            case InstrumentKind.LongGauge:
                Each(recorded, Longs(meter.CreateGauge<long>(name, unit, description).Record));
                break;
            case InstrumentKind.DoubleGauge:
                Each(recorded, Doubles(meter.CreateGauge<double>(name, unit, description).Record));
                break;
            case InstrumentKind.LongObservableCounter:
                meter.CreateObservableCounter(name, () => Totals(recorded, value => value.Long), unit, description);
                break;
            case InstrumentKind.DoubleObservableCounter:
                meter.CreateObservableCounter(name, () => Totals(recorded, value => value.Double), unit, description);
                break;
            case InstrumentKind.LongObservableUpDownCounter:
                meter.CreateObservableUpDownCounter(name, () => Latest(recorded, value => value.Long), unit, description);
                break;
            case InstrumentKind.DoubleObservableGauge:
                meter.CreateObservableGauge(name, () => Latest(recorded, value => value.Double), unit, description);
                break;
            default:
                Each(recorded, Doubles(meter.CreateHistogram<double>(name, unit, description).Record));
                break;
        }
    }

    private delegate void Record<T>(T value, params KeyValuePair<string, object?>[] tags);

    private static Action<Measured, KeyValuePair<string, object?>[]> Longs(Record<long> record) => (value, tags) => record(value.Long, tags);

    private static Action<Measured, KeyValuePair<string, object?>[]> Doubles(Record<double> record) => (value, tags) => record(value.Double, tags);

    private void Each(Recorded recorded, Action<Measured, KeyValuePair<string, object?>[]> record) => recorders.Add(() =>
    {
        foreach (var series in recorded.Series)
        {
            var tags = TagsOf(series, export);
            foreach (var value in series.Values[export])
            {
                record(value, tags);
            }
        }
    });

    private IEnumerable<Measurement<T>> Totals<T>(Recorded recorded, Func<Measured, T> number)
        where T : struct => recorded.Series.Select(series => new Measurement<T>(number(SdkModel.Observed(series, export)), TagsOf(series, export)));

    private IEnumerable<Measurement<T>> Latest<T>(Recorded recorded, Func<Measured, T> number)
        where T : struct => recorded.Series
            .Where(series => export < Recording.Exports && series.Values[export].Length > 0)
            .Select(series => new Measurement<T>(number(series.Values[export][^1]), TagsOf(series, export)));

    private int IndexOf(Recorded recorded) => Array.FindIndex(recording.Instruments, each => ReferenceEquals(each, recorded));

    private void Listen(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        string? exporter = null;
        var reason = string.Empty;
        foreach (var (key, text) in tags)
        {
            exporter = key == "exporter" ? (string?)text : exporter;
            reason = key == "reason" ? (string)text! : reason;
        }

        if (exporter == id)
        {
            own[(instrument.Name, reason)] = own.GetValueOrDefault((instrument.Name, reason)) + value;
        }
    }
}
