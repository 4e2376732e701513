using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>The layout that is written by hand.</summary>
public sealed class LaneStateTests
{
    [Fact]
    public void Counts_of_refusals_run_over_nothing_that_lies_beside_them()
    {
        var state = default(LaneState);
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            foreach (var priority in Enum.GetValues<EntryPriority>())
            {
                state.Refused.CountAsOnlyWriter(reason, priority);
                Assert.Equal(1, state.Refused.Read(reason, priority));
            }
        }

        Assert.Equal((0, 0, 0, 0, 0), (state.Tail, state.KnownHead, state.Appended, state.TailOffset, state.Open));
        Assert.Equal((0, 0, 0), (state.Head, state.Drained, state.HeadOffset));
    }

    [Fact]
    public void The_consumer_writes_far_from_the_producer()
    {
        var state = default(LaneState);
        Assert.InRange(Distance(ref state.Refused, ref state.Head), Unsafe.SizeOf<RefusalCounts>() + 128, int.MaxValue);
        Assert.InRange(Distance(ref Unsafe.As<LaneState, long>(ref state), ref state.Tail), 128, int.MaxValue);
        Assert.InRange(Unsafe.SizeOf<LaneState>() - Distance(ref Unsafe.As<LaneState, long>(ref state), ref state.HeadOffset), 128 + sizeof(int), int.MaxValue);
    }

    private static long Distance<TFrom, TTo>(ref TFrom from, ref TTo to) => Unsafe.ByteOffset(ref Unsafe.As<TFrom, byte>(ref from), ref Unsafe.As<TTo, byte>(ref to));
}
