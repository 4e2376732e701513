using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The daemon as a fixture: what it makes of hand-written lines.</summary>
public class StatsdDaemonTests
{
    [Fact]
    public void Hand_written_lines_are_read_back()
    {
        using var daemon = StatsdDaemon.StartOrSkip();
        using var client = new UdpClient();
        byte[][] sent =
        [
            "hits:3|c\nhits:1|c|@0.25"u8.ToArray(),
            "level:7|g\nlevel:0|g\nlevel:-4|g\nfresh:-2|g"u8.ToArray(),
            "level:0|g\nlevel:-4|g"u8.ToArray(),
            "stepped:5|g\nstepped:-4|g"u8.ToArray(),
            "tagged:2|c|#env:prod,zone:a\ntagged;env=prod;zone=a:5|c"u8.ToArray(),
            "took:12|ms\ntook:8.5|ms"u8.ToArray(),
            "packed:1|ms:2|ms|@0.25:3|ms"u8.ToArray(),
            "users:ann|s\nusers:bob|s\nusers:ann|s"u8.ToArray(),
        ];

        foreach (var datagram in sent)
        {
            client.Send(datagram, daemon.EndPoint);
        }

        daemon.WaitFor(() => daemon.CounterTotals.GetValueOrDefault("statsd.packets_received") == sent.Length);

        Assert.Equal(sent, daemon.Datagrams);
        Assert.Equal(7, daemon.CounterTotals["hits"]);
        Assert.Equal(7, daemon.CounterTotals["tagged;env=prod;zone=a"]);
        Assert.Equal(-4, daemon.Gauges["level"]);
        Assert.Equal(-2, daemon.Gauges["fresh"]);
        Assert.Equal(1, daemon.Gauges["stepped"]);
        Assert.Equal([8.5, 12], daemon.Timers["took"].Order());
        Assert.Equal(2, daemon.TimerCounts["took"]);
        Assert.Equal([1, 2, 3], daemon.Timers["packed"].Order());
        Assert.Equal(6, daemon.TimerCounts["packed"]);
        Assert.Equal(["ann", "bob"], daemon.Sets["users"].Order());
        Assert.Equal(0, daemon.BadLinesSeen);
    }

    [Fact]
    public void A_line_the_daemon_cannot_read_is_seen()
    {
        using var daemon = StatsdDaemon.StartOrSkip();
        using var client = new UdpClient();

        client.Send("good:1|c\nbad:NaN|g\nworse:1:2|c"u8, daemon.EndPoint);
        daemon.WaitFor(() => daemon.CounterTotals.GetValueOrDefault("statsd.packets_received") == 1);

        Assert.True(daemon.BadLinesSeen > 0);
        Assert.Equal(1, daemon.CounterTotals["good"]);
    }
}
