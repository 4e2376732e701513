using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>What an exporter exposes, whatever the format.</summary>
/// <param name="Naming">How it makes names.</param>
/// <param name="Attributes">The attributes to expose.</param>
/// <param name="ResourceConstantLabels">Which resource attributes become labels of every sample; <see langword="null"/> for none.</param>
/// <param name="ReservedLabels">Labels that whoever receives the series sets, so that those of the same names have to be renamed.</param>
/// <param name="ReservedNames">Families that whoever receives the series has of its own, in place of any of that name.</param>
/// <param name="HasScope">Whether each sample names its meter.</param>
/// <param name="HasTarget">Whether the resource is exposed as <c>target_info</c>.</param>
/// <param name="HasExtremes">Whether the smallest and the largest value of a histogram are exposed.</param>
internal sealed record FamilySettings(
    NamingSettings Naming,
    AttributeFilter Attributes,
    Func<string, bool>? ResourceConstantLabels,
    string[] ReservedLabels,
    string[] ReservedNames,
    bool HasScope,
    bool HasTarget,
    bool HasExtremes)
{
    /// <summary>The attributes of <paramref name="resource"/> that are labels of every sample. The application is asked.</summary>
    public KeyValuePair<string, object>[] ChooseConstants(Resource resource) => ResourceConstantLabels is { } isConstant
        ? [.. resource.Attributes.Where(attribute => Attributes.ShowsResourceAttribute(attribute.Key) && isConstant(attribute.Key))]
        : [];
}
