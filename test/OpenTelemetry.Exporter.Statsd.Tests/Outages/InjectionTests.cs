using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>
/// Errors that the kernel gives rarely and no test can bring about, put by <c>strace</c> in place of the calls of an application in a
/// process of its own. Skipped where the system does not allow that.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class InjectionTests
{
    private const int Points = 2_000;

    /// <summary>How long an application tries to deliver everything; a kernel that is traced takes its time, and a busy machine more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(Carrier.Udp, "ENOBUFS")]
    [InlineData(Carrier.UnixDatagram, "ENOBUFS")]
    [InlineData(Carrier.UnixFrames, "ENOBUFS")]
    [InlineData(Carrier.Tcp, "ENOBUFS")]
    [InlineData(Carrier.Udp, "EPERM")]
    [InlineData(Carrier.UnixDatagram, "EPERM")]
    [InlineData(Carrier.UnixFrames, "EPERM")]
    [InlineData(Carrier.Tcp, "EPERM")]
    [InlineData(Carrier.Udp, "EMSGSIZE")]
    public void An_error_of_every_third_send_loses_nothing(Carrier carrier, string error)
    {
        var outcome = Run(carrier, $"sendto:error={error}:when=2+3", Patience);
        Assert.Equal(Points, outcome.Received);
    }

    [Theory]
    [InlineData(Carrier.Udp, "ENOBUFS", "timed_out")]
    [InlineData(Carrier.Tcp, "ENOBUFS", "timed_out")]
    [InlineData(Carrier.Udp, "EPERM", "receiver_away")]
    [InlineData(Carrier.UnixDatagram, "EPERM", "receiver_away")]
    [InlineData(Carrier.UnixDatagram, "EMSGSIZE", "packet_too_large")]
    public void An_error_of_every_send_loses_everything_and_counts_it(Carrier carrier, string error, string reason)
    {
        var outcome = Run(carrier, $"sendto:error={error}", patience: TimeSpan.Zero);
        Assert.Equal(0, outcome.Received);
        Assert.Equal(Points, outcome.Dropped[reason]);
    }

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    public void Packets_too_large_for_the_path_are_lost_and_counted_and_others_are_not(Carrier carrier)
    {
        var outcome = Run(carrier, "sendto:error=EMSGSIZE:when=2..7", Patience);
        Assert.InRange(outcome.Dropped["packet_too_large"], 1, Points - 1);
    }

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void A_connection_that_is_not_permitted_for_a_while_loses_nothing(Carrier carrier)
    {
        var outcome = Run(carrier, "connect:error=EACCES:when=1..3", Patience);
        Assert.Equal(Points, outcome.Received);
    }

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void A_connection_that_is_never_permitted_loses_everything_and_counts_it(Carrier carrier)
    {
        var outcome = Run(carrier, "connect:error=EACCES", patience: TimeSpan.Zero);
        Assert.Equal(Points, outcome.Dropped["receiver_away"]);
    }

    /// <remarks>A kernel that knows no segmentation offload; a network card that cannot do its part of it, as the kernel finds out by the first send.</remarks>
    [Theory]
    [InlineData("setsockopt:error=ENOPROTOOPT")]
    [InlineData("sendto:error=EIO:when=1")]
    public void Without_segmentation_offload_each_packet_goes_by_itself_and_nothing_is_lost(string injection)
    {
        var trace = Path.GetTempFileName();
        try
        {
            var outcome = Run(Carrier.Udp, injection, Patience, trace);
            Assert.Equal(Points, outcome.Received);

            // With offload, a send has several packets.
            var sends = File.ReadLines(trace).Select(line => SendLength().Match(line)).Where(match => match.Success).ToArray();
            Assert.True(sends.Length > Points / 100, $"Only {sends.Length} sends.");
            Assert.All(sends, send => Assert.InRange(Number(send.Groups[1].Value), 1, 1432));
            Assert.Contains("(INJECTED)", File.ReadAllText(trace), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(trace);
        }
    }

    private static Outcome Run(Carrier carrier, string injection, TimeSpan patience, string trace = "/dev/null")
    {
        RequireStrace();
        using var receiver = New(carrier);
        var program = Path.Combine(AppContext.BaseDirectory, "FaultApp.dll");
        var (code, output, errors) = Command.Execute(
            "strace", "-f", "-qq", "-o", trace, "-e", "trace=sendto,connect,setsockopt", "-e", $"inject={injection}",
            "dotnet", program, "points", receiver.Address, $"{Points}", patience.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        Assert.Equal((0, string.Empty), (code, errors));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToArray();
        Assert.Equal("end", lines[^1][0]);

        receiver.StopGracefully();
        var received = PointApplication.Distinct(receiver.Payloads);
        var exported = Number(Assert.Single(lines, line => line[0] == "exported")[1]);
        var dropped = lines.Where(line => line[0] == "dropped").ToDictionary(line => line[1], line => Number(line[2]));
        Assert.Equal(exported, received);
        Assert.Equal(Points, received + dropped.Values.Sum());
        return new Outcome(received, dropped);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The length of a call such as <c>sendto(123, "c:1|c|#point:1"..., 1432, 0, NULL, 0) = 1432</c>.</summary>
    [GeneratedRegex("""sendto\(\d+, "[^"]*"\.*, (\d+),""")]
    private static partial Regex SendLength();

    private static void RequireStrace()
    {
        try
        {
            var (code, _, errors) = Command.Execute("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=sendto", "-e", "inject=sendto:error=EPERM", "true");
            Assert.SkipUnless(code == 0, $"The system does not allow to trace a process: {errors}");
        }
        catch (Win32Exception)
        {
            // No build may quietly prove less.
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "There is no strace; build/receivers/install.sh installs it.");
            Assert.Skip("There is no strace.");
        }
    }

    private sealed record Outcome(int Received, Dictionary<string, int> Dropped);
}
