using System.Text;
using OpenTelemetry;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks.Emf;

/// <summary>Ours from where the SDK's points have been read: points are put to their groups, groups made documents, and those packets.</summary>
internal sealed class OurDocumentWriter : DocumentWriter
{
    private readonly Sink sink = new();
    private readonly DocumentData data;
    private readonly PacketBuilder packets;
    private readonly EmfSession session;
    private readonly EmfSeries[][] series;

    public OurDocumentWriter(DocumentData data)
        : base("ours, from points")
    {
        this.data = data;
        var settings = DocumentData.Settings("tcp://127.0.0.1:25888");
        var tally = new ExportTally(new ExporterEvents("benchmark"));
        packets = new PacketBuilder(settings.Delivery.MaxPacketBytes, sink, tally);
        session = new EmfSession(settings, Resource.Empty, packets, tally);
        var exporter = new SeriesExporter(session);
        data.CollectInto(exporter);
        series = exporter.Series;
    }

    public override void Write()
    {
        for (var metric = 0; metric < DocumentData.Metrics.Length; metric++)
        {
            // As the SDK has them: one metric after the other.
            for (var document = 0; document < DocumentData.Count; document++)
            {
                ref readonly var one = ref series[metric][document];
                var value = data.Values[document][metric];
                if (data.AreWhole)
                {
                    session.Points.Add(one.Group, one.Metric, (long)value);
                }
                else
                {
                    session.Points.Add(one.Group, one.Metric, value);
                }
            }
        }

        session.End();
        packets.Flush();
    }

    public override string[] WriteAndRead()
    {
        sink.Text.Clear();
        sink.IsKept = true;
        Write();
        sink.IsKept = false;
        return sink.Text.ToString().TrimEnd('\n').Split('\n');
    }

    /// <summary>Finds, once, which group each series belongs to.</summary>
    private sealed class SeriesExporter(EmfSession session) : BaseExporter<Metric>
    {
        /// <summary>Of each metric, the series in the order of the documents.</summary>
        public EmfSeries[][] Series { get; private set; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var all = new List<EmfSeries[]>();
            session.Begin();
            foreach (var metric in batch)
            {
                var known = session.Create(metric);
                var found = new List<EmfSeries>();
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    found.Add(session.Find(in point, known));
                }

                all.Add([.. found]);
            }

            Series = [.. all];
            return ExportResult.Success;
        }
    }

    private sealed class Sink : IPacketSink
    {
        public StringBuilder Text { get; } = new();

        public bool IsKept { get; set; }

        public void Add(ReadOnlySpan<byte> packet, PacketEntries entries)
        {
            if (IsKept)
            {
                Text.Append(Encoding.UTF8.GetString(packet)).Append('\n');
            }
        }
    }
}
