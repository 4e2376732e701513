using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Which attributes are dimensions, and in which sets; never changed.</summary>
/// <param name="Included">Attributes that are, unless they are <paramref name="Excluded"/>; all others stay members.</param>
/// <param name="Excluded">Attributes that are not.</param>
/// <param name="Sets">For some metrics, sets in place of the one that holds all dimensions; the first that matches counts.</param>
internal sealed record DimensionRules(IReadOnlyList<NamePattern> Included, IReadOnlyList<NamePattern> Excluded, IReadOnlyList<DimensionSetRule> Sets)
{
    /// <summary>Whether an attribute is a dimension where there is one set of all.</summary>
    public bool IsDimension(string attribute) =>
        Included.Any(pattern => pattern.Matches(attribute)) && !Excluded.Any(pattern => pattern.Matches(attribute));

    /// <summary>The sets for a metric; <see langword="null"/> if it is the one of all dimensions.</summary>
    public DimensionSetRule? For(string metric) => Sets.FirstOrDefault(rule => rule.Metrics.Matches(metric));
}
