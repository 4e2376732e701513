using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>Lays structures out, encoding the labels of each series once.</summary>
/// <remarks>
/// Not thread-safe. Series that are the same once they are Prometheus labels are told apart by a further label with a number,
/// which a series keeps for as long as it lives; but that of a metric that leaves gives way to that of one in its place.
/// </remarks>
/// <param name="number">The number under which series keep what this builder encodes.</param>
/// <param name="sibling">The number of the other encoding under the same escaping.</param>
/// <param name="settings">What to expose.</param>
/// <param name="escaping">What scrapers want done to names.</param>
/// <param name="given">The names that metrics have under this escaping, and the numbers of series.</param>
/// <param name="labels">Gives series their labels.</param>
/// <param name="telemetry">Hears of conflicts.</param>
internal sealed class LayoutBuilder(
    int number,
    int sibling,
    FamilySettings settings,
    EscapingScheme escaping,
    GivenNames given,
    SeriesLabels labels,
    ExporterTelemetry telemetry)
{
    private readonly ConditionalWeakTable<MetricStream, LaidOutStream> streams = [];
    private readonly FamilyCatalog catalog = new(settings.ReservedNames, settings.HasExtremes, given, telemetry);

    /// <summary>The labels in use in a family, each with the highest number that was given to tell others from it.</summary>
    private readonly Dictionary<byte[], int> taken = new(BytesComparer.Instance);

    private readonly byte[] targetLabels = labels.EncodeTarget();
    private long pass;

    /// <summary>The layout that was built last.</summary>
    public Layout? Latest { get; private set; }

    /// <summary>The layout of <paramref name="structure"/>.</summary>
    public Layout Build(Structure structure)
    {
        var families = new List<Family>();
        foreach (var first in catalog.Arrange([.. LaidOut(structure)], reservesTargetInfo: targetLabels.Length > 0))
        {
            EncodeLabels(first);
            families.Add(Create(first, first.Name, first.Type, first.Help));
            if (first.Type == FamilyType.Histogram && settings.HasExtremes)
            {
                families.Add(Create(first, $"{first.Name}_min", FamilyType.Minimum, $"Smallest value of {first.Name} since the start."));
                families.Add(Create(first, $"{first.Name}_max", FamilyType.Maximum, $"Largest value of {first.Name} since the start."));
            }
        }

        given.Show(structure.Streams);
        return Latest = new Layout(structure, [.. families], targetLabels);
    }

    /// <summary>Lets go of what the series of the last layout keep for this builder, which is of no use any more then.</summary>
    public void Forget()
    {
        foreach (var series in Latest?.Structure.Streams.SelectMany(shown => shown.Series) ?? [])
        {
            series[number] = null;
        }
    }

    private static Family Create(LaidOutStream first, string name, FamilyType type, string help)
    {
        var members = Members(first).Select(stream => new FamilyMember(stream.Stream, stream.Index, stream.Labels, stream.LabelBytes, stream.Shown.IsIrregular));
        return new Family(name, type, help, UnitSuffix.Of(first.Stream.Unit), [.. members]);
    }

    private static IEnumerable<LaidOutStream> Members(LaidOutStream? first)
    {
        for (var stream = first; stream is not null; stream = stream.Next)
        {
            yield return stream;
        }
    }

    private IEnumerable<LaidOutStream> LaidOut(Structure structure)
    {
        for (var index = 0; index < structure.Streams.Length; index++)
        {
            var shown = structure.Streams[index];
            if (!streams.TryGetValue(shown.Stream, out var laidOut))
            {
                laidOut = new LaidOutStream(shown.Stream, settings.Naming, escaping);
                streams.Add(shown.Stream, laidOut);
            }

            laidOut.Index = index;
            laidOut.Shown = shown;
            yield return laidOut;
        }
    }

    private void EncodeLabels(LaidOutStream first)
    {
        if (first.NumbersVersion == given.Version
            && Members(first).All(stream => stream.Encoded == stream.Shown.Series && stream.Pass == first.Pass))
        {
            return;
        }

        taken.Clear();
        pass++;
        EncodeLabels([.. Members(first).Where(stream => !stream.Shown.IsLeaving)]);
        EncodeLabels([.. Members(first).Where(stream => stream.Shown.IsLeaving)]);
        foreach (var stream in Members(first))
        {
            stream.NumbersVersion = given.Version;
        }
    }

    private void EncodeLabels(LaidOutStream[] members)
    {
        // What is known already comes first, so that it stays as it is.
        foreach (var stream in members.OrderBy(stream => given.RankOf(stream.Shown)))
        {
            labels.Begin(stream);
            foreach (var series in stream.Shown.Series)
            {
                series[number] = EncodeKnown(series) is { } known && taken.TryAdd(known, 1) ? known : null;
            }
        }

        foreach (var stream in members)
        {
            EncodeAll(stream);
        }
    }

    private void EncodeAll(LaidOutStream stream)
    {
        var all = stream.Shown.Series;
        labels.Begin(stream);
        stream.Encoded = null;
        stream.Pass = pass;
        stream.Labels = new byte[all.Length][];
        stream.LabelBytes = 0;
        for (var index = 0; index < all.Length; index++)
        {
            var encoded = all[index][number] ??= EncodeNew(stream, all[index]);
            stream.Labels[index] = encoded;
            stream.LabelBytes += encoded.Length;
        }

        stream.Encoded = all;
    }

    /// <summary>The labels of a series that is encoded already, here or in the other encoding; <see langword="null"/> if it is not.</summary>
    private byte[]? EncodeKnown(Series series)
    {
        if (series[number] is { } encoded)
        {
            return encoded;
        }

        return (given.NumberOf(series) ?? (series[sibling] is null ? null : 1)) is { } copy ? labels.Encode(series, copy) : null;
    }

    private byte[] EncodeNew(LaidOutStream stream, Series series)
    {
        var copy = 1;
        var wanted = labels.Encode(series, copy);
        var encoded = wanted;
        while (!taken.TryAdd(encoded, 1))
        {
            copy = ++taken[wanted];
            encoded = labels.Encode(series, copy);
        }

        if (copy > 1 && !stream.Shown.IsLeaving)
        {
            telemetry.DuplicateSeries(stream.Name, SeriesLabels.DuplicateLabel);
        }

        if (copy != (given.NumberOf(series) ?? 1))
        {
            // What the other encoding has is of no use any more.
            given.SetNumber(series, copy);
            series[sibling] = null;
        }

        return encoded;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
