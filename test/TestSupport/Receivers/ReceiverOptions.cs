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

    /// <summary>
    /// Gets whether payloads are cut out as the CloudWatch agent does. From a datagram it trims control characters at the end, from a line a carriage
    /// return. A line that a connection ends in is a payload, too, finished or not. A line of <see cref="LongestAgentLine"/> bytes or more ends the connection.
    /// </summary>
    public bool ReadsAsCloudWatchAgent { get; init; }

    /// <summary>How many bytes of a line the CloudWatch agent gives up at.</summary>
    internal const int LongestAgentLine = 1 << 20;
}
