using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Encodes the names that a stream writes under and keeps two streams with one name apart.</summary>
/// <remarks>
/// <para>A receiver knows a series by its name and tags, so of two streams with one name it would mix up the values. The
/// first to be exported keeps the name. A later one that differs in kind or unit gets that as a suffix
/// (<c>queue.gauge</c>, <c>size.kilobytes</c>); one of the same kind and unit from another meter keeps the name and has to
/// carry its meter's name as a tag or, where there are no tags, gets it as a suffix. One that differs in nothing but what
/// sanitising takes from its name gets an ordinal (<c>a_b.2</c>), which is also what follows a suffix that is taken.</para>
/// <para>One owner at a time. Grows with the number of distinct names.</para>
/// </remarks>
internal sealed class StreamNames(ReceiverProfile profile, string prefix)
{
    private readonly Dictionary<string, StreamIdentity> owners = new(StringComparer.Ordinal);

    /// <summary>Claims the names that a stream writes under.</summary>
    /// <param name="name">The stream's own name.</param>
    /// <param name="suffixes">What it appends to it, one for each line of a point.</param>
    /// <param name="identity">What the stream is.</param>
    /// <param name="needsScopeTags">Whether the stream's series have to carry the meter's name.</param>
    /// <returns>A name for each suffix, sanitised.</returns>
    public byte[][] Claim(string name, ReadOnlySpan<string> suffixes, StreamIdentity identity, out bool needsScopeTags)
    {
        needsScopeTags = false;
        var encoded = Encode(name, suffixes);
        for (var attempt = 1; FindConflict(encoded, identity) is { } owner; attempt++)
        {
            if (profile.Tags is not null && identity.IsTwinOfOtherMeter(owner))
            {
                needsScopeTags = true;
                return encoded;
            }

            encoded = Encode(Distinct(name, owner, identity, attempt), suffixes);
        }

        foreach (var each in encoded)
        {
            owners[Encoding.UTF8.GetString(each)] = identity;
        }

        return encoded;
    }

    private static string Distinct(string name, StreamIdentity owner, StreamIdentity later, int attempt)
    {
        var difference = owner.Kind != later.Kind ? later.Kind
            : owner.Unit != later.Unit ? later.Unit.Length > 0 ? later.Unit : "unitless"
            : owner.IsOfMeterOf(later) ? null
            : later.Meter;
        return difference is null ? $"{name}.{attempt + 1}"
            : attempt == 1 ? $"{name}.{difference}"
            : $"{name}.{difference}.{attempt}";
    }

    private byte[][] Encode(string name, ReadOnlySpan<string> suffixes)
    {
        var encoded = new byte[suffixes.Length][];
        for (var i = 0; i < suffixes.Length; i++)
        {
            encoded[i] = NameEncoder.Encode(profile, prefix, name, suffixes[i]);
        }

        return encoded;
    }

    private StreamIdentity? FindConflict(byte[][] names, StreamIdentity identity)
    {
        foreach (var name in names)
        {
            if (owners.TryGetValue(Encoding.UTF8.GetString(name), out var owner) && owner != identity)
            {
                return owner;
            }
        }

        return null;
    }
}
