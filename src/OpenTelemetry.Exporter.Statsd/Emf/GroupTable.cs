using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>The groups that series belong to, each once, whichever metrics they are series of.</summary>
/// <remarks>One owner at a time: the thread that exports. Memory follows the number of groups in use.</remarks>
internal sealed class GroupTable
{
    /// <summary>So few unused groups are not worth looking for.</summary>
    private const int MinForgotten = 64;

    private readonly Dictionary<DocumentGroup, DocumentGroup> groups = new(new ContentComparer());
    private long memoryBytes;
    private long export;
    private int used;

    /// <summary>The memory that groups take, about.</summary>
    public long MemoryBytes => memoryBytes + (groups.Count * 48L);

    /// <summary>The group with the content of <paramref name="encoded"/>, which is that itself if it is the first.</summary>
    public DocumentGroup Get(DocumentGroup encoded)
    {
        if (!groups.TryGetValue(encoded, out var group))
        {
            group = encoded;
            groups.Add(group, group);
            memoryBytes += group.MemoryBytes;
        }

        return group;
    }

    /// <summary>Says that a group has a point in this export.</summary>
    /// <returns>That group; if it was forgotten, for a series may hold on to it while its metric has no points, the one that is in its place by now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DocumentGroup Use(DocumentGroup group)
    {
        if (group.IsForgotten)
        {
            group = Remember(group);
        }

        if (group.UsedIn != export)
        {
            group.UsedIn = export;
            used++;
        }

        return group;
    }

    private DocumentGroup Remember(DocumentGroup group)
    {
        var present = Get(group);
        present.IsForgotten = false;
        return present;
    }

    /// <summary>Starts an export.</summary>
    public void Begin()
    {
        export++;
        used = 0;
    }

    /// <summary>Ends an export: forgets groups without a point in it or the one before, if they are many.</summary>
    public void End()
    {
        if (groups.Count <= (2 * used) + MinForgotten)
        {
            return;
        }

        foreach (var group in groups.Values)
        {
            if (group.UsedIn < export - 1)
            {
                group.IsForgotten = true;
                groups.Remove(group);
                memoryBytes -= group.MemoryBytes;
            }
        }

        groups.TrimExcess();
    }

    private sealed class ContentComparer : IEqualityComparer<DocumentGroup>
    {
        public bool Equals(DocumentGroup? x, DocumentGroup? y) =>
            x!.Alterations == y!.Alterations && x.Content.AsSpan().SequenceEqual(y.Content);

        public int GetHashCode([DisallowNull] DocumentGroup obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj.Content);
            return hash.ToHashCode();
        }
    }
}
