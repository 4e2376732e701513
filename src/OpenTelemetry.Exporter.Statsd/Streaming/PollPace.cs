namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>How long the pump rests: not at all where a lane is filling up, a millisecond while measurements come, longer and longer when none do.</summary>
/// <remarks>One owner: the pump. Nobody who records ever wakes it, so the longest rest is also the longest that a first measurement waits.</remarks>
internal sealed class PollPace
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private TimeSpan rest = Shortest;

    /// <param name="hasCome">Whether there were measurements.</param>
    /// <param name="isFillingUp">Whether a lane has more than it should when one comes back from a rest.</param>
    public TimeSpan Next(bool hasCome, bool isFillingUp)
    {
        rest = hasCome ? Shortest : rest * 2 < Longest ? rest * 2 : Longest;
        return isFillingUp ? TimeSpan.Zero : rest;
    }
}
