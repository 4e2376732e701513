using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Streaming;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>The pump looks at all series while others make more.</summary>
[Collection(Alone.Name)]
public sealed class SeriesIdsTests
{
    [Fact]
    public void All_series_can_be_walked_while_their_number_grows()
    {
        using var run = new RecorderRun(RecorderRun.Rule("ids.grow"));
        using var meter = new Meter("ids.grow");
        meter.CreateCounter<long>("counter");
        var instrument = run.Recorder.Instruments[0];
        for (var round = 0; round < 2000; round++)
        {
            var ids = new SeriesIds(run.Clock);
            var adder = new Thread(() =>
            {
                for (var i = 0; i < 1025; i++)
                {
                    ids.TryAdd(instrument, [], 0);
                }
            });
            adder.Start();
            var seen = 0;
            while (adder.IsAlive)
            {
                var slots = ids.Slots;
                Assert.InRange(slots.Length, seen, 1025);
                seen = slots.Length;
            }

            adder.Join();
            Assert.Equal(1025, ids.Slots.Length);
        }
    }
}
