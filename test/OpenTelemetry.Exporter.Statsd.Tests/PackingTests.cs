using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Lines fill packets to the byte.</summary>
public sealed class PackingTests
{
    [Fact]
    public void A_packet_is_filled_to_the_byte_without_a_line_feed_at_its_end()
    {
        // "c0:1|c" has 6 bytes: with its separators, 9 lines have 62 bytes and a tenth would make 69.
        using var session = new Session(options: options => options.MaxPacketBytes = 69);
        var lines = Record(session, 20);
        var packets = session.FlushPackets();
        Assert.Equal([69, 69], packets.Select(packet => packet.Length));
        Assert.Equal(lines, packets.SelectMany(packet => Encoding.UTF8.GetString(packet).Split('\n')));
    }

    [Fact]
    public void One_byte_less_moves_the_last_line_to_the_next_packet()
    {
        using var session = new Session(options: options => options.MaxPacketBytes = 68);
        Record(session, 20);
        Assert.Equal([62, 62, 13], session.FlushPackets().Select(packet => packet.Length));
    }

    [Fact]
    public void A_line_as_long_as_a_packet_is_sent_alone()
    {
        using var session = new Session(options: options => options.MaxPacketBytes = 64);
        session.Meter.CreateCounter<int>("before").Add(1);
        session.Meter.CreateCounter<int>(new string('n', 60)).Add(1);
        session.Meter.CreateCounter<int>("after").Add(1);
        Assert.Equal(["before:1|c", new string('n', 60) + ":1|c", "after:1|c"], session.FlushPackets().Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void A_line_longer_than_a_packet_is_dropped_and_counted()
    {
        using var session = new Session(options: options => options.MaxPacketBytes = 64);
        using var self = new SelfMetrics(session.Name);
        session.Meter.CreateCounter<int>("before").Add(1);
        session.Meter.CreateCounter<int>(new string('n', 61)).Add(1);
        session.Meter.CreateCounter<int>("after").Add(1);
        Assert.Equal(["before:1|c", "after:1|c"], session.FlushLines());
        Assert.Equal(1, self["statsd.exporter.points.dropped", "line_too_long"]);
        Assert.Equal(2, self["statsd.exporter.points.exported"]);
    }

    [Fact]
    public void A_gauge_and_the_line_that_resets_it_share_a_packet()
    {
        using var session = new Session(StatsdProfile.StatsD, options => options.MaxPacketBytes = 64);
        session.Meter.CreateCounter<int>(new string('n', 50)).Add(1);
        session.Meter.CreateGauge<int>("g").Record(-5);
        Assert.Equal([new string('n', 50) + ":1|c", "g:0|g\ng:-5|g"], session.FlushPackets().Select(Encoding.UTF8.GetString));
    }

    private static string[] Record(Session session, int count)
    {
        var lines = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var name = $"{(char)('a' + (i / 10))}{i % 10}";
            session.Meter.CreateCounter<int>(name).Add(1);
            lines.Add($"{name}:1|c");
        }

        return [.. lines];
    }
}
