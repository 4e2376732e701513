using System.Runtime.CompilerServices;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Objects by which an <see cref="AddressCache"/> finds a series: those that the series has for its tags, or others that are equal.</summary>
/// <remarks>Never changes, but for a hint. For any thread.</remarks>
internal abstract class SeriesAddress(KeyValuePair<string, object?>[] tags)
{
    private const int ArrayBytes = 24;

    /// <summary>Whether it was of use so far.</summary>
    public bool WasFound { get; set; }

    protected Tags Tags => tags;

    /// <summary>The memory that the tags take, without what they refer to.</summary>
    protected int TagBytes => ArrayBytes + (tags.Length * Unsafe.SizeOf<KeyValuePair<string, object?>>());

    /// <summary>Whether these are the very same objects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(Tags others)
    {
        var own = tags;
        if (others.Length != own.Length)
        {
            return false;
        }

        for (var i = 0; i < own.Length; i++)
        {
            if (!ReferenceEquals(others[i].Value, own[i].Value) || !ReferenceEquals(others[i].Key, own[i].Key))
            {
                return false;
            }
        }

        return true;
    }
}
