namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Whether a <see cref="LaneBuffer"/> is closed; and its identity, for threads that outlive it.</summary>
/// <remarks>
/// Any thread, any member. A thread remembers the gate instead of the buffer, so that the memory of a buffer nobody uses any
/// more is not kept by the statics of threads that once did.
/// </remarks>
internal sealed class LaneGate
{
    private bool closed;
    private bool isSealed;

    /// <summary>Whether appends are refused.</summary>
    public bool IsClosed => Volatile.Read(ref closed);

    /// <summary>Whether every append that was not refused can be seen: <see cref="Close"/> has got past its fence.</summary>
    public bool IsSealed => Volatile.Read(ref isSealed);

    /// <summary>Closes, and makes sure that no append begins unseen after this has returned.</summary>
    /// <remarks>
    /// A producer marks its lane open and then asks <see cref="IsClosed"/>; whoever closes does the opposite. Each side needs a
    /// full fence between its write and its read, or both may miss the other: this one raises it on all processors, so that
    /// the producers have none to pay for.
    /// </remarks>
    public void Close()
    {
        Volatile.Write(ref closed, true);
        Interlocked.MemoryBarrierProcessWide();
        Volatile.Write(ref isSealed, true);
    }
}
