using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Exporting;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Writes metrics as documents of CloudWatch's embedded metric format.</summary>
internal sealed class EmfMetricExporter : PacketExporter
{
    private readonly EmfExporterSettings settings;
    private readonly ConditionalWeakTable<Metric, EmfMetric> metrics = [];
    private EmfSession? session;
    private long memoryBytes;
    private bool hasMemoryChanged = true;

    /// <param name="name">Tells it from others in what it says of itself.</param>
    /// <param name="settings">Options.</param>
    /// <param name="transport">Belongs to the exporter from now on.</param>
    /// <param name="clock">Measures pace and back-off; the system's unless a test says otherwise.</param>
    /// <param name="pause">How to wait; by the system's time unless a test, whose clock has to go on meanwhile, says otherwise.</param>
    /// <param name="provider">Finds the provider once there is one; <see cref="BaseExporter{T}.ParentProvider"/> unless the SDK knows another exporter in this one's place.</param>
    public EmfMetricExporter(
        string name,
        EmfExporterSettings settings,
        ITransport transport,
        TimeProvider? clock = null,
        Action<TimeSpan>? pause = null,
        Func<BaseProvider?>? provider = null)
        : base(name, ExporterFormat.Emf, settings.Delivery, transport, clock, pause, provider)
    {
        this.settings = settings;
    }

    protected override void Write(in Batch<Metric> batch)
    {
        session ??= CreateSession();
        session?.Begin();
        foreach (var metric in batch)
        {
            Collect(metric);
        }

        session?.End();
    }

    protected override long ReadEncoderBytes()
    {
        var bytes = Packets.MemoryBytes + (session?.MemoryBytes ?? 0);
        if (bytes == memoryBytes && !hasMemoryChanged)
        {
            return -1;
        }

        memoryBytes = bytes;
        hasMemoryChanged = false;
        return bytes + metrics.Sum(metric => metric.Value.Series.MemoryBytes);
    }

    /// <returns><see langword="null"/> if the application's resource, whose attributes it asks for, does not allow it.</returns>
    private EmfSession? CreateSession()
    {
        try
        {
            // The provider, and with it the resource, is known only after the exporter has been built.
            return new(settings, Provider?.GetResource() ?? Resources.Resource.Empty, Packets, Tally);
        }
#pragma warning disable CA1031 // It may be tried again with the next export.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tally.Events.ExportFailed(exception);
            return null;
        }
    }

    private void Collect(Metric metric)
    {
        if (MetricWalker.KindOf(metric) is null)
        {
            Tally.CountDroppedPoints(DropReason.UnsupportedType, CountPoints(metric));
            Tally.Events.UnsupportedType(metric.Name, metric.MetricType.ToString());
            return;
        }

        if (session is null)
        {
            Tally.CountDroppedPoints(DropReason.InternalError, CountPoints(metric));
            return;
        }

        var finished = 0;
        try
        {
            if (!metrics.TryGetValue(metric, out var known))
            {
                known = session.Create(metric);
                metrics.Add(metric, known);
            }

            var collector = new PointCollector(known, session, ref finished);
            known.Series.BeginPass();
            MetricWalker.Walk(metric, ref collector);
            hasMemoryChanged |= known.Series.EndPass();
        }
#pragma warning disable CA1031 // Whatever goes wrong with one metric is counted and told, and spares the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tally.CountDroppedPoints(DropReason.InternalError, CountPoints(metric) - finished);
            Tally.Events.ExportFailed(exception);
        }
    }
}
