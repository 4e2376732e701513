using System.Collections.Frozen;

namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Which attributes are exposed, by their keys.</summary>
/// <remarks>
/// Never changes; may be used by any thread. Keys are compared by ordinal and as they were recorded: how they are spelled as labels
/// depends on the scraper, and what hides an attribute must not.
/// </remarks>
/// <param name="allowed">The only keys to show; <see langword="null"/> for all.</param>
/// <param name="excluded">Keys not to show, even if allowed; <see langword="null"/> for none.</param>
internal sealed class AttributeFilter(IEnumerable<string>? allowed, IEnumerable<string>? excluded)
{
    /// <summary>The SDK's mark on the series of all that is beyond a cardinality limit. Without it that would look like any other.</summary>
    private const string Overflow = "otel.metric.overflow";

    private readonly KeySet? allowed = allowed is null ? null : new KeySet(allowed);
    private readonly KeySet? excluded = excluded is null ? null : new KeySet(excluded);

    /// <summary>Whether an attribute of a measurement, an exemplar or a meter is shown. The mark of the overflow need not be allowed.</summary>
    public bool ShowsAttribute(string key) => (allowed?.Contains(key) != false || key == Overflow) && ShowsResourceAttribute(key);

    /// <summary>Whether an attribute of the resource is shown: what is allowed does not apply to it.</summary>
    public bool ShowsResourceAttribute(string key) => excluded?.Contains(key) != true;

    /// <summary>Keys, and beginnings of keys, which end in <c>*</c>.</summary>
    private sealed class KeySet(IEnumerable<string> patterns)
    {
        private readonly FrozenSet<string> keys =
            patterns.Where(pattern => !pattern.EndsWith('*')).ToFrozenSet(StringComparer.Ordinal);

        private readonly string[] beginnings = [.. patterns.Where(pattern => pattern.EndsWith('*')).Select(pattern => pattern[..^1])];

        public bool Contains(string key)
        {
            if (keys.Contains(key))
            {
                return true;
            }

            foreach (var beginning in beginnings)
            {
                if (key.StartsWith(beginning, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
