using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Whether instruments are to be one metric: as the SDK does, by all they say of themselves and of their meters.</summary>
internal static class InstrumentIdentity
{
    /// <summary>Whether two instruments, of one meter or of two, are one metric. Runs the code of the values of the meters' tags.</summary>
    public static bool AreSame(Instrument one, Instrument other) =>
        one == other
        || (one.GetType() == other.GetType()
            && one.Name == other.Name
            && IsSame(one.Unit, other.Unit)
            && IsSame(one.Description, other.Description)
            && AreSame(one.Meter, other.Meter));

    private static bool AreSame(Meter one, Meter other)
    {
        if (one.Name != other.Name || !IsSame(one.Version, other.Version))
        {
            return false;
        }

        try
        {
            // A meter has its tags sorted.
            return (one.Tags ?? []).SequenceEqual(other.Tags ?? []);
        }
        catch (Exception)
        {
            // The thread that makes an instrument is not to learn of it; what cannot be compared is another metric.
            return false;
        }
    }

    private static bool IsSame(string? one, string? other) => (one ?? string.Empty) == (other ?? string.Empty);
}
