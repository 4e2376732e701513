using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TestSupport;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Many threads record with tags, over each transport: what is read back is, for each series, the sum and the values of what was recorded.</summary>
public sealed class StreamSumTests
{
    private const int Threads = 8;
    private const int Rounds = 15_000;
    private const int Series = 20;

    [Theory]
    [InlineData("udp")]
    [InlineData("unix")]
    [InlineData("unixstream")]
    [InlineData("tcp")]
    public void Sums_and_values_of_eight_threads_are_exact(string scheme)
    {
        using var receiver = Receivers.Of(scheme);
        var told = Record($"sums.{scheme}", receiver, bufferBytes: 64 << 20);
        Assert.Equal((0, 0), (told.MeasurementsRefused, told.MeasurementsDropped));
        Assert.Equal(3L * Threads * Rounds, told.MeasurementsExported);
        var records = Records(receiver);
        for (var series = 0; series < Series; series++)
        {
            var own = records.Where(record => record.Tags["series"] == $"s{series}").ToLookup(record => record.Name);
            var numbers = NumbersOf(series).ToArray();
            Assert.Equal((double)numbers.Sum(), own["whole"].Sum(record => record.Number));
            Assert.Equal(numbers.Sum(number => number / 4.0), own["quarters"].Sum(record => record.Number));
            Assert.Equal(numbers.Order().Select(number => number * 2.0), own["values"].Select(record => record.Number).Order());
        }
    }

    /// <summary>With little room: no value comes twice or from nowhere, and those that are missing were refused.</summary>
    [Theory]
    [InlineData("udp")]
    [InlineData("unix")]
    public void What_is_missing_under_pressure_was_refused(string scheme)
    {
        using var receiver = Receivers.Of(scheme);
        var told = Record($"pressure.{scheme}", receiver, bufferBytes: 262_144);
        var records = Records(receiver);
        var values = records.Where(record => record.Name == "values").Select(record => record.Number).ToArray();
        var recorded = Enumerable.Range(0, Series).SelectMany(NumbersOf).Select(number => number * 2.0).ToHashSet();
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.All(values, value => Assert.Contains(value, recorded));
        Assert.Equal(recorded.Count - values.Length, told.MeasurementsRefusedByPriority.GetValueOrDefault("low"));

        // Numbers are of high priority, and what is missing of both is no less than one and no more than the largest for each that was refused.
        var missing = Enumerable.Range(0, Series).SelectMany(NumbersOf).Sum() * 5 / 4.0;
        missing -= records.Where(record => record.Name is "whole" or "quarters").Sum(record => record.Number);
        var refused = told.MeasurementsRefusedByPriority.GetValueOrDefault("high");
        Assert.InRange(missing, refused / 4.0, refused * (double)(Threads * Rounds));
        Assert.Equal(3L * Threads * Rounds, told.MeasurementsExported + told.MeasurementsRefused);
        Assert.Equal(0, told.MeasurementsDropped);
        Assert.True(told.MeasurementsRefused > 0, "There was no pressure.");
    }

    [Fact]
    public void Two_exporters_of_one_provider_each_stream_the_same_instrument()
    {
        using var first = new UdpReceiver();
        using var second = new UnixDatagramReceiver();
        using var meter = new Meter("sums.two");
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddStatsdExporter("first", options => options.Stream(meter.Name).Endpoint = first.Address)
            .AddStatsdExporter("second", options => options.Stream(meter.Name).Endpoint = second.Address)
            .Build();
        var counter = meter.CreateCounter<long>("whole");
        var histogram = meter.CreateHistogram<double>("values");
        for (var i = 1; i <= 1000; i++)
        {
            counter.Add(i);
            histogram.Record(i);
        }

        Assert.True(provider.Shutdown());
        provider.Dispose();
        foreach (var (name, receiver) in new (string, Receiver)[] { ("first", first), ("second", second) })
        {
            receiver.StopGracefully();
            var records = Records(receiver);
            Assert.Equal(500_500, records.Where(record => record.Name == "whole").Sum(record => record.Number));
            Assert.Equal(Enumerable.Range(1, 1000).Select(i => (double)i), records.Where(record => record.Name == "values").Select(record => record.Number));
            Assert.Equal((2000, 0), (provider.GetStatsdExporterStatistics(name)!.MeasurementsExported, provider.GetStatsdExporterStatistics(name)!.PointsExported));
        }
    }

    /// <summary>What the threads record in a series: each number once.</summary>
    private static IEnumerable<long> NumbersOf(int series) =>
        from thread in Enumerable.Range(0, Threads)
        from round in Enumerable.Range(0, Rounds)
        where round % Series == series
        select NumberOf(thread, round);

    private static long NumberOf(int thread, int round) => (round * Threads) + thread + 1;

    private static StatsdExporterStatistics Record(string name, Receiver receiver, int bufferBytes)
    {
        using var meter = new Meter(name);
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddStatsdExporter(name, options =>
            {
                options.Endpoint = receiver.Address;
                options.MaxStreamBufferBytes = bufferBytes;
                options.Stream(name, "values", stream => stream.Priority = StreamPriority.Low);
                options.Stream(name, configure: stream => stream.Priority = StreamPriority.High);
            })
            .Build();
        var whole = meter.CreateCounter<long>("whole");
        var quarters = meter.CreateCounter<double>("quarters");
        var values = meter.CreateHistogram<double>("values");
        var tags = Enumerable.Range(0, Series).Select(series => new Tag("series", $"s{series}")).ToArray();
        var workers = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var (number, tag) = (NumberOf(thread, round), tags[round % Series]);
                whole.Add(number, tag);
                quarters.Add(number / 4.0, tag);
                values.Record(number * 2.0, tag);
            }
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        Assert.True(provider.Shutdown());
        provider.Dispose();
        receiver.StopGracefully();
        return provider.GetStatsdExporterStatistics(name)!;
    }

    private static IReadOnlyList<StatsdRecord> Records(Receiver receiver) =>
        new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(receiver.Payloads);
}
