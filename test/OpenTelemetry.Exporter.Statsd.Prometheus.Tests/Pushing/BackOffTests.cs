using OpenTelemetry.Exporter.Prometheus.Pushing;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>What is done with the end of the time; see <see cref="PushgatewayClientTests"/> for the pauses before.</summary>
public sealed class BackOffTests
{
    private static readonly TimeSpan Left = TimeSpan.FromSeconds(0.4);

    [Fact]
    public void Pause_of_more_than_half_the_time_leaves_that_to_one_last_attempt()
    {
        var backOff = new BackOff();

        Assert.Equal(Left / 2, backOff.Next(Transient(), Left));
        Assert.Null(backOff.Next(Transient(), Left / 4));
    }

    [Theory]
    [InlineData(0.1, 0.2)]
    [InlineData(0.25, 0.25)]
    [InlineData(0.3, null)]
    [InlineData(0.4, null)]
    [InlineData(1800, null)]
    public void What_the_gateway_asked_for_is_not_cut_short(double retryAfter, double? expected) =>
        Assert.Equal(expected, new BackOff().Next(Transient(TimeSpan.FromSeconds(retryAfter)), Left)?.TotalSeconds);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Without_time_there_is_no_attempt(int milliseconds) =>
        Assert.Null(new BackOff().Next(Transient(TimeSpan.FromSeconds(-1)), TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void What_will_not_pass_is_not_tried_again() => Assert.Null(new BackOff().Next(new(PushFailure.Rejected, "no"), TimeSpan.FromDays(1)));

    private static PushFailure Transient(TimeSpan retryAfter = default) => new(PushFailure.Unavailable, "later", IsTransient: true, retryAfter);
}
