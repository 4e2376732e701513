using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Exporting;

/// <summary>Turns a batch of metrics into packets of some format and hands them all to the operating system before it returns.</summary>
/// <remarks>
/// The SDK calls one export of a reader at a time; everything below belongs to the thread that runs it. It shuts down from
/// another thread, perhaps while an export still runs, which the gate keeps apart. Lets no exception out.
/// </remarks>
internal abstract class PacketExporter : BaseExporter<Metric>, IDelivery
{
    private readonly Lock gate = new();
    private readonly PacketSender sender;
    private readonly Func<BaseProvider?> provider;
    private TimeSpan budget = TimeSpan.FromSeconds(30);
    private volatile bool isShutDown;

    /// <param name="name">Tells it from others in what it says of itself.</param>
    /// <param name="format">What it writes.</param>
    /// <param name="delivery">Options.</param>
    /// <param name="transport">Belongs to the exporter from now on.</param>
    /// <param name="clock">Measures pace and back-off; the system's unless a test says otherwise.</param>
    /// <param name="pause">How to wait; by the system's time unless a test, whose clock has to go on meanwhile, says otherwise.</param>
    /// <param name="provider">Finds the provider once there is one; <see cref="BaseExporter{T}.ParentProvider"/> unless the SDK knows another exporter in this one's place.</param>
    protected PacketExporter(
        string name,
        ExporterFormat format,
        DeliverySettings delivery,
        ITransport transport,
        TimeProvider? clock,
        Action<TimeSpan>? pause,
        Func<BaseProvider?>? provider)
    {
        this.provider = provider ?? (() => ParentProvider);
        Tally = new ExportTally(new ExporterEvents(name));
        sender = new PacketSender(delivery, transport, Tally, clock, pause);
        Packets = new PacketBuilder(delivery.MaxPacketBytes, sender, Tally);
        Statistics = new ExporterStatistics(Tally.Events, sender, this.provider) { Format = format };
        ExporterRegistry.Add(Statistics);
    }

    /// <summary>The provider whose metrics are exported; <see langword="null"/> until it is built.</summary>
    public BaseProvider? Provider => provider();

    public bool IsAway => sender.State != StatsdBreakerState.Closed;

    /// <summary>Counts for whoever else sends for this exporter.</summary>
    public ExporterStatistics Statistics { get; }

    /// <summary>Where to count what an export does.</summary>
    protected ExportTally Tally { get; }

    /// <summary>Where to write packets.</summary>
    protected PacketBuilder Packets { get; }

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

    public sealed override ExportResult Export(in Batch<Metric> batch)
    {
        lock (gate)
        {
            var started = Stopwatch.GetTimestamp();
            sender.Begin(budget);
            Write(batch);
            Packets.Flush();
            var isDelivered = sender.Complete() && !Tally.PacketsDropped.ContainsAnyExcept(0);
            DropAllAtTheEnd();
            ExporterMeter.RecordDuration(Tally.Events, Stopwatch.GetElapsedTime(started));
            Publish();
            return isDelivered ? ExportResult.Success : ExportResult.Failure;
        }
    }

    /// <summary>Writes all points of a batch, each counted once, as exported or as dropped. Lets no exception out.</summary>
    protected abstract void Write(in Batch<Metric> batch);

    /// <summary>The memory that encoding takes, in bytes; less than 0 if it is what it was.</summary>
    protected abstract long ReadEncoderBytes();

    /// <summary>Tells what was counted since the last time, before it is forgotten.</summary>
    protected virtual void OnPublish()
    {
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
            Statistics.Close();
        }

        base.Dispose(disposing);
    }

    /// <summary>How many points a metric has.</summary>
    protected static int CountPoints(Metric metric)
    {
        var count = 0;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            count++;
        }

        return count;
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

    private void Publish()
    {
        Statistics.Add(Tally);
        OnPublish();
        ExporterMeter.Record(Tally);
        Tally.Reset();
        if (ReadEncoderBytes() is >= 0 and var bytes)
        {
            Statistics.SetEncoderBytes(bytes);
        }
    }
}
