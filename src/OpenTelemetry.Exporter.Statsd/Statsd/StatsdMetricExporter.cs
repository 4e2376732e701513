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
/// The SDK calls one export of a reader at a time; everything below belongs to the thread that runs it. Lets no exception
/// out.
/// </remarks>
internal sealed class StatsdMetricExporter : BaseExporter<Metric>
{
    private readonly string name;
    private readonly ReceiverProfile profile;
    private readonly ITransport transport;
    private readonly ExportTally tally = new();
    private readonly PacketSender sender;
    private readonly PacketBuilder packets;
    private readonly BucketTags? bucketTags;
    private readonly ConditionalWeakTable<Metric, MetricStream> streams = [];
    private readonly MetricStreamFactory factory;

    public StatsdMetricExporter(string name, StatsdExporterSettings settings, ITransport transport)
    {
        this.name = name;
        this.transport = transport;
        profile = settings.Profile;
        sender = new PacketSender(transport, settings.Endpoint.ToString(), tally);
        packets = new PacketBuilder(settings.MaxPacketBytes, sender, tally);
        bucketTags = settings.WritesBuckets ? new BucketTags(profile, settings.DatadogFields) : null;
        factory = new MetricStreamFactory(settings, () => ParentProvider?.GetResource() ?? Resources.Resource.Empty);
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var started = Stopwatch.GetTimestamp();
        tally.Reset();
        foreach (var metric in batch)
        {
            Export(metric);
        }

        packets.Settle();
        Publish(Stopwatch.GetElapsedTime(started));
        return tally.PacketsDropped.ContainsAnyExcept(0) ? ExportResult.Failure : ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            transport.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Export(Metric metric)
    {
        if (MetricWalker.KindOf(metric) is not { } kind)
        {
            tally.CountDroppedPoints(DropReason.UnsupportedType, CountPoints(metric));
            StatsdEventSource.Log.OnUnsupportedType(metric.Name, metric.MetricType.ToString());
            return;
        }

        var finished = 0;
        try
        {
            if (!streams.TryGetValue(metric, out var stream))
            {
                stream = factory.Create(metric, kind);
                streams.Add(metric, stream);
            }

            var writer = new PointWriter(stream, profile, bucketTags, packets, ref finished);
            stream.Series.BeginPass();
            MetricWalker.Walk(metric, ref writer);
            stream.Series.EndPass();
            ReportMerge(stream);
        }
#pragma warning disable CA1031 // Whatever goes wrong with one metric is counted and told, and spares the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            packets.AbandonEntry();
            tally.CountDroppedPoints(DropReason.InternalError, CountPoints(metric) - finished);
            StatsdEventSource.Log.OnExportFailed(exception);
        }
    }

    private void ReportMerge(MetricStream stream)
    {
        if (profile.Tags is null && stream.Series.Count > 1 && !stream.HasReportedMerge)
        {
            stream.HasReportedMerge = StatsdEventSource.Log.OnSeriesMerged(stream.MetricName, profile.Name);
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

    private void Publish(TimeSpan duration)
    {
        try
        {
            ExporterMeter.Record(name, tally, duration);
        }
#pragma warning disable CA1031 // A listener to the exporter's own meter is the application's code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StatsdEventSource.Log.OnExportFailed(exception);
        }
    }
}
