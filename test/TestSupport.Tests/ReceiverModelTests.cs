using System.Numerics;
using System.Text;

namespace TestSupport.Tests;

public class ReceiverModelTests
{
    [Theory]
    [InlineData(ReceiverKind.DatadogAgent, -5)]
    [InlineData(ReceiverKind.StatsdDaemon, -10)]
    [InlineData(ReceiverKind.StatsdExporter, -10)]
    [InlineData(ReceiverKind.Telegraf, -10)]
    [InlineData(ReceiverKind.OpenTelemetryCollector, -10)]
    public void A_negative_gauge_sent_twice_is_a_level_or_a_step_by_receiver(ReceiverKind kind, double level) =>
        Assert.Equal(level, Apply(kind, "a:-5|g\na:-5|g").Gauge("a"));

    [Theory]
    [InlineData(ReceiverKind.DatadogAgent)]
    [InlineData(ReceiverKind.StatsdDaemon)]
    [InlineData(ReceiverKind.StatsdExporter)]
    [InlineData(ReceiverKind.Telegraf)]
    [InlineData(ReceiverKind.OpenTelemetryCollector)]
    public void A_gauge_reset_before_a_negative_level_is_that_level_everywhere(ReceiverKind kind) =>
        Assert.Equal(-5, Apply(kind, "a:7|g\na:0|g\na:-5|g\na:0|g\na:-5|g").Gauge("a"));

    [Fact]
    public void Counters_add_up_by_their_sample_rates()
    {
        var model = Apply(ReceiverKind.DatadogAgent, "a:3|c|#k:v\na:1|c|@0.25|#k:v\na:-2|c|#k:v\nb:9007199254740993|c\nb:2|c");

        Assert.Equal(5, model.Counter("a", ("k", "v")));
        Assert.Null(model.ExactCounter("a", ("k", "v")));
        Assert.Equal(new BigInteger(9_007_199_254_740_995), model.ExactCounter("b"));
        Assert.Equal(2, model.Counters.Count);
    }

    [Fact]
    public void Telegraf_cuts_counters_to_integers() =>
        Assert.Equal(1, Apply(ReceiverKind.Telegraf, "a:1.9|c\na:0.9|c").Counter("a"));

    [Fact]
    public void Tags_are_a_set_to_the_Agent_and_a_sequence_to_the_daemon()
    {
        const string lines = "a:1|c|#x:1,y:2\na:1|c|#y:2,x:1";

        Assert.Equal(2, Apply(ReceiverKind.DatadogAgent, lines).Counter("a", ("y", "2"), ("x", "1")));
        Assert.Equal(1, Apply(ReceiverKind.StatsdDaemon, lines).Counter("a", ("y", "2"), ("x", "1")));
    }

    [Fact]
    public void A_sample_weighs_the_whole_part_of_its_inverse_rate_for_the_Agent()
    {
        const string line = "a:7:8|d|@0.3";

        Assert.Equal([new(7, 3), new(8, 3)], Apply(ReceiverKind.DatadogAgent, line).Samples("a"));
        Assert.Equal([1 / 0.3, 1 / 0.3], Apply(ReceiverKind.StatsdDaemon, line).Samples("a").Select(sample => sample.Weight));
    }

    [Fact]
    public void A_set_holds_each_member_once() =>
        Assert.Equal(["u1", "u2"], Apply(ReceiverKind.DatadogAgent, "a:u1|s\na:u2|s\na:u1|s").Set("a").Order());

    [Fact]
    public void The_Agent_knows_each_series_by_its_last_origin()
    {
        var model = Apply(ReceiverKind.DatadogAgent, "a:1|c|#k:v|c:in-7\na:1|c|#k:v|c:ci-8|e:cn-x|card:low\nb:1|g");

        Assert.Equal(
            [new("a", "k\u001fv"), new("b", string.Empty)],
            model.Origins.Keys.OrderBy(key => key.Name, StringComparer.Ordinal));
        Assert.Equal(new("ci-8", "cn-x", "low"), model.Origins[new("a", "k\u001fv")]);
        Assert.Equal(default, model.Origins[new("b", string.Empty)]);
    }

    [Theory]
    [InlineData(ReceiverKind.StatsdDaemon)]
    [InlineData(ReceiverKind.StatsdExporter)]
    [InlineData(ReceiverKind.Telegraf)]
    [InlineData(ReceiverKind.OpenTelemetryCollector)]
    public void An_origin_is_refused_by_anything_but_the_Agent(ReceiverKind kind)
    {
        Assert.Throws<MalformedLineException>(() => Apply(kind, "a:1|c|#k:v|c:ci-8"));
        Assert.Throws<MalformedLineException>(() => Apply(kind, "a:1|c|e:cn-x"));
        Assert.Throws<MalformedLineException>(() => Apply(kind, "a:1|c|card:none"));
        Assert.Empty(Apply(kind, "a:1|c").Origins);
    }

    private static ReceiverModel Apply(ReceiverKind kind, string datagram)
    {
        var decoder = new StatsdDecoder(TagDialect.DogStatsd) { AllowDatadogFields = true };
        return new ReceiverModel(kind).Apply(decoder.Decode(Encoding.UTF8.GetBytes(datagram)));
    }
}
