namespace TestSupport;

/// <summary>What a receiver is like, beyond where it listens.</summary>
public sealed record ReceiverOptions
{
    /// <summary>Gets the receive buffer asked of the kernel, in bytes; null leaves its default. Unix sockets have none.</summary>
    public int? ReceiveBufferBytes { get; init; } = 4 << 20;

    /// <summary>Gets how long the reading thread is busy with each payload, as a receiver with a single thread is.</summary>
    public TimeSpan TimePerPayload { get; init; }

    /// <summary>Gets what adds the payloads up in place of keeping them; null keeps them.</summary>
    public CountingSink? Sink { get; init; }

    /// <summary>
    /// Gets whether line feeds at the end of a payload are left out, and payloads of nothing else altogether: to a StatsD server they are
    /// empty lines, which fill packets up or ask whether anybody listens.
    /// </summary>
    public bool SkipsEmptyLines { get; init; } = true;
}
