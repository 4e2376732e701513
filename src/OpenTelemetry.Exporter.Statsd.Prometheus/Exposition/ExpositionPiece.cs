using System.Buffers;
using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>A buffer for a piece of an exposition, as large as the largest point needs.</summary>
/// <remarks>For one response at a time. From the pool, to which it goes back when disposed.</remarks>
/// <param name="bytes">How large to begin with.</param>
internal struct ExpositionPiece(int bytes) : IDisposable
{
    /// <summary>As much as is written before it is sent.</summary>
    public const int UsualBytes = 32 * 1024;

    private PooledBuffer buffer = new(ArrayPool<byte>.Shared, bytes);

    /// <summary>The next piece of what <paramref name="writer"/> writes; empty only at the end. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next(ExpositionWriter writer)
    {
        int filled;
        while ((filled = writer.Fill(buffer.Bytes)) == 0 && !writer.IsComplete)
        {
            buffer.Double();
        }

        return buffer.Bytes.AsMemory(0, filled);
    }

    public readonly void Dispose() => buffer.Dispose();
}
