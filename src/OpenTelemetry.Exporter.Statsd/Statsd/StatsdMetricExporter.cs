using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Turns a batch of metrics into StatsD packets and hands them all to the operating system before it returns.</summary>
/// <remarks>
/// The SDK calls one export of a reader at a time; everything below belongs to the thread that runs it. It shuts down from
/// another thread, perhaps while an export still runs, which the gate keeps apart. Lets no exception out.
/// </remarks>
internal sealed class StatsdMetricExporter : BaseExporter<Metric>, IDelivery
{
    private readonly Lock gate = new();
    private readonly ReceiverProfile profile;
    private readonly ExportTally tally;
    private readonly PacketSender sender;
    private readonly PacketBuilder packets;
    private readonly NumberLineWriter numbers;
    private readonly HistogramWriter histograms;
    private readonly ConditionalWeakTable<Metric, MetricStream?> streams = [];
    private readonly Func<Metric, bool> isLeftOut;
    private readonly Func<BaseProvider?> provider;
    private readonly MetricStreamFactory factory;
    private readonly ExporterStatistics statistics;
    private readonly ClientTelemetry? telemetry;
    private bool hasMemoryChanged = true;
    private TimeSpan budget = TimeSpan.FromSeconds(30);
    private volatile bool isShutDown;

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
    {
        this.provider = provider ?? (() => ParentProvider);
        this.isLeftOut = isLeftOut ?? (_ => false);
        tally = new ExportTally(new ExporterEvents(name));
        profile = settings.Profile;
        sender = new PacketSender(settings.Delivery, transport, tally, clock, pause);
        packets = new PacketBuilder(settings.Delivery.MaxPacketBytes, sender, tally);
        numbers = new NumberLineWriter(profile, packets);
        histograms = new HistogramWriter(profile, settings.DatadogFields, packets, numbers);
        factory = new MetricStreamFactory(settings, () => Provider?.GetResource() ?? Resources.Resource.Empty);
        statistics = new ExporterStatistics(tally.Events, sender, this.provider);
        telemetry = settings.WritesClientTelemetry ? new ClientTelemetry(factory, settings.Delivery.Endpoint.Kind) : null;
        ExporterRegistry.Add(statistics);
    }

    /// <summary>The provider whose metrics are exported; <see langword="null"/> until it is built.</summary>
    public BaseProvider? Provider => provider();

    public bool IsAway => sender.State != StatsdBreakerState.Closed;

    /// <summary>Encodes what lines share, for whoever else writes lines for this exporter.</summary>
    public MetricStreamFactory Factory => factory;

    /// <summary>Counts for whoever else sends for this exporter.</summary>
    public ExporterStatistics Statistics => statistics;

    public bool IsReceiverThere(TimeSpan budget)
    {
        lock (gate)
        {
            sender.Begin(budget);
            var isThere = sender.IsReceiverThere();
            DropAllAtTheEnd();
            Publish();
            return isThere;
        }
    }

    public void Grant(TimeSpan budget) => this.budget = budget;

    public void Hurry(TimeSpan budget) => sender.Hurry(budget);

    public override ExportResult Export(in Batch<Metric> batch)
    {
        lock (gate)
        {
            var started = Stopwatch.GetTimestamp();
            sender.Begin(budget);
            foreach (var metric in batch)
            {
                Export(metric);
            }

            WriteTelemetry();
            packets.Flush();
            var isDelivered = sender.Complete() && !tally.PacketsDropped.ContainsAnyExcept(0);
            DropAllAtTheEnd();
            ExporterMeter.RecordDuration(tally.Events, Stopwatch.GetElapsedTime(started));
            Publish();
            return isDelivered ? ExportResult.Success : ExportResult.Failure;
        }
    }

    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        isShutDown = true;
        return CountWhatIsLeft(timeoutMilliseconds);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            isShutDown = true;
            CountWhatIsLeft(timeoutMilliseconds: 0);
            sender.Dispose();
            statistics.Close();
        }

        base.Dispose(disposing);
    }

    /// <returns>Whether nothing was left.</returns>
    private bool CountWhatIsLeft(int timeoutMilliseconds)
    {
        if (!gate.TryEnter(timeoutMilliseconds))
        {
            // Whoever holds it counts what is left.
            return false;
        }

        try
        {
            var isDelivered = sender.QueuedPackets == 0;
            sender.DropAll();
            Publish();
            return isDelivered;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>The shutdown may have given up waiting for the gate.</summary>
    private void DropAllAtTheEnd()
    {
        if (isShutDown)
        {
            sender.DropAll();
        }
    }

    private void Export(Metric metric)
    {
        if (MetricWalker.KindOf(metric) is not { } kind)
        {
            var points = CountPoints(metric);
            tally.CountDroppedPoints(DropReason.UnsupportedType, points);
            telemetry?.CountPoints(null, StatsdTypes.None, points);
            tally.Events.UnsupportedType(metric.Name, metric.MetricType.ToString());
            return;
        }

        var finished = 0;
        var entries = packets.Entries;
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
            var writer = new PointWriter(stream, profile, packets, numbers, histograms, ref finished);
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
            packets.AbandonEntry();
            var points = CountPoints(metric) - finished;
            tally.CountDroppedPoints(DropReason.InternalError, points);
            telemetry?.CountPoints(kind, values, points);
            tally.Events.ExportFailed(exception);
        }

        telemetry?.CountPoints(kind, values, packets.Entries - entries);
    }

    private void WriteTelemetry()
    {
        try
        {
            telemetry?.Write(packets);
        }
#pragma warning disable CA1031 // The application's resource is asked for its attributes here, and the points come first.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            packets.AbandonEntry();
            tally.Events.ExportFailed(exception);
        }
    }

    private void ReportMerge(MetricStream stream)
    {
        if (profile.Tags is null && stream.Series.Count > 1 && !stream.HasReportedMerge)
        {
            stream.HasReportedMerge = tally.Events.SeriesMerged(stream.MetricName, profile.Name);
        }
    }

    private static int CountPoints(Metric metric)
    {
        var count = 0;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            count++;
        }

        return count;
    }

    private void Publish()
    {
        statistics.Add(tally);
        telemetry?.CountPackets(tally);
        ExporterMeter.Record(tally);
        tally.Reset();
        if (hasMemoryChanged)
        {
            hasMemoryChanged = false;
            statistics.SetEncoderBytes(packets.MemoryBytes + streams.Sum(stream => stream.Value?.Series.MemoryBytes ?? 0));
        }
    }
}
