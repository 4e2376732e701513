using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Origin;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Fields are all that tells an exporter that writes them from one that does not: no line differs otherwise, none is cut.</summary>
public sealed class DatadogFieldsProperties
{
    private const string Id = "1f0e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
    private const int LargestPacket = 65_507;

    private static readonly byte[] EndMark = "end of export"u8.ToArray();
    private static int cases;

    private static Arbitrary<Case> Cases { get; } = Arb.From(
        from hasContainer in Gen.Elements(true, false)
        from externalData in Gen.Frequency((1, Gen.Constant<string?>(null)), (2, Texts.Select(text => (string?)text)))
        from level in Gen.Elements<DatadogCardinality?>(null, DatadogCardinality.None, DatadogCardinality.Orchestrator)
        from maxPacketBytes in Gen.Frequency((1, Gen.Choose(64, 300)), (1, Gen.Choose(300, 1432)))
        from keys in Gen.ArrayOf(Texts.Zip(Texts), 3)
        from count in Gen.Choose(0, 3)
        from values in Gen.Choose(1, 12).SelectMany(series => Gen.ArrayOf(Gen.Choose(-1000, 1000), series))
        select new Case(
            hasContainer, externalData, level, maxPacketBytes, [.. keys.Take(count).DistinctBy(key => key.Item1)], values));

    private static Gen<string> Texts => HostileText.Any.Where(text => Encoding.UTF8.GetByteCount(text) <= 512);

    [Fact]
    public void Without_their_fields_lines_are_what_they_would_be_without_fields()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has cgroups.");
        using var root = new LinuxRoot($"0::/docker/{Id}\n", cgroupNamespace: LinuxRoot.HostNamespace);
        var (sent, tooLong) = (0, 0);
        Prop.ForAll(Cases, Holds).Check(RandomCases.Of(500));
        Assert.True(sent > 1000 && tooLong > 100, $"{sent} lines were sent, {tooLong} were too long: no proof of either.");

        void Holds(Case input)
        {
            var end = (input.HasContainer ? $"|c:ci-{Id}" : string.Empty) + DocumentedRules.Fields(
                DocumentedRules.ExternalData(input.ExternalData), input.Cardinality?.ToString().ToLowerInvariant());
            var (plain, packets) = Export(input, new ContainerOrigin(root.PathOf(string.Empty)));

            Assert.All(packets, packet => Assert.InRange(packet.Length, 1, input.MaxPacketBytes));
            var records = Session.DecoderFor(StatsdProfile.DatadogAgent).DecodeAll(packets);
            Assert.All(records, record =>
            {
                Assert.EndsWith(end, record.Line, StringComparison.Ordinal);
                Assert.Equal(end, (record.ContainerId is null ? string.Empty : $"|c:{record.ContainerId}") + DocumentedRules.Fields(record.ExternalData, record.Cardinality));
            });

            var fitting = plain.Where(line => Encoding.UTF8.GetByteCount(line + end) <= input.MaxPacketBytes).ToList();
            Assert.Equal(fitting, records.Select(record => record.Line[..^end.Length]));
            sent += fitting.Count;
            tooLong += plain.Count - fitting.Count;
        }
    }

    /// <summary>Exports the same points twice.</summary>
    /// <returns>The lines without fields, and the packets with them.</returns>
    private static (IReadOnlyList<string> Plain, IReadOnlyList<byte[]> Packets) Export(Case input, ContainerOrigin container)
    {
        using var meter = new Meter($"fields.{Interlocked.Increment(ref cases)}");
        using var plain = new UdpReceiver();
        using var fields = new UdpReceiver();
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddReader(ReaderTo("plain", plain, settings => settings with { Delivery = settings.Delivery with { MaxPacketBytes = LargestPacket } }))
            .AddReader(ReaderTo("fields", fields, settings => settings with
            {
                Delivery = settings.Delivery with { MaxPacketBytes = input.MaxPacketBytes },
                DatadogFields = new StatsdExporterOptions
                {
                    OriginDetection = input.HasContainer,
                    ExternalData = input.ExternalData,
                    Cardinality = input.Cardinality,
                }.ToDatadogFields(container),
            }))
            .Build())
        {
            Record(meter, input);
            Assert.True(provider.ForceFlush());
            return ([.. Received("plain", plain).SelectMany(packet => Encoding.UTF8.GetString(packet).Split('\n'))], Received("fields", fields));

            byte[][] Received(string exporter, UdpReceiver receiver)
            {
                // What another processor has sent may come behind the mark; what nobody has counted comes before it.
                var sent = provider.GetStatsdExporterStatistics(exporter)!.PacketsSent;
                using var marker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                marker.SendTo(EndMark, receiver.EndPoint);
                return [.. receiver.WaitFor(all => all.Count > sent && all.Any(IsEndMark)).Where(packet => !IsEndMark(packet))];
            }
        }
    }

    private static void Record(Meter meter, Case input)
    {
        var counter = meter.CreateCounter<long>("counter");
        var gauge = meter.CreateGauge<double>("gauge");
        var histogram = meter.CreateHistogram<double>("histogram");
        for (var i = 0; i < input.Values.Length; i++)
        {
            KeyValuePair<string, object?>[] tags = [.. input.Tags.Select(tag => KeyValuePair.Create(tag.Key, (object?)tag.Value)), new("series", i)];
            counter.Add(Math.Abs(input.Values[i]) + 1, tags);
            gauge.Record(input.Values[i] / 8d, tags);
            histogram.Record(Math.Abs(input.Values[i]), tags);
        }

        counter.Add(1);
        gauge.Record(-1);
        histogram.Record(1);
    }

    private static BaseExportingMetricReader ReaderTo(string exporter, UdpReceiver receiver, Func<StatsdExporterSettings, StatsdExporterSettings> change)
    {
        // Were it more packets, nobody would ask whether the receiver is behind.
        var options = new StatsdExporterOptions { Endpoint = $"udp://{receiver.EndPoint}", HistogramForm = HistogramForm.Buckets, MaxPacketsPerSecond = 99_999 };
        var settings = change(options.ToSettings());
        var transport = new UdpTransport(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, asksWithEmptyLine: true);
        return new BaseExportingMetricReader(new StatsdMetricExporter(exporter, settings, transport))
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        };
    }

    private static bool IsEndMark(byte[] packet) => packet.AsSpan().SequenceEqual(EndMark);

    private sealed record Case(
        bool HasContainer,
        string? ExternalData,
        DatadogCardinality? Cardinality,
        int MaxPacketBytes,
        (string Key, string Value)[] Tags,
        int[] Values)
    {
        public override string ToString() =>
            $"container {HasContainer}, external data {Recording.Escaped(ExternalData, 512)}, {Cardinality}, packets of {MaxPacketBytes}, "
            + $"{string.Join(", ", Tags.Select(tag => $"{Recording.Escaped(tag.Key, 120)}: {Recording.Escaped(tag.Value, 120)}"))}, "
            + $"values {string.Join(' ', Values)}";
    }
}
