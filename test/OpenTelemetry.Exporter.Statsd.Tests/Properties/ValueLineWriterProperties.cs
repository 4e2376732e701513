using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Whatever values, and whatever else a packet holds: each value is in one line, in order, and each line as long as the packet allows.</summary>
public sealed class ValueLineWriterProperties
{
    private const long MaxWeight = 5;

    private static readonly ReceiverProfile[] Profiles = [ReceiverProfile.DatadogAgent, ReceiverProfile.StatsDGraphite, ReceiverProfile.Telegraf];

    private static readonly Gen<double> Value = Gen.Frequency(
        (6, Gen.Choose(-2000, 2000).Select(number => number / 8d)),
        (2, ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)),
        (1, Gen.Elements(0, -0.0, 1e21, 1e-7, double.Epsilon, double.MaxValue, 1e300)));

    private static readonly Gen<Case> Cases =
        from profile in Gen.Elements(Profiles)
        from packet in Gen.Frequency((3, Gen.Choose(1, 100)), (1, Gen.Choose(100, 1432)))
        from before in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(1, 60)))
        from name in Gen.Choose(1, 40)
        from tags in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(1, 40)))
        from areEntries in ArbMap.Default.GeneratorFor<bool>()
        from weight in Weights
        from values in Value.ListOf()
        from weights in Weights.ArrayOf(values.Count)
        select new Case(
            profile,
            packet,
            Math.Min(before, packet),
            new string('n', name),
            new string('t', tags),
            areEntries,
            [.. values.Zip(weights, (value, own) => new WeightedValue(value, areEntries ? weight : own))]);

    private readonly HashSet<string> seen = [];

    private static Gen<long> Weights => Gen.Frequency((3, Gen.Constant(1L)), (1, Gen.Choose(2, (int)MaxWeight).Select(weight => (long)weight)));

    [Fact]
    public void Each_value_is_in_a_line_as_long_as_the_packet_allows()
    {
        Prop.ForAll(Cases.ToArbitrary(), Holds).Check(RandomCases.Of(20_000).WithEndSize(60));
        string[] all = ["written", "too long", "several packets", "beside others", "several values", "several weights in a line", .. Profiles.Select(profile => profile.Name)];
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private void Holds(Case given)
    {
        var tally = new ExportTally(new ExporterEvents("test"));
        var sink = new Sink();
        var packets = new PacketBuilder(given.PacketBytes, sink, tally);
        if (given.BytesBefore > 0)
        {
            packets.Free[..given.BytesBefore].Fill((byte)'x');
            packets.CommitEntry(given.BytesBefore);
        }

        var writer = new ValueLineWriter(given.Profile, packets);
        var tagsFollowType = given.Profile.Tags is { Position: TagPosition.AfterType };
        var (name, tags, type) = (Bytes(given.Name), Bytes(given.Tags), Bytes(given.Type));
        var parts = tagsFollowType
            ? new LineParts { Head = name, Tail = type, TailEnd = tags }
            : new LineParts { Head = name, HeadEnd = tags, Tail = type };
        var fitting = given.Values.Where(given.FitsAlone).ToArray();
        if (given.AreEntries)
        {
            var written = writer.WriteEntries(parts, given.Values.FirstOrDefault().Weight, [.. given.Values.Select(value => value.Value)]);
            Assert.Equal(fitting.Length, written);
            Assert.Equal(fitting.Length + (given.BytesBefore > 0 ? 1 : 0), packets.Entries);
        }
        else
        {
            Assert.Equal(fitting.Length == given.Values.Length, writer.TryWrite(parts, given.Values));
            if (fitting.Length > 0)
            {
                packets.CompleteEntry();
            }
        }

        packets.Flush();
        Check(given, fitting, sink.Packets);
    }

    private void Check(Case given, WeightedValue[] fitting, List<string> packets)
    {
        Assert.All(packets, packet => Assert.InRange(packet.Length, 1, given.PacketBytes));
        var lines = packets.SelectMany(packet => packet.Split('\n')).Skip(given.BytesBefore > 0 ? 1 : 0).ToList();
        var read = lines.SelectMany(given.Read).ToArray();
        Assert.Equal(fitting, read);

        // A line goes on as long as its packet has room, and a packet as long as it has room for a line; one that fits nowhere ends both.
        var endsEarly = fitting.Length < given.Values.Length;
        var next = 0;
        var used = given.BytesBefore;
        foreach (var line in lines)
        {
            var count = given.Read(line).Length;
            var begins = used == 0 ? 0 : used + 1;
            if (begins + line.Length > given.PacketBytes)
            {
                Assert.True(endsEarly || begins + given.Line([fitting[next]]).Length > given.PacketBytes, "The packet had room for a value.");
                begins = 0;
            }

            used = begins + line.Length;
            next += count;
            if (next < fitting.Length && given.MayShare(fitting[next - 1], fitting[next]))
            {
                var longer = given.Line(fitting.AsSpan((next - count)..(next + 1)));
                Assert.True(endsEarly || begins + longer.Length > given.PacketBytes, "The line had room for a value.");
            }
        }

        Note(given, fitting, packets, lines);
    }

    private void Note(Case given, WeightedValue[] fitting, List<string> packets, List<string> lines)
    {
        if (fitting.Length > 0)
        {
            seen.UnionWith(["written", given.Profile.Name]);
        }

        seen.UnionWith(fitting.Length < given.Values.Length ? ["too long"] : []);
        seen.UnionWith(packets.Count > 1 ? ["several packets"] : []);
        seen.UnionWith(packets.Any(packet => packet.StartsWith('x') && packet.Contains('\n', StringComparison.Ordinal)) ? ["beside others"] : []);
        seen.UnionWith(lines.Any(line => given.Read(line).Length > 1) ? ["several values"] : []);
        seen.UnionWith(lines.Any(line => given.Read(line).DistinctBy(value => value.Weight).Count() > 1) ? ["several weights in a line"] : []);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed record Case(
        ReceiverProfile Profile, int PacketBytes, int BytesBefore, string Name, string Tags, bool AreEntries, WeightedValue[] Values)
    {
        public string Type => Profile == ReceiverProfile.DatadogAgent ? "|d" : Profile == ReceiverProfile.Telegraf ? "|h" : "|ms";

        public bool FitsAlone(WeightedValue value) => Line([value]).Length <= PacketBytes;

        public bool MayShare(WeightedValue one, WeightedValue other) => Profile.Packing switch
        {
            ValuePacking.None => false,
            ValuePacking.Values => one.Weight == other.Weight,
            _ => true,
        };

        public string Line(ReadOnlySpan<WeightedValue> values)
        {
            var line = new StringBuilder(Name);
            line.Append(Profile == ReceiverProfile.DatadogAgent ? string.Empty : Tags);
            foreach (var value in values)
            {
                line.Append(':').Append(NumberOf(value.Value));
                line.Append(Profile.Packing == ValuePacking.Values ? string.Empty : Type + Rate(value.Weight));
            }

            return Profile.Packing == ValuePacking.Values ? line.Append(Type).Append(Rate(values[0].Weight)).Append(Tags).ToString() : line.ToString();
        }

        /// <summary>The values of a line, each of which stands where the rules have it.</summary>
        public WeightedValue[] Read(string line)
        {
            WeightedValue[] values;
            if (Profile.Packing == ValuePacking.Values)
            {
                var fields = line.Split('|');
                var weight = fields.Length > 2 ? Weight(fields[2].Replace("t", string.Empty, StringComparison.Ordinal)) : 1;
                values = [.. fields[0].Split(':').Skip(1).Select(number => new WeightedValue(Number(number), weight))];
            }
            else
            {
                values = [.. line.Split(':').Skip(1).Select(part => part.Split('|')).Select(
                    fields => new WeightedValue(Number(fields[0]), fields.Length > 2 ? Weight(fields[2]) : 1))];
            }

            Assert.Equal(Line(values), line);
            return values;
        }

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture) + 0.0;

        private static long Weight(string rate) => (long)(1 / double.Parse(rate.TrimStart('@'), CultureInfo.InvariantCulture));

        // The number and the rate have tests of their own.
        private static string Rate(long weight)
        {
            Span<byte> buffer = stackalloc byte[SampleRate.MaxBytes];
            Assert.True(SampleRate.TryWrite(buffer, weight, out var written));
            return Encoding.UTF8.GetString(buffer[..written]);
        }

        private string NumberOf(double value)
        {
            Span<byte> buffer = stackalloc byte[Utf8Number.MaxPlainDoubleBytes];
            var fits = Profile.Numbers == NumberForm.Plain
                ? Utf8Number.TryWritePlain(buffer, value, out var written)
                : Utf8Number.TryWrite(buffer, value, out written);
            Assert.True(fits);
            return Encoding.UTF8.GetString(buffer[..written]);
        }
    }

    private sealed class Sink : IPacketSink
    {
        public List<string> Packets { get; } = [];

        public void Add(ReadOnlySpan<byte> packet, PacketEntries entries) => Packets.Add(Encoding.UTF8.GetString(packet));
    }
}
