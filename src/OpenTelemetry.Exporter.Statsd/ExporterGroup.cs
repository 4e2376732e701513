using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Exporters that share a reader, and so what the SDK aggregates: each gets every batch, one after the other. There is a collection if any
/// receiver is there; exporters whose receivers are not keep the packets of that interval.
/// </summary>
/// <remarks>
/// The SDK runs one collection at a time; <see cref="Hurry"/> may be called by any thread.
/// The exporter that was the quickest the last time
/// comes first, one whose receiver is away comes last: so nobody waits for one that takes long, but for the time in which it begins to. What time there is
/// they share, those to come always equally.
/// </remarks>
internal sealed class ExporterGroup : BaseExporter<Metric>, IDelivery
{
    private readonly Member[] members;

    /// <summary>The members in the order in which they have their turns.</summary>
    private readonly Member[] turns;

    /// <summary>How long each of <see cref="turns"/> took the last time; for ever, if its receiver was away.</summary>
    private readonly long[] took;

    private readonly TimeProvider clock;
    private TimeSpan budget = TimeSpan.MaxValue;

    /// <summary>How many of the members were asked in this collection whether their receivers are there.</summary>
    private int asked;

    private volatile bool isHurried;

    private ExporterGroup(Member[] members, TimeProvider clock)
    {
        Debug.Assert(members.Length > 0, "A reader has something to export with.");
        this.members = members;
        this.clock = clock;
        turns = [.. members];
        took = new long[members.Length];
    }

    public bool IsAway => Array.TrueForAll(members, member => member.Delivery.IsAway);

    /// <summary>Makes exporters a group, which disposes of them.</summary>
    /// <param name="exporters">At least one.</param>
    /// <param name="clock">Measures how long each takes; the system's unless a test says otherwise.</param>
    public static ExporterGroup Of<TExporter>(IEnumerable<TExporter> exporters, TimeProvider? clock = null)
        where TExporter : BaseExporter<Metric>, IDelivery =>
        new([.. exporters.Select(exporter => new Member(exporter, exporter))], clock ?? TimeProvider.System);

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
        isHurried = true;
        Array.ForEach(members, member => member.Delivery.Hurry(budget));
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var result = ExportResult.Success;
        var started = clock.GetTimestamp();
        for (var turn = 0; turn < turns.Length; turn++)
        {
            var began = clock.GetTimestamp();
            var (exporter, delivery) = turns[turn];
            if (turn >= asked && !isHurried)
            {
                delivery.IsReceiverThere(Share(budget, started, turn));
            }

            delivery.Grant(Share(budget, started, turn));
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
        var left = budget - clock.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left / (turns.Length - turn) : TimeSpan.Zero;
    }

    private readonly record struct Member(BaseExporter<Metric> Exporter, IDelivery Delivery);
}
