using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Exporters that share a reader, and so what the SDK aggregates: each gets every batch, one after the other. There is a collection if any
/// receiver is there; exporters whose receivers are not keep the packets of that interval.
/// </summary>
/// <remarks>
/// The SDK runs one collection at a time; <see cref="Hurry"/> may be called by any thread. The exporter that was the quickest the last time
/// comes first, one whose receiver is away comes last: so within a collection the others do not wait for one that is known to take long. What time
/// there is for a collection they share, those to come always equally, so that the next one is put off by what is left over at most.
/// </remarks>
internal sealed class ExporterGroup : BaseExporter<Metric>, IDelivery
{
    /// <summary>How much of the time for a shutdown is for the last collection; the rest is for what comes after it.</summary>
    private const double LastShare = 0.8;

    private static readonly TimeSpan MaxBudget = TimeSpan.FromDays(1);

    private readonly Member[] members;

    /// <summary>The members in the order in which they have their turns.</summary>
    private readonly Member[] turns;

    /// <summary>How long each of <see cref="turns"/> took the last time; for ever, if its receiver was away.</summary>
    private readonly long[] took;

    private readonly TimeProvider clock;
    private TimeSpan budget = TimeSpan.MaxValue;

    /// <summary>How many of the members were asked in this collection whether their receivers are there.</summary>
    private int asked;

    /// <summary>Until when the last collection has time; 0 before it is announced.</summary>
    private long lastDeadline;

    private ExporterGroup(Member[] members, TimeProvider clock)
    {
        Debug.Assert(members.Length > 0, "A reader has something to export with.");
        this.members = members;
        this.clock = clock;
        turns = [.. members];
        took = new long[members.Length];
    }

    private bool IsHurried => Volatile.Read(ref lastDeadline) != 0;

    /// <summary>Now, in ticks of 100 ns from some moment.</summary>
    private long Now => clock.GetElapsedTime(0).Ticks;

    public bool IsAway => Array.TrueForAll(members, member => member.Delivery.IsAway);

    /// <summary>Makes exporters a group, which disposes of them.</summary>
    /// <param name="members">At least one.</param>
    /// <param name="clock">Measures how long each takes; the system's unless a test says otherwise.</param>
    public static ExporterGroup Of(IEnumerable<Member> members, TimeProvider? clock = null) => new([.. members], clock ?? TimeProvider.System);

    public bool IsReceiverThere(TimeSpan budget)
    {
        var started = clock.GetTimestamp();
        Array.Sort(took, turns);
        for (asked = 0; asked < turns.Length;)
        {
            var turn = asked++;
            if (turns[turn].Delivery.IsReceiverThere(Share(budget, started, turn)))
            {
                return true;
            }
        }

        return false;
    }

    public void Grant(TimeSpan budget) => this.budget = budget;

    public void Hurry(TimeSpan budget)
    {
        Volatile.Write(ref lastDeadline, budget < MaxBudget ? Now + (budget * LastShare).Ticks : long.MaxValue);
        Array.ForEach(members, member => member.Delivery.Hurry(budget));
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var result = ExportResult.Success;
        var started = clock.GetTimestamp();
        if (IsHurried)
        {
            // Nobody has been asked, and nobody is.
            Array.Sort(took, turns);
            asked = turns.Length;
        }

        for (var turn = 0; turn < turns.Length; turn++)
        {
            var began = clock.GetTimestamp();
            var (exporter, delivery) = turns[turn];
            var time = Share(budget, started, turn);
            if (turn >= asked && !IsHurried)
            {
                delivery.IsReceiverThere(time);
            }

            delivery.Grant(Left(time, began));
            if (exporter.Export(batch) != ExportResult.Success)
            {
                result = ExportResult.Failure;
            }

            took[turn] = delivery.IsAway ? long.MaxValue : clock.GetElapsedTime(began).Ticks;
        }

        return result;
    }

    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        var isDelivered = true;
        var started = clock.GetTimestamp();
        foreach (var (exporter, _) in members)
        {
            var left = timeoutMilliseconds == Timeout.Infinite
                ? Timeout.Infinite
                : (int)Math.Max(0, timeoutMilliseconds - clock.GetElapsedTime(started).TotalMilliseconds);
            isDelivered &= exporter.Shutdown(left);
        }

        return isDelivered;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (exporter, _) in members)
            {
                exporter.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>How much of the time is for the member whose turn it is now.</summary>
    private TimeSpan Share(TimeSpan budget, long started, int turn)
    {
        var left = Left(budget, started);
        var last = Volatile.Read(ref lastDeadline);
        if (last is not (0 or long.MaxValue))
        {
            left = TimeSpan.FromTicks(Math.Clamp(last - Now, 0, left.Ticks));
        }

        return left / (turns.Length - turn);
    }

    private TimeSpan Left(TimeSpan budget, long started) => budget - clock.GetElapsedTime(started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>An exporter, by its two sides.</summary>
    public readonly record struct Member(BaseExporter<Metric> Exporter, IDelivery Delivery)
    {
        public static Member Of<TExporter>(TExporter exporter)
            where TExporter : BaseExporter<Metric>, IDelivery => new(exporter, exporter);
    }
}
