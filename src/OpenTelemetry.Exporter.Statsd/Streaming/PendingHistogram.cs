namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A histogram and where its values wait, which is the <see cref="ValueArena"/>.</summary>
internal sealed class PendingHistogram(StreamSeries series) : PendingSeries(series)
{
    /// <summary>Fewer than fill a packet, but for very small ones: the first look tells how many do.</summary>
    private const ushort FirstEnough = 64;

    /// <summary>How many values wait.</summary>
    public int Values;

    /// <summary>The place of the last of them, from which the <see cref="ValueArena"/> knows the first.</summary>
    public int Last;

    /// <summary>How many of them, from the first on, are in the unit of their type already.</summary>
    public ushort Accepted;

    /// <summary>With how many of them it is worth a look whether they fill a packet.</summary>
    public ushort Enough = FirstEnough;

    /// <summary>Whether it is among the <see cref="ValueArena.Series"/>.</summary>
    public bool IsListed;

    public override bool IsWaiting => Values > 0;
}
