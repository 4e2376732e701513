using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The side of a stream that records: listens to the instruments that rules choose, and leaves each measurement in a lane, or the last of a gauge with its series.</summary>
internal sealed class StreamRecorder(IReadOnlyList<StreamRule> rules, LaneBuffer lanes) : IDisposable
{
    /// <summary>Where measurements wait.</summary>
    public LaneBuffer Lanes { get; } = lanes;

    /// <summary>The instruments that are streamed at the moment. For any thread; never the same list after a change.</summary>
    public IReadOnlyList<StreamInstrument> Instruments { get; } = rules.Count == 0 ? [] : [];

    /// <summary>Begins to listen.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>The rule that says how an instrument is streamed, or <see langword="null"/> if it is not: none chooses it, or its kind is not streamed.</summary>
    public StreamRule? RuleFor(Instrument instrument) => throw new NotImplementedException(instrument.Name);

    /// <summary>The series that a record speaks of; <see langword="null"/> if it was forgotten. For the pump.</summary>
    public StreamSeries? Find(int id) => throw new NotImplementedException($"{id}");

    /// <summary>Forgets a series that has been idle; when it comes back it is another one. For the pump.</summary>
    public void Forget(StreamSeries series) => throw new NotImplementedException($"{series.Id}");

    /// <summary>Stops listening; what comes after is refused.</summary>
    public void Dispose() => Lanes.Close();
}
