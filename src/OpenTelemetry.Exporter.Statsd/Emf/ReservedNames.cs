namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Names of members that mean something to whoever reads documents, or that are taken.</summary>
/// <remarks>Stateless.</remarks>
internal static class ReservedNames
{
    /// <summary>The metadata, and what version 0 of the format had in its place; the CloudWatch agent does not mind the case.</summary>
    private static readonly string[] Metadata = ["_aws", "CloudWatchMetrics", "log_group_name", "log_stream_name"];

    public static bool Contains(string name) => Array.Exists(Metadata, each => each.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A name that is neither reserved nor taken: <paramref name="name"/>, or that with <paramref name="suffix"/> after it, as often as it takes.</summary>
    /// <param name="name">The name wanted; may be empty, which is not free.</param>
    /// <param name="taken">Names that are taken.</param>
    /// <param name="suffix">What makes a name another.</param>
    /// <param name="maxLength">The length that a suffix does not bring it beyond.</param>
    public static string FreeName(string name, IReadOnlyCollection<string> taken, string suffix, int maxLength)
    {
        var free = name;
        for (var times = 1; free.Length == 0 || Contains(free) || taken.Contains(free); times++)
        {
            var end = string.Concat(Enumerable.Repeat(suffix, times));
            free = string.Concat(name.AsSpan(0, Math.Clamp(maxLength - end.Length, 0, name.Length)), end);
        }

        return free;
    }
}
