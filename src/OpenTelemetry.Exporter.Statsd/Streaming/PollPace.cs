namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>How long the pump rests: not at all where a lane is filling up, a millisecond while measurements come, longer and longer when none do.</summary>
/// <remarks>One owner: the pump. Nobody who records ever wakes it, so the longest rest is also the longest that a first measurement waits.</remarks>
internal sealed class PollPace
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Of the time without a measurement, what part the next rest may be: who pauses shortly is not looked at much later.</summary>
    private const int IdlePart = 8;

    private TimeSpan idle;

    /// <param name="hasCome">Whether there were measurements.</param>
    /// <param name="isFillingUp">Whether a lane has more than it should when one comes back from a rest.</param>
    public TimeSpan Next(bool hasCome, bool isFillingUp)
    {
        idle = hasCome ? TimeSpan.Zero : idle;
        var rest = idle / IdlePart;
        rest = rest < Shortest ? Shortest : rest < Longest ? rest : Longest;
        idle += rest;
        return isFillingUp ? TimeSpan.Zero : rest;
    }
}
