using System.Collections.ObjectModel;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter;

/// <summary>Counts by reason, as statistics show them: in the words of the tag <c>reason</c>, without reasons that there were not.</summary>
internal static class ReasonCounts
{
    public static ReadOnlyDictionary<string, long> Dropped(Func<DropReason, long> read) =>
        Of(DropReasons.Count, reason => read((DropReason)reason), reason => ((DropReason)reason).Text());

    public static ReadOnlyDictionary<string, long> Altered(Func<AlterReason, long> read) =>
        Of(AlterReasons.Count, reason => read((AlterReason)reason), reason => ((AlterReason)reason).Text());

    private static ReadOnlyDictionary<string, long> Of(int reasons, Func<int, long> read, Func<int, string> text)
    {
        Dictionary<string, long>? byReason = null;
        for (var reason = 0; reason < reasons; reason++)
        {
            if (read(reason) is > 0 and var count)
            {
                (byReason ??= []).Add(text(reason), count);
            }
        }

        return byReason is null ? ReadOnlyDictionary<string, long>.Empty : byReason.AsReadOnly();
    }
}
