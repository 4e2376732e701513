using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes the tags of a series in a receiver's dialect, sanitised, each key once.</summary>
/// <remarks>
/// <para>Of two attributes with the same key the later one counts. Two keys that become the same by sanitising stay two
/// tags, the later one as <c>key_2</c>. A constant tag gives way to an attribute of the same key. A value without text
/// (<see langword="null"/> or empty) becomes <c>n/a</c>; a key that does not begin with a letter that the receiver carries, or that
/// has, once sanitised, a meaning to the receiver or is one of the exporter's own, gets the prefix <c>otel.</c></para>
/// <para>One owner at a time, for its scratch memory.</para>
/// </remarks>
internal sealed class TagEncoder(ReceiverProfile profile)
{
    /// <summary>The key under which a stream carries its meter's name.</summary>
    public const string ScopeName = "otel.scope.name";

    /// <summary>The key under which a stream carries its meter's version.</summary>
    public const string ScopeVersion = "otel.scope.version";

    private const string NoValue = "n/a";
    private readonly int maxKeyBytes = profile.MaxTagBytes / 2;
    private readonly byte[] scopeName = OwnKey(profile, ScopeName);
    private readonly byte[] scopeVersion = OwnKey(profile, ScopeVersion);
    private readonly List<Range> keys = [];

    /// <summary>The bytes that <see cref="Write"/> may need at the most.</summary>
    public int MaxBytes(int attributes, ReadOnlySpan<EncodedTag> constants)
    {
        // A key may grow by an ordinal; opening and separators take two bytes at the most.
        var bytes = attributes * (profile.MaxTagBytes + 16);
        foreach (var constant in constants)
        {
            bytes += constant.Key.Length + constant.Value.Length + 4;
        }

        return bytes + 4;
    }

    /// <summary>Sanitises a tag that the configuration sets. Its key may be one that the receiver acts on.</summary>
    public EncodedTag Encode(string key, string value)
    {
        Span<byte> buffer = stackalloc byte[profile.MaxTagBytes];
        var written = WriteKey(buffer, key);
        return EncodeOwn(IsOwn(buffer[..written]) ? NameEncoder.Guard + key : key, value);
    }

    /// <summary>Sanitises a tag of the exporter's own.</summary>
    public EncodedTag EncodeOwn(string key, string value)
    {
        Span<byte> buffer = stackalloc byte[profile.MaxTagBytes];
        var keyBytes = buffer[..WriteKey(buffer, key)].ToArray();
        var valueBytes = buffer[..WriteValue(buffer, value, profile.MaxTagBytes - keyBytes.Length - 1)].ToArray();
        return new EncodedTag(keyBytes, valueBytes);
    }

    /// <summary>Writes attributes, then constants, with the dialect's opening; nothing if there are none or the receiver has no tags.</summary>
    /// <param name="destination">Holds <see cref="MaxBytes"/>.</param>
    /// <param name="attributes">As the SDK stores them.</param>
    /// <param name="constants">The tags that all series of the stream share.</param>
    /// <returns>The number of bytes written.</returns>
    public int Write(Span<byte> destination, ReadOnlySpan<KeyValuePair<string, object?>> attributes, ReadOnlySpan<EncodedTag> constants)
    {
        if (profile.Tags is not { } dialect)
        {
            return 0;
        }

        keys.Clear();
        var written = 0;
        for (var i = 0; i < attributes.Length; i++)
        {
            if (HasLater(attributes, i))
            {
                continue;
            }

            var start = WriteSeparator(destination, ref written, dialect);
            written += WriteAttributeKey(destination[written..], attributes[i].Key);
            written += WriteOrdinal(destination, start, written);
            var key = start..written;
            keys.Add(key);
            destination[written++] = (byte)dialect.Assignment;
            written += WriteValue(destination[written..], AttributeText.Of(attributes[i].Value), profile.MaxTagBytes - (written - start));
        }

        foreach (var constant in constants)
        {
            if (!IsWritten(destination, constant.Key))
            {
                var start = WriteSeparator(destination, ref written, dialect);
                constant.Key.CopyTo(destination[written..]);
                written += constant.Key.Length;
                keys.Add(start..written);
                destination[written++] = (byte)dialect.Assignment;
                constant.Value.CopyTo(destination[written..]);
                written += constant.Value.Length;
            }
        }

        return written;
    }

    private static bool HasLater(ReadOnlySpan<KeyValuePair<string, object?>> attributes, int index)
    {
        foreach (ref readonly var later in attributes[(index + 1)..])
        {
            if (later.Key == attributes[index].Key)
            {
                return true;
            }
        }

        return false;
    }

    private static int WriteSeparator(Span<byte> destination, ref int written, TagDialect dialect)
    {
        if (written > 0)
        {
            destination[written++] = (byte)dialect.Separator;
            return written;
        }

        foreach (var c in dialect.Opening)
        {
            destination[written++] = (byte)c;
        }

        return written;
    }

    private int WriteAttributeKey(Span<byte> destination, string key)
    {
        Rune.DecodeFromUtf16(key, out var first, out _);
        if (Rune.IsLetter(first) && profile.KeyAlphabet.Contains(first))
        {
            var written = WriteKey(destination, key);
            if (!IsReserved(destination[..written], key))
            {
                return written;
            }
        }

        return WriteKey(destination, NameEncoder.Guard + key);
    }

    private bool IsReserved(ReadOnlySpan<byte> written, string key) =>
        IsOwn(written) || profile.IsReserved(Ascii.Equals(written, key) ? key : Encoding.UTF8.GetString(written));

    /// <summary>Whether the exporter writes a tag of this key itself, to tell series apart.</summary>
    private bool IsOwn(ReadOnlySpan<byte> written) =>
        written.SequenceEqual(BucketTags.Key) || written.SequenceEqual(scopeName) || written.SequenceEqual(scopeVersion);

    private static byte[] OwnKey(ReceiverProfile profile, string key)
    {
        Span<byte> buffer = stackalloc byte[profile.MaxTagBytes];
        return buffer[..Sanitizer.Write(buffer, key, profile.KeyAlphabet, profile.MaxTagBytes / 2)].ToArray();
    }

    private int WriteKey(Span<byte> destination, string key) =>
        Sanitizer.Write(destination, key, profile.KeyAlphabet, maxKeyBytes);

    private int WriteOrdinal(Span<byte> destination, int start, int end)
    {
        var written = 0;
        for (var ordinal = 2; IsWritten(destination, destination[start..(end + written)]); ordinal++)
        {
            destination[end] = (byte)'_';
            ordinal.TryFormat(destination[(end + 1)..], out written, provider: CultureInfo.InvariantCulture);
            written++;
        }

        return written;
    }

    private bool IsWritten(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> key)
    {
        foreach (var range in keys)
        {
            if (destination[range].SequenceEqual(key))
            {
                return true;
            }
        }

        return false;
    }

    private int WriteValue(Span<byte> destination, string value, int maxBytes)
    {
        Debug.Assert(maxBytes >= 16, "A key takes half of a tag at the most.");
        var written = Sanitizer.Write(destination, value.Length == 0 ? NoValue : value, profile.ValueAlphabet, maxBytes);
        if (profile.TrimsTrailingColon && destination[written - 1] == (byte)':')
        {
            destination[written - 1] = (byte)'_';
        }

        return written;
    }
}
