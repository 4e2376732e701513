using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Encodes the names that a stream writes under and keeps two streams with one name apart.</summary>
/// <remarks>
/// <para>A receiver knows a series by its name and tags, so of two streams with one name it would mix up the values. The
/// first to be exported keeps the name. A later one that differs in kind or unit gets that as a suffix
/// (<c>queue.gauge</c>, <c>size.kilobytes</c>); one of the same kind and unit from another meter keeps the name and has to
/// carry its meter's name and version as tags or, where there are no tags, gets the meter's name as a suffix. Where neither
/// tells them apart an ordinal does (<c>a_b.2</c>): names that sanitising makes the same, streams that differ in
/// description, number type, the type of a histogram's values or the meter's tags, views that give one name twice, suffixes
/// that are taken.</para>
/// <para>A name stays with its stream, heard of or not, until the meter is disposed of, and then waits for a stream of the same
/// identity: a meter made anew has the names that it had. Of an SDK that does not tell what was disposed of, a stream
/// counts as live until it is garbage.</para>
/// <para>One caller at a time. Grows with the number of distinct names.</para>
/// </remarks>
/// <param name="profile">The receiver.</param>
/// <param name="prefix">What all names begin with.</param>
/// <param name="includesScope">Whether all streams carry their meter's name and version as tags.</param>
internal sealed class StreamNames(ReceiverProfile profile, string prefix, bool includesScope)
{
    private const string NoScope = "";

    /// <summary>By name as written. Claims to one name agree in kind and unit, and differ in scope.</summary>
    private readonly Dictionary<string, List<Claim>> claims = new(StringComparer.Ordinal);

    private readonly Dictionary<string, HashSet<string>> namesBelowBuckets = new(StringComparer.Ordinal);

    /// <summary>Claims the names that a stream writes under.</summary>
    /// <param name="identity">What the stream is.</param>
    /// <param name="isOver">Whether it has come to its end, so that another one of its identity may have its names.</param>
    /// <param name="scope">The meter's name and version as the tags have them.</param>
    /// <param name="suffixes">What the stream appends to its name, one for each line of a point.</param>
    /// <param name="carriesScope">Whether the stream's series have to carry these tags.</param>
    /// <returns>A name for each suffix, sanitised.</returns>
    public byte[][] Acquire(StreamIdentity identity, Func<bool> isOver, string scope, ReadOnlySpan<string> suffixes, out bool carriesScope)
    {
        carriesScope = includesScope && profile.Tags is not null;
        var differences = new List<string>();
        var (stem, ordinal) = (identity.Name, 1);
        while (true)
        {
            var names = Encode(ordinal == 1 ? stem : $"{stem}.{ordinal}", suffixes);
            var owner = FindOwner(names, new Claim(identity, isOver, carriesScope ? scope : NoScope));
            if (owner is not null && profile.Tags is not null && !carriesScope && owner.IsComparable(identity) && !owner.IsOfMeterOf(identity))
            {
                owner = FindOwner(names, new Claim(identity, isOver, scope));
                carriesScope = owner is null;
            }

            if (owner is null)
            {
                Add(names, new Claim(identity, isOver, carriesScope ? scope : NoScope));
                return names;
            }

            if (Difference(owner, identity) is { } difference && !differences.Contains(difference))
            {
                differences.Add(difference);
                (stem, ordinal) = ($"{stem}.{difference}", 1);
            }
            else
            {
                ordinal++;
            }
        }
    }

    /// <summary>What tells the later of two streams from the owner of its name.</summary>
    private string? Difference(StreamIdentity owner, StreamIdentity later) =>
        owner.Kind != later.Kind ? WordFor(later.Kind)
        : owner.Unit != later.Unit ? later.Unit.Length > 0 ? later.Unit : "unitless"
        : profile.Tags is null && !owner.IsOfMeterOf(later) ? later.Meter
        : null;

    private static string WordFor(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.UpDownCounter => "updowncounter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private byte[][] Encode(string name, ReadOnlySpan<string> suffixes)
    {
        var encoded = new byte[suffixes.Length][];
        for (var i = 0; i < suffixes.Length; i++)
        {
            encoded[i] = NameEncoder.Encode(profile, prefix, name, suffixes[i]);
        }

        return encoded;
    }

    /// <summary>The stream that one with such a claim would be mixed up with.</summary>
    private StreamIdentity? FindOwner(byte[][] names, Claim later)
    {
        foreach (var name in names)
        {
            var owner = ClaimsAgainst(Encoding.UTF8.GetString(name), later.Identity).FirstOrDefault(claim => !claim.Admits(later));
            if (owner is not null)
            {
                return owner.Identity;
            }
        }

        return null;
    }

    /// <summary>The claims to a name and, where a bucket's bound is a level of the name, those above and below it.</summary>
    private IEnumerable<Claim> ClaimsAgainst(string name, StreamIdentity identity)
    {
        var same = claims.GetValueOrDefault(name, []);
        if (profile.Tags is not null)
        {
            return same;
        }

        // Only a histogram writes bounds below a name, and only its own count beside them.
        return same.Concat(identity.Kind == MetricKind.Histogram
            ? namesBelowBuckets.GetValueOrDefault(name, []).SelectMany(other => claims[other]).Where(claim => claim.Identity.Kind != MetricKind.Histogram)
            : claims.GetValueOrDefault(BucketAbove(name) ?? string.Empty, []).Where(claim => claim.Identity.Kind == MetricKind.Histogram));
    }

    /// <summary>The name that <paramref name="name"/> would be a bucket of.</summary>
    private static string? BucketAbove(string name)
    {
        var above = name[..Math.Max(name.LastIndexOf('.'), 0)];
        return above.EndsWith(".bucket", StringComparison.Ordinal) ? above : null;
    }

    private void Add(byte[][] names, Claim claim)
    {
        foreach (var name in names)
        {
            var text = Encoding.UTF8.GetString(name);
            var others = claims.GetValueOrDefault(text, []);
            others.RemoveAll(other => other.Scope == claim.Scope);
            others.Add(claim);
            claims[text] = others;
            if (BucketAbove(text) is { } bucket)
            {
                if (!namesBelowBuckets.TryGetValue(bucket, out var below))
                {
                    namesBelowBuckets.Add(bucket, below = new HashSet<string>(StringComparer.Ordinal));
                }

                below.Add(text);
            }
        }
    }

    /// <summary>A stream's hold on a name, or on the series of that name that carry its scope.</summary>
    private sealed class Claim(StreamIdentity identity, Func<bool> isOver, string scope)
    {
        public StreamIdentity Identity => identity;

        public string Scope => scope;

        /// <summary>Whether a later claim to the same name may stand beside this one or in its place.</summary>
        public bool Admits(Claim later) =>
            Identity.IsComparable(later.Identity) && (Scope != later.Scope || (Identity == later.Identity && isOver()));
    }
}
