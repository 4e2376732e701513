using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>The groups that series belong to, each once, whichever metrics they are series of.</summary>
/// <remarks>One owner at a time: the thread that exports. Memory follows the number of groups in use.</remarks>
internal sealed class GroupTable
{
    /// <summary>So few unused groups are not worth looking for.</summary>
    private const int MinForgotten = 64;

    private readonly Dictionary<byte[], DocumentGroup> groups = new(new ContentComparer());
    private long memoryBytes;
    private long export;
    private int used;

    /// <summary>The memory that groups take, about.</summary>
    public long MemoryBytes => memoryBytes + (groups.Count * 48L);

    /// <summary>The group with the content of <paramref name="encoded"/>, which is that itself if it is the first.</summary>
    public DocumentGroup Get(DocumentGroup encoded)
    {
        if (!groups.TryGetValue(encoded.Content, out var group))
        {
            group = encoded;
            groups.Add(group.Content, group);
            memoryBytes += group.MemoryBytes;
        }

        return group;
    }

    /// <summary>Says that a group has a point in this export.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Use(DocumentGroup group)
    {
        if (group.UsedIn != export)
        {
            group.UsedIn = export;
            used++;
            if (group.IsForgotten)
            {
                Remember(group);
            }
        }
    }

    /// <summary>A series may hold on to a group while its metric has no points. Another may have its content by now; then there are documents of both.</summary>
    private void Remember(DocumentGroup group)
    {
        if (groups.TryAdd(group.Content, group))
        {
            group.IsForgotten = false;
            memoryBytes += group.MemoryBytes;
        }
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
                groups.Remove(group.Content);
                memoryBytes -= group.MemoryBytes;
            }
        }

        groups.TrimExcess();
    }

    private sealed class ContentComparer : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
