using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

public sealed class PollPaceTests
{
    [Fact]
    public void It_rests_longer_and_longer_up_to_a_tenth_of_a_second_and_a_millisecond_again_with_the_first_measurement()
    {
        var pace = new PollPace();
        var rests = Enumerable.Range(0, 200).Select(_ => pace.Next(hasCome: false, isFillingUp: false)).ToList();
        Assert.Equal(PollPace.Shortest, rests[0]);
        Assert.Equal(rests.Order(), rests);
        Assert.Equal(TimeSpan.FromMilliseconds(100), rests[^1]);
        Assert.InRange(rests.TakeWhile(rest => rest < PollPace.Longest).Sum(rest => rest.TotalSeconds), 0.5, 2);
        Assert.Equal(PollPace.Shortest, pace.Next(hasCome: true, isFillingUp: false));
        Assert.Equal(PollPace.Shortest, pace.Next(hasCome: false, isFillingUp: false));
    }

    [Fact]
    public void It_does_not_rest_while_a_lane_is_filling_up()
    {
        var pace = new PollPace();
        Assert.Equal(TimeSpan.Zero, pace.Next(hasCome: true, isFillingUp: true));
    }
}
