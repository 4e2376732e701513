using System.Runtime.InteropServices;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Entries of two numbers, which have a way of their own into a lane.</summary>
public sealed class LanePairTests
{
    private const int PairSlot = 16;
    private const int Margin = PairSlot + 128;

    /// <summary>A lane of its own, or a shared one; of a size at whose end a pair ends, or runs over it by half.</summary>
    public static TheoryData<int, int, int> Kinds => new() { { 1, 0, 64 * PairSlot }, { 1, 0, (64 * PairSlot) + 8 }, { 0, 1, 64 * PairSlot }, { 0, 1, (64 * PairSlot) + 8 } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void They_come_out_whole_and_in_order_lap_after_lap(int own, int shared, int capacity)
    {
        var buffer = Create(own, shared, capacity);
        var sink = new Pairs();
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(Append(buffer, i, EntryPriority.High));
            if (i % 61 == 60)
            {
                buffer.Drain(ref sink);
            }
        }

        buffer.Drain(ref sink);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(Pair), sink.Taken);
        Assert.Equal((20_000, 20_000, 0), (buffer.ReadTotals().Appended, buffer.ReadTotals().Drained, buffer.ReadTotals().QueuedBytes));
    }

    /// <summary>From any place in the ring, so that what is refused is so at the end of a lap, too.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_matters_less_leaves_room_to_what_matters_more(int own, int shared, int capacity)
    {
        var buffer = Create(own, shared, capacity);
        for (var start = 0; start < 70; start++)
        {
            var number = 0;
            foreach (var (priority, quarters) in new[] { (EntryPriority.Low, 2), (EntryPriority.Normal, 3), (EntryPriority.High, 4) })
            {
                var refused = buffer.Refused(RefusalReason.LaneFull, priority);
                while (Append(buffer, number, priority))
                {
                    number++;
                }

                // The last of a lap takes what is left up to the end, which may be half as much as others.
                Assert.InRange(number, (capacity * quarters / 4 / PairSlot), (capacity * quarters / 4 / PairSlot) + 1);
                Assert.False(Append(buffer, number, priority));
                Assert.Equal(refused + 2, buffer.Refused(RefusalReason.LaneFull, priority));
            }

            var sink = new Pairs();
            buffer.Drain(ref sink);
            Assert.Equal(Enumerable.Range(0, number).Select(Pair), sink.Taken);
            Assert.True(Append(buffer, 0, EntryPriority.Low));
            buffer.Drain(ref sink);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Within_an_append_and_after_the_end_they_are_refused_and_counted(int own, int shared)
    {
        var buffer = Create(own, shared, 1024);
        Assert.True(Append(buffer, 1, EntryPriority.Normal));
        Assert.True(buffer.TryReserve(12, EntryPriority.Normal, out var reservation));
        Assert.False(Append(buffer, 2, EntryPriority.Normal));
        reservation.Dispose();
        buffer.Close();
        Assert.False(Append(buffer, 3, EntryPriority.Low));
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane, EntryPriority.Normal));
        Assert.Equal(1, buffer.Refused(RefusalReason.Closed, EntryPriority.Low));
        var sink = new Pairs();
        Assert.Equal(1, buffer.Drain(ref sink));
        Assert.Equal([Pair(1)], sink.Taken);
        Assert.True(buffer.IsDrained);
    }

    [Fact]
    public void Those_of_several_buffers_go_where_they_belong_whichever_the_thread_used_last()
    {
        var buffers = Enumerable.Range(0, 3).Select(_ => Create(1, 0, 1024)).ToArray();
        for (var i = 0; i < 90; i++)
        {
            Assert.True(Append(buffers[i * 7 % 3], i, EntryPriority.High));
        }

        for (var i = 0; i < 3; i++)
        {
            var sink = new Pairs();
            buffers[i].Drain(ref sink);
            Assert.Equal(Enumerable.Range(0, 90).Where(number => number * 7 % 3 == i).Select(Pair), sink.Taken);
        }
    }

    private static LaneBuffer Create(int own, int shared, int capacity) => new(capacity + Margin, own, shared, StressPair.Bytes);

    private static (int First, long Second) Pair(int number) => (~number, (long)number * 0x1_0000_0001);

    private static bool Append(LaneBuffer buffer, int number, EntryPriority priority)
    {
        var (first, second) = Pair(number);
        return buffer.TryAppend(LaneSeat.First, first, second, priority);
    }

    private sealed class Pairs : IEntrySink
    {
        public List<(int First, long Second)> Taken { get; } = [];

        public bool Take(ReadOnlySpan<byte> entry)
        {
            Assert.Equal(StressPair.Bytes, entry.Length);
            Taken.Add((MemoryMarshal.Read<int>(entry), MemoryMarshal.Read<long>(entry[sizeof(int)..])));
            return true;
        }
    }
}
