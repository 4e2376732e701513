namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Whether a streamed instrument is over: for those who ask long afterwards, and are not to keep all else of it in memory.</summary>
/// <remarks>For any thread. Once over, over for good.</remarks>
internal sealed class StreamLifetime
{
    private bool isOver;

    public bool IsOver => Volatile.Read(ref isOver);

    public void End() => Volatile.Write(ref isOver, true);
}
