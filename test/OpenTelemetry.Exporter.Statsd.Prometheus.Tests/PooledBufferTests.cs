using System.Buffers;
using OpenTelemetry.Exporter.Prometheus.Buffers;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class PooledBufferTests
{
    [Fact]
    public void What_was_rented_goes_back_once()
    {
        var pool = new ListingPool();
        using (var buffer = new PooledBuffer(pool, 10))
        {
            buffer.Double();
            buffer.Double();
            Assert.Equal(40, buffer.Bytes.Length);
        }

        Assert.Equal([10, 20, 40], pool.Rented.Select(array => array.Length));
        Assert.Equal(pool.Rented, pool.Returned);
    }

    [Fact]
    public void What_was_rented_goes_back_once_where_there_is_no_more()
    {
        var pool = new ListingPool { MaxLength = 20 };
        using (var buffer = new PooledBuffer(pool, 10))
        {
            buffer.Double();
            Assert.Throws<InvalidOperationException>(() => buffer.Double());
            Assert.Equal(20, buffer.Bytes.Length);
        }

        Assert.Equal(pool.Rented, pool.Returned);
    }

    private sealed class ListingPool : ArrayPool<byte>
    {
        public int MaxLength { get; init; } = int.MaxValue;

        public List<byte[]> Rented { get; } = [];

        public List<byte[]> Returned { get; } = [];

        public override byte[] Rent(int minimumLength)
        {
            if (minimumLength > MaxLength)
            {
                throw new InvalidOperationException("No more.");
            }

            Rented.Add(new byte[minimumLength]);
            return Rented[^1];
        }

        public override void Return(byte[] array, bool clearArray = false) => Returned.Add(array);
    }
}
