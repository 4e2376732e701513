using System.Text;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>Metrics that are exposed under one name, with everything about them that stays the same from scrape to scrape.</summary>
/// <remarks>Immutable.</remarks>
/// <param name="name">The name of its samples, but for what a sample of a histogram adds to it.</param>
/// <param name="type">The type.</param>
/// <param name="help">The help text, not escaped.</param>
/// <param name="unit">The unit as the name has it; empty if there is none.</param>
/// <param name="members">The metrics, in the SDK's order, but those that leave last.</param>
internal sealed class Family(string name, FamilyType type, string help, string unit, FamilyMember[] members)
{
    public FamilyType Type { get; } = type;

    /// <summary>In UTF-8, not escaped.</summary>
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>What OpenMetrics calls the family: the name, without the <c>_total</c> of a counter.</summary>
    public byte[] BaseName { get; } = Encoding.UTF8.GetBytes(BaseNameOf(name, type));

    /// <summary>Whether the name can stand without quotes.</summary>
    public bool IsClassic { get; } = NameEscaper.IsClassicMetric(name);

    public byte[] Help { get; } = Encoding.UTF8.GetBytes(help);

    /// <summary>The unit, if the name, but for the <c>_total</c> of a counter, ends in it, escaped or not; else empty.</summary>
    public byte[] Unit { get; } = Encoding.UTF8.GetBytes(HasUnit(name, type, unit) ? unit : string.Empty);

    public FamilyMember[] Members { get; } = members;

    /// <summary>Whether a total or a sum of any of the metrics had been negative or NaN, for which OpenMetrics has no place.</summary>
    public bool IsIrregular { get; } = members.Any(member => member.IsIrregular);

    private static bool HasUnit(string name, FamilyType type, string unit) =>
        unit.Length > 0 && EndsIn(name, type == FamilyType.Counter && PrometheusName.EndsInTotal(name) ? $"_{unit}_total" : $"_{unit}");

    /// <summary>Whether a name ends in what consists of letters, digits and underscores, which escaping leaves alone or doubles.</summary>
    private static bool EndsIn(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal)
            || name.EndsWith(suffix.Replace("_", "__", StringComparison.Ordinal), StringComparison.Ordinal);

    private static string BaseNameOf(string name, FamilyType type) => type == FamilyType.Counter ? PrometheusName.WithoutTotal(name) : name;
}

/// <summary>A metric of a family.</summary>
/// <param name="Stream">The metric.</param>
/// <param name="Index">Its number in the structure, hence in a snapshot.</param>
/// <param name="Labels">The labels of each of its series, encoded.</param>
/// <param name="LabelBytes">How long they are, all together.</param>
/// <param name="IsIrregular">Whether a total or a sum of it had been negative or NaN.</param>
internal readonly record struct FamilyMember(MetricStream Stream, int Index, byte[][] Labels, long LabelBytes, bool IsIrregular);
