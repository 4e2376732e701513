using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Which tags belong to one series: the same keys with equal values, in any order but among those of the same key.</summary>
/// <remarks>
/// <para>Asking runs code of the values, which may do anything.</para>
/// <para>The SDK sorts tags by key, keeps those of the same key in their order, and compares values by <see cref="object.Equals(object?)"/>.</para>
/// </remarks>
internal static class TagsComparer
{
    public static bool AreEqual(Tags tags, Tags others)
    {
        if (tags.Length != others.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (!IsSame(tags[i].Key, others[i].Key))
            {
                return AreEqualInAnotherOrder(tags, others);
            }

            if (!Equals(tags[i].Value, others[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A tag without a key, such as an array has by default, is one whose key is empty.</summary>
    private static bool IsSame(string? one, string? other) => (one ?? string.Empty) == (other ?? string.Empty);

    private static bool AreEqualInAnotherOrder(Tags tags, Tags others)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            var key = tags[i].Key;
            var place = IndexOf(others, key, CountOf(tags[..i], key));
            if (place < 0 || !Equals(tags[i].Value, others[place].Value))
            {
                return false;
            }
        }

        return true;
    }

    private static int CountOf(Tags tags, string? key)
    {
        var count = 0;
        foreach (ref readonly var tag in tags)
        {
            count += IsSame(tag.Key, key) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Where a key is that comes after so many of the same.</summary>
    private static int IndexOf(Tags tags, string? key, int before)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            if (IsSame(tags[i].Key, key) && before-- == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
