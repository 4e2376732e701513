using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The side of a stream that records: listens to the instruments that rules choose, and leaves each measurement in a lane, or the last of a gauge with its series.</summary>
/// <remarks>
/// Any thread records, and any may make and dispose of meters. One other thread, the pump, drains <see cref="Lanes"/> into
/// <see cref="Find"/>, takes from <see cref="ChangedGauges"/>, and calls <see cref="Forget"/> on what has been idle. The life of a series is
/// described at <see cref="StreamSeries"/>.
/// </remarks>
internal sealed class StreamRecorder : IDisposable
{
    private readonly IReadOnlyList<StreamRule> rules;
    private readonly SeriesIds ids;
    private int hasEndedGauges;
    private readonly Lock gate = new();
    private readonly MeterListener listener = new();
    private volatile IReadOnlyList<(Instrument Instrument, StreamInstrument Stream)> streams = [];

    /// <param name="rules">The first that matches an instrument counts.</param>
    /// <param name="lanes">Where measurements go.</param>
    /// <param name="clock">Says when the number of a forgotten series may be used anew.</param>
    public StreamRecorder(IReadOnlyList<StreamRule> rules, LaneBuffer lanes, TimeProvider? clock = null)
    {
        this.rules = rules;
        Lanes = lanes;
        ids = new SeriesIds(clock ?? TimeProvider.System);
        ChangedGauges = new ChangedGauges(ids);
        listener.InstrumentPublished = Listen;
        listener.MeasurementsCompleted = End;
        Take<byte>();
        Take<short>();
        Take<int>();
        Take<long>();
        Take<float>();
        Take<double>();
        Take<decimal>();
        StreamRegistry.Add(this);
    }

    /// <summary>Told of each instrument before it is streamed, by the thread that makes it.</summary>
    public Action<Instrument, MetricKind>? Listening { get; init; }

    /// <summary>The provider that the recorder belongs to, once it does.</summary>
    public Func<object?> Provider { get; init; } = () => null;

    /// <summary>Whether the SDK of the same provider leaves out what is streamed.</summary>
    public bool DropsFromSdk { get; init; }

    /// <summary>Whether the recorder has stopped listening.</summary>
    public bool IsOver => Lanes.IsClosed;

    /// <summary>Whether the pump has ended the gauges. For any thread.</summary>
    public bool HasEndedGauges => Volatile.Read(ref hasEndedGauges) != 0;

    /// <summary>Where measurements wait: entries are <see cref="StreamRecord"/>s.</summary>
    public LaneBuffer Lanes { get; }

    /// <summary>The gauges whose last value waits.</summary>
    public ChangedGauges ChangedGauges { get; }

    /// <summary>What is streamed at the moment: instruments of one identity together. For any thread.</summary>
    public IReadOnlyList<StreamInstrument> Instruments => [.. streams.Select(each => each.Stream).Distinct()];

    /// <summary>All series, also those of which nothing has arrived, and for some time those that were forgotten; with gaps. For the pump.</summary>
    public ReadOnlySpan<StreamSeries?> Series => ids.Slots;

    /// <summary>The memory of everything here, what the pump remembers of each series included. For any thread.</summary>
    public long MemoryBytes => Lanes.MemoryBytes + ids.MemoryBytes + Instruments.Sum(instrument => instrument.MemoryBytes);

    /// <summary>Begins to listen.</summary>
    public void Start() => listener.Start();

    /// <summary>The rule that says how an instrument is streamed, or <see langword="null"/> if it is not: none chooses it, or its kind is not streamed.</summary>
    public StreamRule? RuleFor(Instrument instrument) => RuleFor(rules, instrument);

    /// <inheritdoc cref="RuleFor(Instrument)"/>
    public static StreamRule? RuleFor(IReadOnlyList<StreamRule> rules, Instrument instrument)
    {
        if (InstrumentTypes.KindOf(instrument) is null || instrument.Meter.Name == ExporterMeter.Name)
        {
            return null;
        }

        foreach (var rule in rules)
        {
            if (rule.Meter.Matches(instrument.Meter.Name) && rule.Instrument.Matches(instrument.Name))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>The stream of an instrument; <see langword="null"/> if it is not streamed at the moment.</summary>
    public StreamInstrument? StreamOf(Instrument instrument)
    {
        foreach (var (streamed, stream) in streams)
        {
            if (streamed == instrument)
            {
                return stream;
            }
        }

        return null;
    }

    /// <summary>The series that a record speaks of; <see langword="null"/> if it was forgotten. For the pump.</summary>
    public StreamSeries? Find(int id) => ids.Find(id);

    /// <summary>Forgets a series that has been idle; when it comes back it is another one. For the pump.</summary>
    /// <remarks>
    /// Records of it that are on their way can be resolved for <see cref="SeriesIds.RestTime"/>. What a gauge was set to until now waits in
    /// <see cref="ChangedGauges"/>; what comes later goes to the next series of the same tags.
    /// </remarks>
    public void Forget(StreamSeries series)
    {
        if (series.Instrument.Remove(series))
        {
            ChangedGauges.AddLast(series);
            ids.Release(series);
        }
    }

    /// <summary>Says that gauges are looked at once more and never again: whoever sets one and then finds this said takes the value back. For the pump.</summary>
    public void EndGauges() => Interlocked.Exchange(ref hasEndedGauges, 1);

    /// <summary>Stops listening; what comes after is refused.</summary>
    public void Dispose()
    {
        listener.Dispose();
        Lanes.Close();
    }

    private void Take<T>()
        where T : struct =>
        listener.SetMeasurementEventCallback<T>((_, value, tags, state) => ((StreamInstrument)state!).Record(NumberBits.Of(value), tags));

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (RuleFor(instrument) is not { } rule)
        {
            return;
        }

        var kind = InstrumentTypes.KindOf(instrument)!.Value;
        Listening?.Invoke(instrument, kind);
        listener.EnableMeasurementEvents(instrument, Join(instrument, rule, kind));
    }

    /// <summary>Adds an instrument to the stream of those of its identity.</summary>
    private StreamInstrument Join(Instrument instrument, StreamRule rule, MetricKind kind)
    {
        while (true)
        {
            // Compared outside the lock, for that runs the application's code.
            var known = streams;
            var stream = known.FirstOrDefault(each => InstrumentIdentity.AreSame(each.Instrument, instrument)).Stream;
            lock (gate)
            {
                if (known == streams)
                {
                    stream?.Share();
                    stream ??= new StreamInstrument(this, instrument, rule, kind, ids);
                    streams = [.. known, (instrument, stream)];
                    return stream;
                }
            }
        }
    }

    private void End(Instrument instrument, object? state)
    {
        if (state is not StreamInstrument stream)
        {
            return;
        }

        lock (gate)
        {
            streams = [.. streams.Where(each => each.Instrument != instrument)];
            if (streams.All(each => each.Stream != stream))
            {
                stream.End();
            }
        }
    }
}
