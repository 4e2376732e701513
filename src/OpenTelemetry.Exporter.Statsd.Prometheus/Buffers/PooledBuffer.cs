using System.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Buffers;

/// <summary>A buffer from a pool, to which it goes back when disposed.</summary>
/// <remarks>Not thread-safe, and not to be copied.</remarks>
/// <param name="pool">The pool.</param>
/// <param name="length">The least length.</param>
internal struct PooledBuffer(ArrayPool<byte> pool, int length) : IDisposable
{
    public byte[] Bytes { get; private set; } = pool.Rent(length);

    /// <summary>Takes one at least twice as long instead, without the content.</summary>
    /// <exception cref="OverflowException">No array is as long as that.</exception>
    public void Double()
    {
        // The longer one first: whatever keeps the pool from giving it, the present one goes back once.
        var longer = pool.Rent(checked(2 * Bytes.Length));
        pool.Return(Bytes);
        Bytes = longer;
    }

    public readonly void Dispose() => pool.Return(Bytes);
}
