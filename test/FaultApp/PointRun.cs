using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace FaultApp;

/// <summary>
/// Records points that can be told from each other, in two halves; exports each, the latter until it is delivered or the time is over;
/// and prints what the exporter counted: <c>exported 12</c>, <c>dropped timed_out 3</c>, last <c>end</c>.
/// </summary>
internal static class PointRun
{
    private const string Name = "fault";
    private const int ShutdownMilliseconds = 5_000;

    public static int Run(string endpoint, int points, TimeSpan patience)
    {
        using var counts = new OwnCounts(Name);
        using var meter = new Meter(Name);
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(Name)
            .AddView("c", new MetricStreamConfiguration { CardinalityLimit = points + 1 })
            .AddStatsdExporter(Name, (statsd, reader) =>
            {
                statsd.Endpoint = endpoint;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            })
            .Build())
        {
            var counter = meter.CreateCounter<int>("c");
            Record(0, points / 2);
            provider.ForceFlush();
            Record(points / 2, points);
            SpinWait.SpinUntil(() => provider.ForceFlush(), patience);
            provider.Shutdown(ShutdownMilliseconds);

            void Record(int from, int to)
            {
                for (var point = from; point < to; point++)
                {
                    counter.Add(1, new KeyValuePair<string, object?>("point", point));
                }
            }
        }

        Console.WriteLine($"exported {counts.Exported}");
        foreach (var (reason, lost) in counts.Dropped)
        {
            Console.WriteLine($"dropped {reason} {lost}");
        }

        Console.WriteLine("end");
        return 0;
    }
}
