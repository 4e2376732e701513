using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>The keys and values of a series, one after another, which stand for it where <see cref="TagArray"/> cannot be read.</summary>
/// <remarks>Compared by reference: the SDK shows the same objects as long as a series stays active.</remarks>
internal sealed class TagReferences : IEqualityComparer<object>
{
    public static readonly TagReferences Comparer = new();

    private TagReferences()
    {
    }

    public static object?[] Of(in ReadOnlyTagCollection tags)
    {
        var references = new object?[2 * tags.Count];
        var i = 0;
        foreach (var tag in tags)
        {
            references[i++] = tag.Key;
            references[i++] = tag.Value;
        }

        return references;
    }

    public static bool IsSame(object?[] references, in ReadOnlyTagCollection tags)
    {
        if (references.Length != 2 * tags.Count)
        {
            return false;
        }

        var i = 0;
        foreach (var tag in tags)
        {
            if (!ReferenceEquals(references[i], tag.Key) || !ReferenceEquals(references[i + 1], tag.Value))
            {
                return false;
            }

            i += 2;
        }

        return true;
    }

    bool IEqualityComparer<object>.Equals(object? x, object? y) =>
        ((object?[])x!).AsSpan().SequenceEqual((object?[])y!, ReferenceEqualityComparer.Instance);

    int IEqualityComparer<object>.GetHashCode(object references)
    {
        var hash = default(HashCode);
        foreach (var reference in (object?[])references)
        {
            hash.Add(RuntimeHelpers.GetHashCode(reference));
        }

        return hash.ToHashCode();
    }
}
