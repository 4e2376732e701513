using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks;

/// <summary>
/// What it costs to ask whether the receiver is there: while it is, over each transport, and while it is away and not to be tried yet;
/// and a whole collection then, by the exporter's own reader, which leaves all points in the SDK, and by another one.
/// </summary>
/// <remarks>The clock of those whose receiver is away stands still, so that it is never tried again.</remarks>
internal static class AwayCosts
{
    private const int Series = 1_000;
    private const int Calls = 200;

    public static void Run(LoopOptions options)
    {
        Console.WriteLine($"\n### The receiver is there, or away; {options.Rounds} rounds of {Calls} calls, {Report.Load()}\n");
        Console.WriteLine("| | µs/call, median | min |");
        Console.WriteLine("| --- | --: | --: |");
        foreach (var kind in (EndpointKind[])[EndpointKind.Udp, EndpointKind.UnixDatagram, EndpointKind.UnixStream, EndpointKind.Tcp])
        {
            using var receiver = new LoopbackReceiver(kind);
            using var exporter = Unpaced.Exporter("there", receiver.Endpoint);
            Measure(options, $"there, {kind}: asking", receiver, () => Expect(true, exporter.IsReceiverThere(TimeSpan.FromSeconds(1))));
        }

        RunAway(options);
    }

    private static void RunAway(LoopOptions options)
    {
        using var workload = new Workload(Shape.Counters, Series);
        using var asked = Away();
        Measure(options, "away: asking", receiver: null, () => Expect(false, asked.IsReceiverThere(TimeSpan.FromSeconds(1))));

#pragma warning disable CA2000 // Whoever has the exporter disposes of it.
        using var aware = Provider(workload, new ReceiverAwareMetricReader<StatsdMetricExporter>(Away(), int.MaxValue, 1_000)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        });
        using var another = Provider(workload, new BaseExportingMetricReader(Away())
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        });
#pragma warning restore CA2000
        Measure(options, $"away: collection, {Series} series", receiver: null, () => Expect(false, aware.ForceFlush()), workload);
        Measure(options, $"away: collection by another reader, {Series} series", receiver: null, () => Expect(false, another.ForceFlush()), workload);
    }

    private static void Measure(LoopOptions options, string name, LoopbackReceiver? receiver, Action call, Workload? workload = null)
    {
        // With something to collect, each call has all of it.
        var calls = workload is null ? Calls : 1;
        var times = new List<double>();
        for (var round = 0; round < options.WarmUpRounds + options.Rounds; round++)
        {
            workload?.Record();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                call();
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / calls);
            receiver?.WaitUntilEmpty();
        }

        times.RemoveRange(0, options.WarmUpRounds);
        Report.WriteLine($"| {name} | {Report.Median(times):F2} | {times.Min():F2} |");
    }

    /// <summary>An exporter that has found nobody at a port that was free a moment ago.</summary>
    private static StatsdMetricExporter Away()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = new Endpoint(IPAddress.Loopback.ToString(), ((IPEndPoint)socket.LocalEndPoint!).Port);
        socket.Dispose();
        var exporter = Unpaced.Exporter("away", endpoint, Unpaced.Transport(endpoint), new StoppedClock());
        Expect(false, exporter.IsReceiverThere(TimeSpan.FromSeconds(1)));
        return exporter;
    }

    private static MeterProvider Provider(Workload workload, MetricReader reader) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty())
        .AddMeter(workload.MeterName)
        .AddReader(reader)
        .Build();

    private static void Expect(bool expected, bool actual)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"The receiver is said to be {(actual ? "there" : "away")}.");
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
