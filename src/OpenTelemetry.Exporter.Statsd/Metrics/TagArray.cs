using System.Runtime.CompilerServices;
using Tags = System.Collections.Generic.KeyValuePair<string, object?>[];

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>The SDK's own array behind <see cref="ReadOnlyTagCollection"/>, which stands for a series as long as its point lives.</summary>
internal static class TagArray
{
    /// <summary>Whether this version of the SDK has the field; if not, tags are compared one by one through the public API.</summary>
    public static readonly bool IsReadable = Probe();

    /// <summary>The array, or <see langword="null"/> of a point without tags. Only while <see cref="IsReadable"/>.</summary>
    public static Tags? Of(ref ReadOnlyTagCollection tags) => Field(ref tags);

    private static bool Probe()
    {
        try
        {
            var tags = default(ReadOnlyTagCollection);
            return Field(ref tags) is null;
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "KeyAndValues")]
    private static extern ref Tags? Field(ref ReadOnlyTagCollection tags);
}
