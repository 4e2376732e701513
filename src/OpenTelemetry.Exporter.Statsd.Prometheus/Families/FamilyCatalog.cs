using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>Puts metrics into families, each name belonging to one family of one type.</summary>
/// <remarks>
/// Not thread-safe. A family takes the names of all its samples in every format, and in OpenMetrics that of a counter without
/// <c>_total</c>, so that a name means the same whatever format a scraper asks for. Whoever comes later to a taken name gets
/// another one (<see cref="PrometheusName.Evade"/>), and keeps it as long as the metric lives, even if that for which it gave way does not.
/// </remarks>
/// <param name="reservedNames">Names that whoever receives the families gives to its own.</param>
/// <param name="hasExtremes">Whether the smallest and the largest value of a histogram are exposed.</param>
/// <param name="given">The names that metrics have already.</param>
/// <param name="telemetry">Hears of conflicts.</param>
internal sealed class FamilyCatalog(string[] reservedNames, bool hasExtremes, GivenNames given, ExporterTelemetry telemetry)
{
    /// <summary>The type of the family that has a name, or <see langword="null"/> where a name may not be used.</summary>
    private readonly Dictionary<string, FamilyType?> names = [];

    /// <summary>The families of <paramref name="streams"/>, each by its first metric, as they come in the SDK's order. Valid until the next call.</summary>
    public List<LaidOutStream> Arrange(IReadOnlyCollection<LaidOutStream> streams, bool reservesTargetInfo)
    {
        names.Clear();
        if (reservesTargetInfo)
        {
            names.Add("target_info", null);
            names.Add("target", null);
        }

        // No metric takes away the name of one that has it and stays, even if the SDK shows it before.
        foreach (var stream in streams.OrderBy(stream => given.RankOf(stream.Shown)))
        {
            GiveName(stream);
        }

        return [.. streams.GroupBy(stream => stream.Name).Select(Link)];
    }

    /// <summary>Makes a family of metrics, and returns the first. Those that leave are last, because the first describes the others too.</summary>
    private static LaidOutStream Link(IEnumerable<LaidOutStream> members)
    {
        LaidOutStream? first = null;
        foreach (var member in members.OrderBy(member => member.Shown.IsLeaving).Reverse())
        {
            member.Next = first;
            first = member;
        }

        return first!;
    }

    private void GiveName(LaidOutStream stream)
    {
        var wanted = given.NameOf(stream.Stream) ?? stream.NaturalName;
        stream.Name = wanted;

        // Each attempt has another name, of which finitely many are taken.
        for (var attempt = 1; !TryTake(stream); attempt++)
        {
            stream.Name = PrometheusName.Evade(stream.NaturalName, stream.Stream.Kind, attempt);
        }

        given.SetName(stream.Stream, stream.Name);
        if (!ReferenceEquals(wanted, stream.Name) && !stream.Shown.IsLeaving)
        {
            telemetry.NameConflict(stream.Stream.Name, stream.Stream.MeterName, stream.Name, wanted);
        }
    }

    private bool TryTake(LaidOutStream stream)
    {
        if (names.TryGetValue(stream.Name, out var type))
        {
            return type == stream.Type;
        }

        if (reservedNames.Contains(stream.Name))
        {
            return false;
        }

        var others = OtherNames(stream);
        if (others.Exists(names.ContainsKey))
        {
            return false;
        }

        others.ForEach(name => names.Add(name, null));
        names.Add(stream.Name, stream.Type);
        return true;
    }

    private List<string> OtherNames(LaidOutStream stream)
    {
        switch (stream.Type)
        {
            case FamilyType.Counter when PrometheusName.EndsInTotal(stream.Name):
                var body = PrometheusName.WithoutTotal(stream.Name);
                return [body, $"{body}_created"];
            case FamilyType.Histogram:
                List<string> names = [$"{stream.Name}_bucket", $"{stream.Name}_sum", $"{stream.Name}_count", $"{stream.Name}_created"];
                if (hasExtremes)
                {
                    names.AddRange([$"{stream.Name}_min", $"{stream.Name}_max"]);
                }

                return names;
            default:
                return [];
        }
    }
}
