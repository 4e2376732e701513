using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Which thread gets which lane, when it gives it back, and whom it holds up meanwhile: nobody.</summary>
public sealed class LaneOwnershipTests
{
    private const int LaneBytes = 4096;
    private const int MaxEntryBytes = 100;

    [Fact]
    public void Two_lanes_serve_thousands_of_threads_that_end()
    {
        var buffer = Create(2, 0);
        for (var i = 0; i < 3000; i++)
        {
            Lanes.OnThread(() => Assert.True(buffer.Append($"{i}")));
            Assert.Equal([$"{i}"], buffer.Drain());
            Assert.Empty(buffer.Drain());
        }

        Assert.Equal(0, buffer.Refused(EntryPriority.High));
    }

    [Fact]
    public void The_lane_of_a_thread_that_ended_is_kept_until_it_is_empty()
    {
        var buffer = Create(1, 0);
        Lanes.OnThread(() => Assert.All(["1", "2"], entry => Assert.True(buffer.Append(entry))));
        Assert.Equal(["1"], buffer.Drain(atMost: 1));
        Assert.False(buffer.Append("x"));
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane));
        Assert.Equal(["2"], buffer.Drain());
        Assert.Empty(buffer.Drain());
        Assert.True(buffer.Append("3"));
        Assert.Equal(["3"], buffer.Drain());
    }

    [Fact]
    public void The_lane_of_a_thread_that_lives_stays_its_own()
    {
        var buffer = Create(1, 0);
        Assert.True(buffer.Append("1"));
        Assert.Equal(["1"], buffer.Drain());
        Assert.Empty(buffer.Drain());
        Lanes.OnThread(() => Assert.False(buffer.Append("x")));
        Assert.True(buffer.Append("2"));
        Assert.Equal(["2"], buffer.Drain());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_thread_that_ends_within_an_append_gives_its_lane_back(int own, int shared)
    {
        var buffer = Create(own, shared);
        Lanes.OnThread(() => Assert.True(buffer.TryReserve(1, EntryPriority.High, out _)));
        Assert.False(buffer.Append("x"));
        Assert.Empty(buffer.Drain());
        Assert.True(buffer.Append("1"));
        Assert.Equal(["1"], buffer.Drain());
    }

    [Fact]
    public void A_lane_that_a_thread_gave_away_before_it_ended_stays_with_the_next()
    {
        var lane = new Lane(LaneBytes, MaxEntryBytes, new LaneGate());
        Thread? ended = null;
        Lanes.OnThread(() =>
        {
            ended = Thread.CurrentThread;
            Assert.True(lane.TryClaim());
            lane.Release();
        });
        Assert.True(lane.TryClaim());

        // The consumer has seen the first as the producer, and comes to ask whether it lives only now.
        Assert.False(lane.TryTakeBackFrom(ended!));
        Assert.True(lane.IsMine);
        Assert.True(lane.TryAppend("1"u8, EntryPriority.High));
    }

    [Fact]
    public void More_threads_than_lanes_share()
    {
        var buffer = Create(1, 2);
        Assert.True(buffer.Append("own"));
        string[] shared = [.. Enumerable.Range(0, 20).Select(i => $"shared {i}")];
        Assert.All(shared, entry => Lanes.OnThread(() => Assert.True(buffer.Append(entry))));
        Assert.Equal(shared.Append("own").Order(), buffer.Drain().Order());
    }

    [Fact]
    public void A_thread_suspended_in_its_own_lane_holds_up_nobody()
    {
        var buffer = Create(2, 1);
        using var late = new SuspendedAppend(buffer);
        Assert.True(late.IsReserved);
        Assert.True(buffer.Append("own"));
        Lanes.OnThread(() => Assert.True(buffer.Append("shared")));
        Assert.Equal(["own", "shared"], buffer.Drain());
        late.Resume();
        Assert.Equal(["late"], buffer.Drain());
    }

    [Fact]
    public void A_thread_suspended_in_a_shared_lane_holds_up_nobody()
    {
        var buffer = Create(0, 2);
        using var late = new SuspendedAppend(buffer);
        for (var i = 0; i < 10; i++)
        {
            Lanes.OnThread(() => Assert.True(buffer.Append($"{i}")));
        }

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], buffer.Drain());
        late.Resume();
        Assert.Equal(["late"], buffer.Drain());
    }

    [Fact]
    public void Without_a_lane_that_is_not_held_an_entry_is_refused_and_counted()
    {
        var buffer = Create(1, 2);
        using SuspendedAppend own = new(buffer), first = new(buffer), second = new(buffer);
        Assert.All([own, first, second], late => Assert.True(late.IsReserved));
        Assert.False(buffer.Append("x"));
        Assert.False(buffer.Append("y", EntryPriority.Normal));
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane));
        Assert.Equal(1, buffer.Refused(RefusalReason.NoLane, EntryPriority.Normal));
        Assert.Empty(buffer.Drain());
        first.Resume();
        Assert.True(buffer.Append("z"));
        Assert.Equal(["late", "z"], buffer.Drain());
    }

    [Fact]
    public void A_thread_goes_on_to_another_shared_lane_only_once_its_entries_are_taken()
    {
        var buffer = Create(0, 2);
        Assert.True(buffer.Append("1"));
        using SuspendedAppend first = new(buffer);
        string[] taken = ["1"];
        if (buffer.Append("2"))
        {
            // It was the other lane that the thread holds: so the next one holds this.
            taken = ["1", "2"];
            using SuspendedAppend second = new(buffer);
            first.Resume();
            Goes_on(second);
        }
        else
        {
            Goes_on(first);
        }

        void Goes_on(SuspendedAppend holder)
        {
            Assert.True(holder.IsReserved);
            Assert.False(buffer.Append("x"));
            Assert.Equal(taken, Numbers(buffer));
            Assert.True(buffer.Append("3"));
            Assert.Equal(["3"], Numbers(buffer));
        }
    }

    [Fact]
    public void A_thread_moves_to_a_lane_of_its_own_only_once_its_entries_are_taken()
    {
        var buffer = Create(1, 1);
        using (new SuspendedAppend(buffer))
        {
            Assert.All(["1", "2", "3"], entry => Assert.True(buffer.Append(entry)));
        }

        // When its turn comes again, the lane of the thread that has ended is empty, and free from then on.
        Assert.Equal(["late", "1", "2"], Enumerable.Range(0, 3).SelectMany(_ => buffer.Drain(atMost: 1)));
        Assert.True(buffer.Append("4"));
        Assert.Equal(["3", "4"], buffer.Drain());

        // From here on it has a lane to itself, whoever holds the other.
        Assert.True(buffer.Append("5"));
        using SuspendedAppend holder = new(buffer);
        Assert.True(holder.IsReserved && buffer.Append("6"));
        Assert.Equal(["5", "6"], buffer.Drain());
    }

    [Fact]
    public void Buffers_of_one_thread_are_kept_apart()
    {
        var buffers = Enumerable.Range(0, 5).Select(_ => Create(1, 0)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(buffers[i % 5].Append($"{i}"));
        }

        buffers[1].Close();
        buffers[4].Close();
        var last = Create(1, 0);
        Assert.True(last.Append("last"));
        Assert.Equal(["last"], last.Drain());
        Assert.False(buffers[1].Append("x"));
        Assert.All([0, 2, 3], i => Assert.True(buffers[i].Append($"{i + 20}")));
        for (var i = 0; i < 5; i++)
        {
            string[] more = i is 1 or 4 ? [] : [$"{i + 20}"];
            Assert.Equal([$"{i}", $"{i + 5}", $"{i + 10}", $"{i + 15}", .. more], buffers[i].Drain());
        }
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 1, true)]
    [InlineData(1, 0, false)]
    [InlineData(0, 1, false)]
    public void A_buffer_nobody_uses_is_not_kept_by_the_threads_that_used_it(int own, int shared, bool closes)
    {
        var buffer = Use(own, shared, closes);
        GC.Collect();
        Assert.False(buffer.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(int own, int shared, bool closes)
    {
        var buffer = Create(own, shared);
        Assert.True(buffer.Append("1"));
        if (closes)
        {
            buffer.Close();
        }

        return new WeakReference(buffer);
    }

    private static string[] Numbers(LaneBuffer buffer) => [.. buffer.Drain().Where(entry => entry != "late")];

    private static LaneBuffer Create(int own, int shared) => new((own + shared) * LaneBytes, own, shared, MaxEntryBytes);
}
