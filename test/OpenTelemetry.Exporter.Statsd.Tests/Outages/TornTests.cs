using System.Net.Sockets;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>A connection that breaks off in the middle of a frame, or of a line: what arrives is whole.</summary>
public sealed class TornTests
{
    /// <summary>More than any kernel takes.</summary>
    private const int Points = 100_000;

    private const int Deadline = 1_000;

    [Fact]
    public async Task A_frame_that_was_cut_off_arrives_whole_on_the_next_connection()
    {
        using var receiver = new StreamReceiver(AddressFamily.Unix);
        using var application = NewApplication(receiver, AddressFamily.Unix);
        using var first = receiver.Accept();
        var payloads = Split(ReadAll(first), AddressFamily.Unix, out var torn);
        Assert.NotEqual(0, torn);
        receiver.Reset(first);
        payloads.AddRange(await Deliver(receiver, application, AddressFamily.Unix));
        Assert.Equal(Points, application.AssertReceivedOrCounted(payloads));
    }

    /// <remarks>What the kernel of a receiver had taken when that broke the connection off is lost, and nobody can know.</remarks>
    [Fact]
    public async Task A_reset_in_the_middle_of_a_line_tears_none_on_the_next_connection()
    {
        using var receiver = new StreamReceiver(AddressFamily.InterNetwork);
        using var application = NewApplication(receiver, AddressFamily.InterNetwork);
        using var first = receiver.Accept();
        var payloads = Split(ReadToMiddleOfLine(first), AddressFamily.InterNetwork, out var torn);
        Assert.NotEqual(0, torn);
        receiver.Reset(first);
        var before = payloads.Count;
        payloads.AddRange(await Deliver(receiver, application, AddressFamily.InterNetwork));
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));
        Assert.Equal(Points, application.Self["statsd.exporter.points.exported"]);
        Assert.InRange(PointApplication.Distinct(payloads), before + (Points / 4), Points - 1);
    }

    [Theory]
    [InlineData(AddressFamily.Unix)]
    [InlineData(AddressFamily.InterNetwork)]
    public void A_shutdown_after_it_counts_what_was_cut_off(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var application = NewApplication(receiver, family);
        using var first = receiver.Accept();
        var payloads = Split(
            family == AddressFamily.Unix ? ReadAll(first) : ReadToMiddleOfLine(first), family, out var torn);
        Assert.NotEqual(0, torn);
        receiver.Reset(first);
        receiver.Stop();
        Assert.False(application.Shutdown(Deadline));
        application.End();
        var exported = application.Self["statsd.exporter.points.exported"];
        Assert.Equal(Points, exported + application.Self.All("statsd.exporter.points.dropped"));
        Assert.InRange(PointApplication.Distinct(payloads), family == AddressFamily.Unix ? exported : 1, exported);
    }

    /// <summary>An application whose exporter keeps what the receiver, which reads nothing, has not taken.</summary>
    private static PointApplication NewApplication(StreamReceiver receiver, AddressFamily family)
    {
        var application = new PointApplication(
            family == AddressFamily.Unix ? $"unixstream://{receiver.Folder.Path}" : $"tcp://127.0.0.1:{receiver.Port}",
            options =>
            {
                options.MaxBufferBytes = 64 << 20;

                // Of a Unix stream, Linux takes pieces of some 36 kB each, so that only a longer frame is cut up.
                options.MaxPacketBytes = 60_000;
                options.Tags["long"] = new string('x', 200);
            });
        application.Record(Points);
        Assert.False(application.Flush());
        return application;
    }

    /// <summary>Exports everything to the end, and reads it.</summary>
    private static async Task<List<byte[]>> Deliver(StreamReceiver receiver, PointApplication application, AddressFamily family)
    {
        var end = Task.Run(
            () =>
            {
                application.Deliver();
                application.End();
            },
            TestContext.Current.CancellationToken);
        using var second = receiver.Accept();
        var payloads = Split(StreamReceiver.ReadToEnd(second), family, out var torn);
        await end;
        Assert.Equal(0, torn);
        return payloads;
    }

    /// <summary>Reads all that a Unix socket has been sent by somebody who sends no more.</summary>
    private static byte[] ReadAll(Socket peer)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[65_536];
        while (peer.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            bytes.Write(buffer, 0, peer.Receive(buffer));
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a part of what a socket has been sent.</summary>
    private static byte[] ReadToMiddleOfLine(Socket peer)
    {
        var bytes = StreamReceiver.Read(peer, 100_000);
        return bytes[^1] == '\n' ? [.. bytes, .. StreamReceiver.Read(peer, 1)] : bytes;
    }

    /// <param name="bytes">What came over a connection.</param>
    /// <param name="family">How it was framed.</param>
    /// <param name="torn">How many bytes were left at its end.</param>
    private static List<byte[]> Split(byte[] bytes, AddressFamily family, out int torn)
    {
        var payloads = new List<byte[]>();
        var start = 0;
        while (start < bytes.Length && TryFind(out var payload, out var next))
        {
            payloads.Add(bytes[payload]);
            start = next;
        }

        torn = bytes.Length - start;
        return payloads;

        bool TryFind(out Range payload, out int next)
        {
            var rest = bytes.AsSpan(start);
            if (family == AddressFamily.Unix)
            {
                next = rest.Length < 4 ? int.MaxValue : start + 4 + BitConverter.ToInt32(rest);
                payload = (start + 4)..next;
            }
            else
            {
                var length = rest.IndexOf((byte)'\n');
                next = length < 0 ? int.MaxValue : start + length + 1;
                payload = start..(next - 1);
            }

            return next <= bytes.Length;
        }
    }
}
