using System.Buffers;
using System.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>An exposition in pooled segments, up to a limit.</summary>
/// <remarks>
/// One writer at a time; after the last <see cref="TryAdvance"/> any number of readers. Written bytes never move. Segments grow
/// with what is written, so that few are needed and less than half of what is held stays empty.
/// </remarks>
internal sealed class ExpositionBuffer(int limit) : IDisposable
{
    private const int MinSegment = 64 * 1024;
    private const int MaxSegment = 1024 * 1024;

    private readonly List<byte[]> arrays = [];
    private readonly List<ReadOnlyMemory<byte>> full = [];
    private int written;

    /// <summary>Room for the writer to prepare an item in; no part of the exposition.</summary>
    public ByteArena Scratch { get; } = new();

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>What was written, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Segments => arrays.Count == 0 ? full : full.Append(arrays[^1].AsMemory(0, written));

    /// <summary>Space for an item of at most <paramref name="size"/> bytes, in one piece.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (arrays.Count == 0 || arrays[^1].Length - written < size)
        {
            if (arrays.Count > 0)
            {
                full.Add(arrays[^1].AsMemory(0, written));
            }

            var segment = (int)Math.Clamp(Length, MinSegment, MaxSegment);
            arrays.Add(ArrayPool<byte>.Shared.Rent(Math.Max(size, segment)));
            written = 0;
        }

        return arrays[^1].AsSpan(written);
    }

    /// <summary>Keeps <paramref name="count"/> bytes of the last span.</summary>
    /// <returns><see langword="false"/> if they would exceed the limit; nothing is kept then.</returns>
    public bool TryAdvance(int count)
    {
        Debug.Assert(count <= arrays[^1].Length - written, "More was written than there was space for.");
        if (Length + count > limit)
        {
            return false;
        }

        written += count;
        Length += count;
        return true;
    }

    /// <summary>Returns the memory. Calling it again does nothing.</summary>
    public void Dispose()
    {
        foreach (var array in arrays)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        arrays.Clear();
        full.Clear();
        Length = 0;
    }
}
