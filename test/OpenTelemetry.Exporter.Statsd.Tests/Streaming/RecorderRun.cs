using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A recorder with lanes of its own, drained by the test instead of a pump.</summary>
internal sealed class RecorderRun : IDisposable
{
    private readonly List<(StreamSeries Series, long Bits)> records = [];

    public RecorderRun(params StreamRule[] rules)
        : this(1 << 20, 8, rules)
    {
    }

    public RecorderRun(int bytes, int ownLanes, params StreamRule[] rules)
    {
        Recorder = new StreamRecorder(rules, new LaneBuffer(bytes, ownLanes, sharedLanes: 2, maxEntryBytes: 12), Clock);
        Recorder.Start();
    }

    public RecorderRun(object provider, bool dropsFromSdk, bool starts, params StreamRule[] rules)
    {
        Recorder = new StreamRecorder(rules, new LaneBuffer(1 << 20, 8, sharedLanes: 2, maxEntryBytes: 12), Clock)
        {
            Provider = () => provider,
            DropsFromSdk = dropsFromSdk,
        };
        if (starts)
        {
            Recorder.Start();
        }
    }

    public ManualClock Clock { get; } = new();

    public StreamRecorder Recorder { get; }

    /// <summary>Records whose series was not to be found any more.</summary>
    public int Lost { get; private set; }

    public static StreamRule Rule(
        string meter, string instrument = "*", EntryPriority priority = EntryPriority.High, int sampleOneIn = 1, int limit = 2000) =>
        new(new NamePattern(meter), new NamePattern(instrument), priority, sampleOneIn, limit);

    /// <summary>What has come since the last time, in the order of the thread that recorded it.</summary>
    public List<(StreamSeries Series, long Bits)> Drain()
    {
        records.Clear();
        var sink = new Sink(this);
        Recorder.Lanes.Drain(ref sink);
        return [.. records];
    }

    /// <summary>The gauges that were set since the last time.</summary>
    public List<(StreamSeries Series, long Bits)> TakeGauges()
    {
        var gauges = new List<(StreamSeries, long)>();
        while (Recorder.ChangedGauges.TryTake(out var series, out var bits))
        {
            gauges.Add((series!, bits));
        }

        return gauges;
    }

    public long Refused(RefusalReason reason) =>
        Enum.GetValues<EntryPriority>().Sum(priority => Recorder.Lanes.ReadTotals().Refused.Read(reason, priority));

    public void Dispose() => Recorder.Dispose();

    private readonly struct Sink(RecorderRun run) : IEntrySink
    {
        public bool Take(ReadOnlySpan<byte> entry)
        {
            var record = StreamRecord.Read(entry);
            if (run.Recorder.Find(record.Series) is { } series)
            {
                run.records.Add((series, record.Bits));
            }
            else
            {
                run.Lost++;
            }

            return true;
        }
    }
}
