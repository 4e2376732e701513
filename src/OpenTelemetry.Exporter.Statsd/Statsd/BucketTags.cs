using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Adds the tag <c>upper_bound</c> to the tags of a series or, where there are no tags, the bound to the name.</summary>
/// <param name="profile">Whose dialect the tags are in.</param>
/// <param name="suffix">What follows the tags of every series.</param>
/// <remarks>One owner at a time, for its scratch memory.</remarks>
internal sealed class BucketTags(ReceiverProfile profile, byte[] suffix)
{
    private byte[] scratch = [];

    /// <summary>The key of the tag, which no other tag has.</summary>
    public static ReadOnlySpan<byte> Key => "upper_bound"u8;

    /// <param name="fragment">The tags of a series, then the suffix.</param>
    /// <param name="upperBound">Of the bucket.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> With(ReadOnlySpan<byte> fragment, double upperBound)
    {
        const int MaxAddedBytes = 32 + Utf8Number.MaxDoubleBytes;
        Debug.Assert(fragment.EndsWith(suffix), "Every series ends in the suffix.");
        if (scratch.Length < fragment.Length + MaxAddedBytes)
        {
            scratch = new byte[fragment.Length + MaxAddedBytes];
        }

        var tags = fragment[..^suffix.Length];
        tags.CopyTo(scratch);
        var written = tags.Length;
        if (profile.Tags is { } dialect)
        {
            written += WriteTagKey(scratch.AsSpan(written), dialect, isFirst: tags.Length == 0);
            written += WriteBound(scratch.AsSpan(written), upperBound);
        }
        else
        {
            scratch[written++] = (byte)'.';
            var length = WriteBound(scratch.AsSpan(written), upperBound);

            // A dot would begin another level of the name.
            scratch.AsSpan(written, length).Replace((byte)'.', (byte)'_');
            written += length;
        }

        suffix.CopyTo(scratch, written);
        return scratch.AsSpan(0, written + suffix.Length);
    }

    private static int WriteTagKey(Span<byte> destination, TagDialect dialect, bool isFirst)
    {
        var written = 0;
        if (isFirst)
        {
            foreach (var c in dialect.Opening)
            {
                destination[written++] = (byte)c;
            }
        }
        else
        {
            destination[written++] = (byte)dialect.Separator;
        }

        Key.CopyTo(destination[written..]);
        written += Key.Length;
        destination[written++] = (byte)dialect.Assignment;
        return written;
    }

    private static int WriteBound(Span<byte> destination, double upperBound)
    {
        if (double.IsPositiveInfinity(upperBound))
        {
            "inf"u8.CopyTo(destination);
            return 3;
        }

        // Text to every receiver, so an exponent is no harm; but a plus sign is, to those that know few characters.
        var fits = Utf8Number.TryWrite(destination, upperBound, out var written);
        Debug.Assert(fits, "The scratch memory has room for the longest number.");
        var plus = destination[..written].IndexOf((byte)'+');
        if (plus >= 0)
        {
            destination[(plus + 1)..written].CopyTo(destination[plus..]);
            written--;
        }

        return written;
    }
}
