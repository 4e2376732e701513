using System.Text;
using OpenTelemetry.Exporter.Statsd.Packing;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>What one thread sees of a buffer: room, refusals, counts, what a drain does.</summary>
public sealed class LaneBufferTests
{
    private const int LaneBytes = 4096;
    private const int MaxEntryBytes = 100;

    /// <summary>A lane of its own, or the way of threads that find none.</summary>
    public static TheoryData<int, int> Kinds => new() { { 1, 0 }, { 0, 1 } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Entries_come_out_whole_and_in_order(int own, int shared)
    {
        var buffer = Create(own, shared);
        var longest = new string('x', MaxEntryBytes);
        for (var lap = 0; lap < 1000; lap++)
        {
            string[] entries = ["a", string.Empty, $"lap {lap}", longest, new string('y', lap % MaxEntryBytes)];
            Assert.All(entries, entry => Assert.True(buffer.Append(entry)));
            Assert.Equal(entries, buffer.Drain());
        }

        Assert.Equal((5000, 5000, 0), (buffer.ReadTotals().Appended, buffer.ReadTotals().Drained, buffer.ReadTotals().QueuedBytes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_entry_that_finds_no_room_is_refused_and_counted(int own, int shared)
    {
        var buffer = Create(own, shared);
        var appended = Fill(buffer, EntryPriority.High);
        Assert.False(buffer.Append("1"));
        Assert.False(buffer.Append("2", EntryPriority.Normal));
        Assert.False(buffer.Append("3", EntryPriority.Normal));
        Assert.Equal(2, buffer.Refused(RefusalReason.LaneFull));
        Assert.Equal(2, buffer.Refused(RefusalReason.LaneFull, EntryPriority.Normal));
        Assert.Equal(appended, buffer.Drain());
        Assert.True(buffer.Append("4"));
        Assert.Equal(["4"], buffer.Drain());
    }

    [Fact]
    public void A_lane_holds_all_its_memory_but_the_margin()
    {
        // 104 bytes of margin for the longest entry, 128 between lanes; an entry of 4 bytes takes 8.
        var buffer = Create(1, 0);
        Assert.Equal((LaneBytes - 104 - 128) / 8, Fill(buffer, EntryPriority.High).Count);
        Assert.Equal(LaneBytes - 104 - 128, buffer.ReadTotals().QueuedBytes);
        Assert.InRange(buffer.MemoryBytes, LaneBytes, LaneBytes + 576);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_matters_less_leaves_room_to_what_matters_more(int own, int shared)
    {
        var buffer = Create(own, shared);
        var low = Fill(buffer, EntryPriority.Low);
        Assert.Equal((LaneBytes - 104 - 128) / 8 / 2, low.Count);
        var normal = Fill(buffer, EntryPriority.Normal);
        Assert.Equal((LaneBytes - 104 - 128) / 8 * 3 / 4, low.Count + normal.Count);
        var high = Fill(buffer, EntryPriority.High);
        Assert.Equal((LaneBytes - 104 - 128) / 8, low.Count + normal.Count + high.Count);
        Assert.Equal([.. low, .. normal, .. high], buffer.Drain());
        foreach (var priority in Enum.GetValues<EntryPriority>())
        {
            Assert.Equal(1, buffer.Refused(RefusalReason.LaneFull, priority));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_entry_longer_than_was_said_is_refused_and_counted(int own, int shared)
    {
        var buffer = Create(own, shared);
        Assert.False(buffer.Append(new string('x', MaxEntryBytes + 1)));
        Assert.True(buffer.Append("between"));
        Assert.False(buffer.Append(new string('x', MaxEntryBytes + 1)));
        Assert.False(buffer.Append(new string('x', 10 * LaneBytes), EntryPriority.Normal));
        Assert.False(buffer.TryReserve(int.MaxValue, EntryPriority.Normal, out _));
        Assert.Equal(2, buffer.Refused(RefusalReason.EntryTooLong));
        Assert.Equal(2, buffer.Refused(RefusalReason.EntryTooLong, EntryPriority.Normal));
        Assert.Equal(["between"], buffer.Drain());
    }

    [Fact]
    public void Room_comes_back_while_a_drain_goes_on()
    {
        var buffer = Create(1, 0);
        var before = Fill(buffer, EntryPriority.High).Count;
        var sink = new Refiller(buffer);
        Assert.Equal(before, buffer.Drain(ref sink));
        Assert.InRange(sink.Appended, before * 3 / 4, before);
    }

    [Fact]
    public void A_drain_ends_although_every_entry_brings_another()
    {
        var buffer = Create(2, 2);
        Assert.True(buffer.Append("0000"));
        var sink = new Refiller(buffer);
        Assert.Equal(1, buffer.Drain(ref sink));
        Assert.Equal(["0000"], buffer.Drain());
    }

    [Fact]
    public void A_sink_that_has_enough_gets_the_rest_later()
    {
        var buffer = Create(1, 0);
        Assert.All(["1", "2", "3"], entry => Assert.True(buffer.Append(entry)));
        Assert.Equal(["1", "2"], buffer.Drain(atMost: 2));
        Assert.Equal(["3"], buffer.Drain(atMost: 2));
        Assert.Empty(buffer.Drain());
    }

    [Fact]
    public void Lanes_take_turns_with_a_sink_that_never_has_time()
    {
        var buffer = Create(2, 0);
        Assert.All(["1", "2", "3"], entry => Assert.True(buffer.Append(entry)));
        Lanes.OnThread(() => Assert.All(["a", "b"], entry => Assert.True(buffer.Append(entry))));
        Assert.Equal(["1", "a", "2", "b", "3"], Enumerable.Range(0, 5).SelectMany(_ => buffer.Drain(atMost: 1)));
    }

    [Fact]
    public void An_entry_over_which_the_sink_throws_is_not_given_again()
    {
        var buffer = Create(1, 0);
        Assert.All(["1", "2", "3"], entry => Assert.True(buffer.Append(entry)));
        var sink = new Thrower("2");
        Assert.Throws<InvalidOperationException>(() => buffer.Drain(ref sink));
        Assert.Equal(2, buffer.ReadTotals().Drained);
        Assert.Equal(["3"], buffer.Drain());
        Assert.Equal(3, buffer.ReadTotals().Drained);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reservation_appends_what_is_committed(int own, int shared)
    {
        var buffer = Create(own, shared);
        Assert.True(buffer.TryReserve(MaxEntryBytes, EntryPriority.High, out var first));
        using (first)
        {
            Assert.Equal(MaxEntryBytes, first.Bytes.Length);
            "first"u8.CopyTo(first.Bytes);
            Assert.Empty(buffer.Drain());
            first.Commit(5);
        }

        Assert.True(buffer.Append("second"));
        Assert.Equal(["first", "second"], buffer.Drain());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reservation_without_a_commit_leaves_nothing(int own, int shared)
    {
        var buffer = Create(own, shared);
        Assert.True(buffer.TryReserve(MaxEntryBytes, EntryPriority.High, out var reservation));
        using (reservation)
        {
            reservation.Bytes.Fill((byte)'x');
        }

        Assert.True(buffer.Append("after"));
        Assert.Equal(["after"], buffer.Drain());
        Assert.Equal(1, buffer.ReadTotals().Appended);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    public void An_append_within_an_append_is_refused(int own, int shared)
    {
        var buffer = Create(own, shared);
        Assert.True(buffer.TryReserve(MaxEntryBytes, EntryPriority.High, out var reservation));
        "outer"u8.CopyTo(reservation.Bytes);
        Assert.False(buffer.Append("inner"));
        Assert.False(buffer.TryReserve(1, EntryPriority.Normal, out _));
        reservation.Commit(5);
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane));
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane, EntryPriority.Normal));
        Assert.True(buffer.Append("next"));
        Assert.Equal(["outer", "next"], buffer.Drain());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_closed_buffer_refuses_and_still_gives_what_it_holds(int own, int shared)
    {
        var buffer = Create(own, shared);
        Assert.True(buffer.Append("before"));
        buffer.Close();
        Assert.False(buffer.IsDrained);
        Assert.False(buffer.Append("after"));
        Lanes.OnThread(() => Assert.False(buffer.Append("after", EntryPriority.Normal)));
        Assert.Equal(1, buffer.Refused(RefusalReason.Closed));
        Assert.Equal(1, buffer.Refused(RefusalReason.Closed, EntryPriority.Normal));
        Assert.Equal(["before"], buffer.Drain());
        Assert.True(buffer.IsDrained);
    }

    [Fact]
    public void An_open_buffer_is_never_drained_for_good() => Assert.False(Create(1, 1).IsDrained);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_append_that_a_close_meets_half_way_is_still_delivered(int own, int shared)
    {
        var buffer = Create(own, shared);
        using var late = new SuspendedAppend(buffer);
        buffer.Close();
        Assert.Empty(buffer.Drain());
        Assert.False(buffer.IsDrained);
        late.Resume();
        Assert.False(buffer.IsDrained);
        Assert.Equal(["late"], buffer.Drain());
        Assert.True(buffer.IsDrained);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Appending_and_draining_allocate_nothing(int own, int shared)
    {
        var buffer = Create(own, shared);
        var sink = new Thrower(string.Empty);
        Assert.Equal(0, Allocated.AtLeastBy(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                buffer.TryAppend("my.metric:1|c"u8, EntryPriority.High);
                buffer.TryAppend([], EntryPriority.Normal);
                if (i % 16 == 0)
                {
                    buffer.Drain(ref sink);
                    buffer.ReadTotals();
                }
            }
        }));
    }

    [Theory]
    [InlineData(4096, -1, 2, 100)]
    [InlineData(4096, 2, -1, 100)]
    [InlineData(4096, 0, 0, 100)]
    [InlineData(4096, 1, 0, -1)]
    [InlineData(4096, 1, 0, 1400)]
    [InlineData(4096, 8, 4, 100)]
    [InlineData(4096, 1, 0, int.MaxValue)]
    [InlineData(-1, 1, 0, 100)]
    public void A_buffer_that_could_not_work_is_not_made(int totalBytes, int own, int shared, int maxEntryBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LaneBuffer(totalBytes, own, shared, maxEntryBytes));

    private static LaneBuffer Create(int own, int shared) => new((own + shared) * LaneBytes, own, shared, MaxEntryBytes);

    /// <summary>Appends entries of four bytes until one is refused.</summary>
    private static List<string> Fill(LaneBuffer buffer, EntryPriority priority)
    {
        var appended = new List<string>();
        while (appended.Count < LaneBytes && buffer.Append($"{appended.Count:0000}", priority))
        {
            appended.Add($"{appended.Count:0000}");
        }

        return appended;
    }

    /// <summary>Appends an entry for each it takes, as long as there is room.</summary>
    private sealed class Refiller(LaneBuffer buffer) : IEntrySink
    {
        public int Appended { get; private set; }

        public bool Take(ReadOnlySpan<byte> entry)
        {
            Appended += buffer.TryAppend(entry, EntryPriority.High) ? 1 : 0;
            return true;
        }
    }

    private sealed class Thrower(string over) : IEntrySink
    {
        private readonly byte[] over = Encoding.UTF8.GetBytes(over);

        public bool Take(ReadOnlySpan<byte> entry) =>
            over.Length == 0 || !entry.SequenceEqual(over) ? true : throw new InvalidOperationException();
    }
}
