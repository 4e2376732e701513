using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Exporters that share a reader take turns, in an order and in times in which none suffers from another.</summary>
public sealed class ExporterGroupTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ManualClock clock = new();
    private readonly List<string> turns = [];

    [Fact]
    public void Who_was_quick_comes_first_the_next_time()
    {
        using var group = Group(new("slow", this) { Takes = TimeSpan.FromSeconds(2) }, new("quick", this));
        Assert.True(Collect(group));
        Assert.True(Collect(group));
        Assert.Equal(["slow", "quick", "quick", "slow"], turns);
    }

    [Fact]
    public void Whose_receiver_is_away_comes_last_and_keeps_what_the_others_send()
    {
        using var group = Group(new("away", this) { IsAway = true }, new("there", this) { Takes = TimeSpan.FromSeconds(2) });
        Assert.True(Collect(group));
        Assert.True(Collect(group));
        Assert.Equal(["away", "there", "there", "away"], turns);
        Assert.False(group.IsAway);
    }

    [Fact]
    public void Without_any_receiver_nothing_is_collected()
    {
        var members = Enumerable.Range(0, 3).Select(i => new Member($"{i}", this) { IsAway = true }).ToArray();
        using var group = Group(members);
        Assert.False(Collect(group));
        Assert.Empty(turns);
        Assert.All(members, member => Assert.Equal(1, member.Questions));
        Assert.True(group.IsAway);
    }

    [Fact]
    public void Each_is_asked_once_for_each_collection()
    {
        var members = Enumerable.Range(0, 3).Select(i => new Member($"{i}", this)).ToArray();
        using var group = Group(members);
        Assert.True(Collect(group));
        Assert.All(members, member => Assert.Equal(1, member.Questions));
    }

    [Fact]
    public void Nobody_is_asked_once_the_end_is_announced()
    {
        Member[] members = [new("away", this) { IsAway = true }, new("there", this)];
        using var group = Group(members);
        group.Hurry(Timeout);
        group.Grant(Timeout);
        group.Export(default);
        Assert.Equal(["away", "there"], turns);
        Assert.All(members, member => Assert.Equal((0, Timeout), (member.Questions, member.Hurried)));
    }

    [Fact]
    public void At_the_end_they_share_what_the_shutdown_grants_and_come_in_the_order_that_is_known()
    {
        Member[] members = [new("slow", this) { Takes = TimeSpan.FromSeconds(3) }, new("quick", this)];
        using var group = Group(members);
        Assert.True(Collect(group));
        group.Hurry(TimeSpan.FromSeconds(5));
        group.Grant(Timeout);
        group.Export(default);
        Assert.Equal(["slow", "quick", "quick", "slow"], turns);
        Assert.Equal([4, 2], members.Select(member => member.Granted.TotalSeconds));
    }

    [Fact]
    public void The_time_that_is_left_is_shared()
    {
        Member[] members =
        [
            new("greedy", this) { Takes = TimeSpan.FromSeconds(10) },
            new("modest", this) { Takes = TimeSpan.FromSeconds(2) },
            new("last", this),
        ];
        using var group = Group(members);
        Assert.True(Collect(group));
        Assert.Equal([10, 10, 18], members.Select(member => member.Granted.TotalSeconds));
    }

    [Fact]
    public void A_collection_fails_with_any_of_them()
    {
        using var group = Group(new("fails", this) { Result = ExportResult.Failure }, new("works", this));
        Assert.True(group.IsReceiverThere(Timeout));
        group.Grant(Timeout);
        Assert.Equal(ExportResult.Failure, group.Export(default));
        Assert.Equal(["fails", "works"], turns);
    }

    [Fact]
    public void All_are_shut_down_and_disposed_of()
    {
        Member[] members = [new("one", this), new("other", this)];
        using (var group = Group(members))
        {
            Assert.True(group.Shutdown(1000));
        }

        Assert.All(members, member => Assert.Equal((1000, 1), (member.ShutDownWithin, member.Disposals)));
    }

    private ExporterGroup Group(params Member[] members) => ExporterGroup.Of(members.Select(ExporterGroup.Member.Of), clock);

    /// <summary>Does what a reader does.</summary>
    private bool Collect(ExporterGroup group)
    {
        clock.Advance(Interval);
        if (!group.IsReceiverThere(Timeout))
        {
            return false;
        }

        group.Grant(Timeout);
        return group.Export(default) == ExportResult.Success;
    }

    private sealed class Member(string name, ExporterGroupTests test) : BaseExporter<Metric>, IDelivery
    {
        public TimeSpan Takes { get; init; }

        public ExportResult Result { get; init; } = ExportResult.Success;

        public bool IsAway { get; init; }

        public int Questions { get; private set; }

        public TimeSpan Granted { get; private set; }

        public TimeSpan Hurried { get; private set; }

        public int ShutDownWithin { get; private set; }

        public int Disposals { get; private set; }

        public bool IsReceiverThere(TimeSpan budget)
        {
            Questions++;
            return !IsAway;
        }

        public void Grant(TimeSpan budget) => Granted = budget;

        public void Hurry(TimeSpan budget) => Hurried = budget;

        public override ExportResult Export(in Batch<Metric> batch)
        {
            test.turns.Add(name);
            test.clock.Advance(Takes);
            return Result;
        }

        protected override bool OnShutdown(int timeoutMilliseconds)
        {
            ShutDownWithin = timeoutMilliseconds;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            base.Dispose(disposing);
        }
    }
}
