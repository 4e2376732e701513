using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>What the package reports about itself.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly Recorder recorder = new();
    private readonly ExporterTelemetry telemetry;
    private long now;

    public TelemetryTests() => telemetry = new(() => now);

    public static TheoryData<string, string> Events => new()
    {
        { "ScrapeFailed", "A scrape failed: test-5f1c." },
        { "ResponseTooLarge", "A scrape failed: the response would exceed MaxScrapeResponseSizeBytes, 987654321." },
        { "TooManySeries", "A scrape failed: there are more series than MaxScrapeSeries allows, 123456789." },
        { "ScrapeTimedOut", "A scrape was not done when the scraper's time was over." },
        { "ScraperTooSlow", "A scrape had to give way: it took so long that its memory was needed for later ones." },
        { "IrregularValues", "Metric 'test-5f1c' of meter 'test-5f1c.meter' has had a total or sum that is negative or NaN: in OpenMetrics its type is unknown, or it has neither sum nor count." },
        { "NameConflict", "Metric 'test-5f1c' of meter 'test-5f1c.meter' is exposed as 'b': 'a' is taken by another type, or reserved." },
        { "DuplicateSeries", "Family 'test-5f1c' has a series twice; the later one carries the label d." },
        { "UnknownMetricType", "Metric 'test-5f1c' is left out: this version does not know its type, LongGauge." },
        { "Unauthorized", "A scrape from 192.0.2.201 was refused: its credential does not match." },
        { "TooManyConnections", "A connection from 192.0.2.201:80 was broken off, the oldest of the 256 that may be there." },
        { "ListenFailed", "The exporter does not listen on test-5f1c, and tries again: no." },
        { "PushFailed", "PUT http://test-5f1c/metrics/job/j failed: no answer." },
    };

    public void Dispose() => recorder.Dispose();

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_says_how_many_of_its_kind_were_held_back(string name, string text)
    {
        var metric = CreateGauge("test-5f1c");
        for (var raised = 0; raised < 30; raised++)
        {
            Raise(name, metric);
        }

        var written = Written(name, text);
        Assert.InRange(written.Count, 1, 10);
        Assert.All(written, entry => Assert.Equal($"{text} Held back since the last such event: 0.", entry));

        now += 60_000;
        Raise(name, metric);
        Assert.Equal(
            $"{text} Held back since the last such event: {30 - written.Count}.",
            Assert.Single(Written(name, text).Skip(written.Count)));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_is_written_however_many_there_are_of_other_kinds(string name, string text)
    {
        var metric = CreateGauge("test-5f1c");
        foreach (var other in Events.Select(row => row.Data.Item1).Where(other => other != name))
        {
            for (var raised = 0; raised < 30; raised++)
            {
                Raise(other, metric);
            }
        }

        Raise(name, metric);

        Assert.Single(Written(name, text));
    }

    [Fact]
    public void Meter_has_the_version_of_the_package()
    {
        var versions = new List<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "OpenTelemetry.Exporter.Statsd.Prometheus")
                {
                    versions.Add(instrument.Meter.Version);
                }
            },
        };
        ExporterTelemetry.CountFailure("first_use");

        listener.Start();

        var package = typeof(PrometheusAspNetCoreOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(5, versions.Count);
        Assert.All(versions, version => Assert.Equal(package.Split('-', '+')[0], version));
    }

    private static Metric CreateGauge(string name)
    {
        using var meter = new Meter($"{name}.meter");
        var exporter = new Catcher();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(exporter))
            .Build();
        meter.CreateGauge<long>(name).Record(1);
        provider.ForceFlush();
        return Assert.Single(exporter.Metrics);
    }

    private void Raise(string name, Metric metric)
    {
        switch (name)
        {
            case "ScrapeFailed":
                telemetry.ScrapeFailed("test-5f1c.");
                break;
            case "ResponseTooLarge":
                telemetry.ResponseTooLarge(987654321);
                break;
            case "TooManySeries":
                telemetry.TooManySeries(123456789);
                break;
            case "ScrapeTimedOut":
                telemetry.ScrapeTimedOut();
                break;
            case "ScraperTooSlow":
                telemetry.ScraperTooSlow();
                break;
            case "IrregularValues":
                telemetry.IrregularValues("test-5f1c", "test-5f1c.meter");
                break;
            case "NameConflict":
                telemetry.NameConflict("test-5f1c", "test-5f1c.meter", "b", "a");
                break;
            case "DuplicateSeries":
                telemetry.DuplicateSeries("test-5f1c", "d");
                break;
            case "Unauthorized":
                telemetry.Unauthorized(IPAddress.Parse("192.0.2.201"), hasCredential: true);
                break;
            case "TooManyConnections":
                telemetry.TooManyConnections(new IPEndPoint(IPAddress.Parse("192.0.2.201"), 80), 256);
                break;
            case "ListenFailed":
                telemetry.ListenFailed("test-5f1c", new IOException("no."));
                break;
            case "PushFailed":
                telemetry.PushFailed("PUT", "http://test-5f1c/metrics/job/j", "timeout", "no answer");
                break;
            default:
                telemetry.UnknownMetricType(metric);
                break;
        }
    }

    /// <summary>The events of this test; others run at the same time, but none with events that name nothing.</summary>
    private List<string> Written(string name, string text) =>
    [
        .. recorder.Events.Where(entry => entry.Name == name && entry.Text.StartsWith(text, StringComparison.Ordinal)).Select(entry => entry.Text),
    ];

    private sealed class Catcher : BaseExporter<Metric>
    {
        public List<Metric> Metrics { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Metrics.Add(metric);
            }

            return ExportResult.Success;
        }
    }
}
