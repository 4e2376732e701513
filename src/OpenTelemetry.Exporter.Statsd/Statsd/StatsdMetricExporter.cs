using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Exporting;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes metrics as lines of StatsD.</summary>
internal sealed class StatsdMetricExporter : PacketExporter
{
    private readonly ReceiverProfile profile;
    private readonly NumberLineWriter numbers;
    private readonly HistogramWriter histograms;
    private readonly ConditionalWeakTable<Metric, MetricStream?> streams = [];
    private readonly Func<Metric, bool> isLeftOut;
    private readonly MetricStreamFactory factory;
    private readonly ClientTelemetry? telemetry;
    private bool hasMemoryChanged = true;

    /// <param name="name">Tells it from others in what it says of itself.</param>
    /// <param name="settings">Options.</param>
    /// <param name="transport">Belongs to the exporter from now on.</param>
    /// <param name="clock">Measures pace and back-off; the system's unless a test says otherwise.</param>
    /// <param name="isLeftOut">Whether a metric is none of this exporter's affair; asked once of each.</param>
    /// <param name="pause">How to wait; by the system's time unless a test, whose clock has to go on meanwhile, says otherwise.</param>
    /// <param name="provider">Finds the provider once there is one; <see cref="BaseExporter{T}.ParentProvider"/> unless the SDK knows another exporter in this one's place.</param>
    public StatsdMetricExporter(
        string name,
        StatsdExporterSettings settings,
        ITransport transport,
        TimeProvider? clock = null,
        Func<Metric, bool>? isLeftOut = null,
        Action<TimeSpan>? pause = null,
        Func<BaseProvider?>? provider = null)
        : base(name, ExporterFormat.Statsd, settings.Delivery, transport, clock, pause, provider)
    {
        this.isLeftOut = isLeftOut ?? (_ => false);
        profile = settings.Profile;
        numbers = new NumberLineWriter(profile, Packets);
        histograms = new HistogramWriter(profile, settings.DatadogFields, Packets, numbers);
        factory = new MetricStreamFactory(settings, () => Provider?.GetResource() ?? Resources.Resource.Empty);
        telemetry = settings.WritesClientTelemetry ? new ClientTelemetry(factory, settings.Delivery.Endpoint.Kind) : null;
    }

    /// <summary>Encodes what lines share, for whoever else writes lines for this exporter.</summary>
    public MetricStreamFactory Factory => factory;

    protected override void Write(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            Export(metric);
        }

        WriteTelemetry();
    }

    protected override long ReadEncoderBytes()
    {
        if (!hasMemoryChanged)
        {
            return -1;
        }

        hasMemoryChanged = false;
        return Packets.MemoryBytes + streams.Sum(stream => stream.Value?.Series.MemoryBytes ?? 0);
    }

    protected override void OnPublish() => telemetry?.CountPackets(Tally);

    private void Export(Metric metric)
    {
        if (MetricWalker.KindOf(metric) is not { } kind)
        {
            var points = CountPoints(metric);
            Tally.CountDroppedPoints(DropReason.UnsupportedType, points);
            telemetry?.CountPoints(null, StatsdTypes.None, points);
            Tally.Events.UnsupportedType(metric.Name, metric.MetricType.ToString());
            return;
        }

        var finished = 0;
        var entries = Packets.Entries;
        var values = StatsdTypes.None;
        try
        {
            if (!streams.TryGetValue(metric, out var stream))
            {
                stream = isLeftOut(metric) ? null : factory.Create(metric, kind);
                streams.Add(metric, stream);
            }

            if (stream is null)
            {
                return;
            }

            values = stream.Lines?.ValueType ?? StatsdTypes.None;
            var writer = new PointWriter(stream, profile, Packets, numbers, histograms, ref finished);
            stream.Series.BeginPass();
            var memoryBytes = stream.Series.MemoryBytes;
            MetricWalker.Walk(metric, ref writer);
            stream.Series.EndPass();
            hasMemoryChanged |= stream.Series.MemoryBytes != memoryBytes;
            ReportMerge(stream);
        }
#pragma warning disable CA1031 // Whatever goes wrong with one metric is counted and told, and spares the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Packets.AbandonEntry();
            var points = CountPoints(metric) - finished;
            Tally.CountDroppedPoints(DropReason.InternalError, points);
            telemetry?.CountPoints(kind, values, points);
            Tally.Events.ExportFailed(exception);
        }

        telemetry?.CountPoints(kind, values, Packets.Entries - entries);
    }

    private void WriteTelemetry()
    {
        try
        {
            telemetry?.Write(Packets);
        }
#pragma warning disable CA1031 // The application's resource is asked for its attributes here, and the points come first.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Packets.AbandonEntry();
            Tally.Events.ExportFailed(exception);
        }
    }

    private void ReportMerge(MetricStream stream)
    {
        if (profile.Tags is null && stream.Series.Count > 1 && !stream.HasReportedMerge)
        {
            stream.HasReportedMerge = Tally.Events.SeriesMerged(stream.MetricName, profile.Name);
        }
    }
}
