namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>The values of one collection, which any number of responses may be written from, in any format.</summary>
/// <remarks>
/// Written by <see cref="Collector"/>, then read-only until whoever owns it lets it be written again. What is written before the
/// collection is published, and what is read before it is given back, is ordered by those who do that. Keeps its memory, so that
/// reuse allocates nothing.
/// </remarks>
internal sealed class Snapshot
{
    private readonly List<StreamValues> values = [];

    /// <summary>The metrics and series that the values are of.</summary>
    public Structure Structure { get; private set; } = Structure.Empty;

    /// <summary>The values of the metric of that number in <see cref="Structure"/>.</summary>
    public StreamValues this[int stream] => values[stream];

    /// <summary>Where to put the values of the metric of that number; called in ascending order.</summary>
    public StreamValues Prepare(int stream)
    {
        if (stream == values.Count)
        {
            values.Add(new StreamValues());
        }

        values[stream].Reset();
        return values[stream];
    }

    /// <summary>Ends the collection.</summary>
    public void Complete(Structure structure)
    {
        Structure = structure;
        var used = structure.Streams.Length;
        values.RemoveRange(used, values.Count - used);
    }
}
