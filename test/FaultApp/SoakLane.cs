using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace FaultApp;

/// <summary>A receiver, an application that records all the time, and the exporter in between.</summary>
/// <remarks>One thread records, which the lane owns; one other stops and starts the receiver.</remarks>
internal sealed class SoakLane : IDisposable
{
    private const int Series = 200;
    private const int IntervalMilliseconds = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Receiver receiver;
    private readonly CountingSink sink;
    private readonly MeasuredExporter exporter;
    private readonly MeterProvider provider;
    private readonly Meter meter;
    private readonly OwnCounts counts;
    private readonly Thread recorder;
    private readonly bool keepsCollecting;
    private volatile bool isStopped;
    private volatile int changes;
    private long recorded;

    /// <param name="name">Names the lane.</param>
    /// <param name="keepsCollecting">
    /// Whether the reader collects although the receiver is away, and after each round of recording, so that a point is a count of one; or as
    /// the exporter's own reader does, by itself and at intervals.
    /// </param>
    /// <param name="newReceiver">Makes the receiver.</param>
    public SoakLane(string name, bool keepsCollecting, Func<ReceiverOptions, Receiver> newReceiver)
    {
        this.Name = name;
        this.keepsCollecting = keepsCollecting;
        this.sink = new CountingSink();
        this.receiver = newReceiver(new ReceiverOptions { Sink = this.sink });
        this.meter = new Meter(name);
        this.counts = new OwnCounts(name);
        var settings = new StatsdExporterOptions { Endpoint = this.receiver.Address, MaxBufferBytes = 1 << 16 }.ToSettings();
        this.exporter = new MeasuredExporter(
            new StatsdMetricExporter(
                name,
                settings,
                TransportFactory.Create(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, settings.Delivery.SkipsEmptyLines)),
            () => this.changes);
        BaseExportingMetricReader reader = keepsCollecting
            ? new BaseExportingMetricReader(this.exporter)
            : new ReceiverAwareMetricReader<MeasuredExporter>(this.exporter, IntervalMilliseconds, (int)Patience.TotalMilliseconds);
        reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
        this.provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(name)
            .AddReader(reader)
            .Build();
        this.recorder = new Thread(this.Record) { IsBackground = true, Name = name };
        this.recorder.Start();
    }

    public string Name { get; }

    public (long Exports, long Bytes) Steady => this.exporter.Steady;

    public (long Exports, long Bytes) Other => this.exporter.Other;

    public long Recorded => Interlocked.Read(ref this.recorded);

    public long Received => (long)this.sink.Totals.Counted;

    public long Unreadable => this.sink.Totals.Unreadable;

    public long Lost => this.counts.Dropped.Sum(dropped => dropped.Points);

    public int Restarts => this.changes / 2;

    /// <summary>Has the receiver away for a while, without losing what it has accepted.</summary>
    public void Restart(TimeSpan outage)
    {
        this.receiver.StopGracefully(Patience);
        this.changes++;
        Thread.Sleep(outage);
        this.changes++;
        this.receiver.Start();
    }

    /// <summary>Ends recording, delivers everything, and has the receiver read it to the last byte.</summary>
    public bool TryFinish()
    {
        this.isStopped = true;
        this.recorder.Join();
        var isDelivered = SpinWait.SpinUntil(() => this.provider.ForceFlush(), Patience);
        this.provider.Dispose();
        this.receiver.StopGracefully(Patience);
        return isDelivered;
    }

    public void Dispose()
    {
        this.isStopped = true;
        this.recorder.Join();
        this.provider.Dispose();
        this.receiver.Dispose();
        this.meter.Dispose();
        this.counts.Dispose();
    }

    private void Record()
    {
        var counter = this.meter.CreateCounter<long>("hits");
        var series = Enumerable.Range(0, Series).Select(i => new KeyValuePair<string, object?>("series", $"value-{i}")).ToArray();
        while (!this.isStopped)
        {
            foreach (var tag in series)
            {
                counter.Add(1, tag);
            }

            Interlocked.Add(ref this.recorded, Series);
            if (this.keepsCollecting)
            {
                this.provider.ForceFlush();
                Thread.Sleep(IntervalMilliseconds / 2);
            }
            else
            {
                Thread.Sleep(1);
            }
        }
    }
}
