namespace TestSupport;

/// <summary>A datagram that its receiver would reject, misread or rewrite.</summary>
/// <param name="reason">What is wrong with it.</param>
/// <param name="line">The offending line, or the whole datagram where it has no lines.</param>
public sealed class MalformedLineException(string reason, string line) : Exception($"{reason}: \"{line}\"")
{
    /// <summary>Gets what is wrong, without the line.</summary>
    public string Reason { get; } = reason;

    /// <summary>Gets the offending line.</summary>
    public string Line { get; } = line;
}
