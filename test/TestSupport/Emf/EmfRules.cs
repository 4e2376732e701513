namespace TestSupport;

/// <summary>What a document has to keep to beyond the format: where it goes, and when.</summary>
public sealed record EmfRules
{
    /// <summary>The most that a UDP datagram carries over IPv4.</summary>
    public const int LargestDatagram = 65_507;

    /// <summary>The longest line that the CloudWatch agent passes on as it is; it cuts a longer one off.</summary>
    public const int LongestLine = 262_118;

    /// <summary>Gets the most bytes.</summary>
    public int MaxBytes { get; init; } = LongestLine;

    /// <summary>Gets whether a log group and a log stream have to be named: without them the agent drops the document.</summary>
    public bool RequiresLogNames { get; init; } = true;

    /// <summary>Gets what a sum may lie outside of what the smallest and the largest value allow, as a part of it: who records adds up in an order of its own.</summary>
    public double SumTolerance { get; init; } = 1e-9;

    /// <summary>Gets the time by which the document's own is judged.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow;
}
