using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A stream without its thread: the test takes each step, at a time of its own.</summary>
internal sealed class OutletRun : IDisposable
{
    private static int number;

    private readonly StatsdProfile profile;
    private readonly ScriptedTransport? scripted;
    private int seen;

    public OutletRun(Action<StatsdExporterOptions>? configure = null, StatsdProfile profile = StatsdProfile.DatadogAgent, ITransport? transport = null)
    {
        this.profile = profile;
        Name = $"outlet-{Interlocked.Increment(ref number)}";
        Meter = new Meter(Name);
        var options = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:9", Profile = profile, MaxStreamPacketsPerSecond = 10_000_000 };
        configure?.Invoke(options);
        if (options.Streams.Count == 0)
        {
            options.Stream(Name);
        }

        var settings = options.ToSettings();
        var stream = options.ToStreamSettings(settings.Delivery)!;
        Recorder = new StreamRecorder(stream.Rules, stream.CreateLanes(), Clock);
        scripted = transport is null ? new ScriptedTransport { IsLossy = false } : transport as ScriptedTransport;
        var first = new NoDelivery();
        Statistics = new ExporterStatistics(new ExporterEvents(Name), first, () => null);
        Outlet = new StreamOutlet(
            Statistics, stream, settings.Profile, Recorder, new MetricStreamFactory(settings, () => Resource.Empty), transport ?? scripted!, Clock);
        Statistics.Attach(Outlet);
        Recorder.Start();
    }

    public string Name { get; }

    public Meter Meter { get; }

    public ManualClock Clock { get; } = new();

    public StreamRecorder Recorder { get; }

    public StreamOutlet Outlet { get; }

    public ExporterStatistics Statistics { get; }

    /// <summary>What users are told.</summary>
    public StatsdExporterStatistics Told => new(Statistics);

    public ScriptedTransport Transport => scripted!;

    /// <summary>Takes steps until a flush interval of 10 ms is over and everything has been sent that can be.</summary>
    public void Flush()
    {
        Outlet.Step();
        Clock.Advance(TimeSpan.FromMilliseconds(10));
        Outlet.Step();
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Outlet.Step();
    }

    /// <summary>Flushes, and reads what was sent since the last time.</summary>
    /// <param name="decoder">Reads it; one of the profile unless given.</param>
    public IReadOnlyList<StatsdRecord> FlushRecords(StatsdDecoder? decoder = null)
    {
        Flush();
        var packets = Transport.Taken.Skip(seen).Select(System.Text.Encoding.UTF8.GetBytes).Select(packet => packet.AsSpan().TrimEnd((byte)'\n').ToArray());
        byte[][] fresh = [.. packets.Where(packet => packet.Length > 0)];
        seen = Transport.Taken.Count;
        return (decoder ?? Session.DecoderFor(profile)).DecodeAll(fresh);
    }

    public void Dispose()
    {
        Recorder.Dispose();
        Outlet.Dispose();
        Meter.Dispose();
    }

    private sealed class NoDelivery : IDeliveryState
    {
        public StatsdBreakerState State => StatsdBreakerState.Closed;

        public int QueuedPackets => 0;

        public long QueuedBytes => 0;

        public long MemoryBytes => 0;
    }
}
