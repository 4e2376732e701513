using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

public sealed class SamplingTests
{
    /// <summary>Of n choices with probability p, np are taken, give or take five standard deviations; and as many after one taken as after any.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void One_in_so_many_is_taken_at_random(int oneIn)
    {
        const int Choices = 4_000_000;
        var (taken, pairs) = (0, 0);
        Packing.Lanes.OnThread(() =>
        {
            Sampler.Seed(20100);
            var before = false;
            for (var i = 0; i < Choices; i++)
            {
                var isTaken = Sampler.Takes(oneIn);
                taken += isTaken ? 1 : 0;
                pairs += isTaken && before ? 1 : 0;
                before = isTaken;
            }
        });
        AssertBinomial(taken, Choices, 1.0 / oneIn);
        AssertBinomial(pairs, taken, 1.0 / oneIn);
    }

    [Fact]
    public void What_is_left_out_is_neither_sent_nor_refused()
    {
        const int Measurements = 30_000;
        using var run = new RecorderRun(RecorderRun.Rule("sampled", "counter", sampleOneIn: 10), RecorderRun.Rule("sampled", sampleOneIn: 1_000_000));
        using var meter = new Meter("sampled");
        var counter = meter.CreateCounter<long>("counter");
        var gauge = meter.CreateGauge<long>("gauge");
        Packing.Lanes.OnThread(() =>
        {
            Sampler.Seed(1);
            for (var i = 0; i < Measurements; i++)
            {
                counter.Add(i, new KeyValuePair<string, object?>("k", "v"));
                gauge.Record(i);
            }
        });
        var records = run.Drain();
        AssertBinomial(records.Count, Measurements, 0.1);
        Assert.Equal(0, Enum.GetValues<RefusalReason>().Sum(run.Refused));
        Assert.Equal(Measurements - 1, Assert.Single(run.TakeGauges()).Bits);
    }

    [Fact]
    public void Threads_choose_differently()
    {
        var choices = new bool[4][];
        for (var i = 0; i < choices.Length; i++)
        {
            Packing.Lanes.OnThread(() => choices[i] = [.. Enumerable.Range(0, 200).Select(_ => Sampler.Takes(2))]);
        }

        Assert.Equal(choices.Length, choices.Select(made => string.Concat(made)).Distinct().Count());
    }

    private static void AssertBinomial(int found, int choices, double probability)
    {
        var deviation = Math.Sqrt(choices * probability * (1 - probability));
        Assert.InRange(found, (choices * probability) - (5 * deviation), (choices * probability) + (5 * deviation));
    }
}
