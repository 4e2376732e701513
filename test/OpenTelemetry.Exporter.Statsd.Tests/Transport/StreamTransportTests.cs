using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What holds for every stream of bytes, over real connections on this machine.</summary>
public sealed class StreamTransportTests
{
    private const int PacketBytes = 8192;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public static TheoryData<AddressFamily> Families => [AddressFamily.Unix, AddressFamily.InterNetwork];

    [Theory]
    [MemberData(nameof(Families))]
    public void Bytes_arrive_as_they_were_sent(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.NotConnected, Send(transport, "early\n"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "a:1|c\n"));
        Assert.Equal(SocketError.Success, Send(transport, "b:2|g\n"));
        Assert.Equal(SocketError.Success, transport.TakeReport());
        using var peer = receiver.Accept();
        Assert.False(receiver.HasCaller());
        transport.Disconnect();
        Assert.Equal(SocketError.NotConnected, Send(transport, "late\n"));
        Assert.Equal("a:1|c\nb:2|g\n", Encoding.ASCII.GetString(StreamReceiver.ReadToEnd(peer)));
    }

    [Theory]
    [InlineData(AddressFamily.Unix, SocketError.AddressNotAvailable)]
    [InlineData(AddressFamily.InterNetwork, SocketError.ConnectionRefused)]
    public void A_receiver_that_is_absent_is_reported_by_error_code_and_found_when_it_comes(AddressFamily family, SocketError absent)
    {
        using var receiver = new StreamReceiver(family);
        receiver.Stop();
        using var transport = receiver.NewTransport();
        Assert.Empty(Observed.Exceptions(() =>
        {
            Assert.Equal(absent, transport.Probe(Soon));
            Assert.Equal(absent, transport.Probe(Soon));
            Assert.Equal(SocketError.NotConnected, Send(transport, "lost\n"));
        }));

        receiver.Restart();
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.Success, transport.Probe(Soon))));
        Assert.Equal(SocketError.Success, Send(transport, "found\n"));
        using var peer = receiver.Accept();
        Assert.Equal("found\n"u8, StreamReceiver.Read(peer, 6));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_receiver_that_was_restarted_is_found_by_the_next_probe(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var first = receiver.Accept();
        receiver.Stop();
        receiver.Close(first);
        receiver.Restart();
        Assert.Empty(Observed.Exceptions(() =>
        {
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, Send(transport, "1\n"));
        }));
        using var second = receiver.Accept();
        Assert.Equal("1\n"u8, StreamReceiver.Read(second, 2));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_idle_close_is_noticed_before_the_next_write_and_nothing_is_lost_over_a_thousand_of_them(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        for (var i = 0; i < 1_000; i++)
        {
            var line = $"line:{i}|c\n";
            var error = Send(transport, line);
            Assert.Equal(i == 0 ? SocketError.NotConnected : SocketError.Disconnecting, error);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, Send(transport, line));
            var peer = receiver.Accept();
            Assert.Equal(line, Encoding.ASCII.GetString(StreamReceiver.Read(peer, line.Length)));
            receiver.Close(peer);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_peer_that_talks_is_read_off_and_its_close_noticed_all_the_same(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var peer = receiver.Accept();
        for (var i = 0; i < 100; i++)
        {
            peer.Send(new byte[3_000]);
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, Send(transport, "1\n"));
        }

        StreamReceiver.Read(peer, 200);
        peer.Send(new byte[3_000]);
        receiver.Close(peer);
        Assert.Equal(SocketError.Disconnecting, Send(transport, "2\n"));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void However_slowly_the_peer_reads_the_bytes_taken_arrive_in_order_and_no_others(AddressFamily family)
    {
        var payload = new byte[24 << 20];
        new Random(1).NextBytes(payload);

        // How many bytes to send in a call, and how many to read after it.
        var steps = Gen.Choose(1, 64 * PacketBytes).Zip(Gen.Choose(0, 8 * PacketBytes)).ArrayOf(80).ToArbitrary();
        var cut = 0;
        Prop.ForAll(steps, sizes =>
        {
            using var receiver = new StreamReceiver(family);
            using var transport = receiver.NewTransport();
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            using var peer = receiver.Accept();
            var sent = 0;
            var received = new MemoryStream();
            foreach (var (toSend, toRead) in sizes)
            {
                var part = payload.AsMemory(sent, Math.Min(toSend, payload.Length - sent));
                if (part.Length > 0)
                {
                    var error = transport.Send(part, PacketBytes, out var taken);
                    Assert.Equal(taken > 0 ? SocketError.Success : SocketError.WouldBlock, error);
                    Assert.InRange(taken, 0, part.Length);
                    cut += taken > 0 && taken < part.Length ? 1 : 0;
                    sent += taken;
                }

                received.Write(StreamReceiver.Read(peer, Math.Min(toRead, sent - (int)received.Length)));
            }

            transport.Dispose();
            received.Write(StreamReceiver.ReadToEnd(peer));
            Assert.True(received.GetBuffer().AsSpan(0, (int)received.Length).SequenceEqual(payload.AsSpan(0, sent)));
        }).Check(RandomCases.Of(30));
        Assert.True(cut > 0, "No packet was ever taken in part.");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_stalled_peer_is_waited_for_until_it_reads(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();
        var sent = Fill(transport);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        new OtherThread(() => transport.WaitUntilWritable(TimeSpan.FromSeconds(-1))).Join();
        new OtherThread(() => transport.WaitUntilWritable(TimeSpan.Zero)).Join();

        // Some time later the kernel moves what it can of the last piece into the buffer of the peer.
        const string More = "0\n";
        for (SocketError error; (error = Send(transport, More)) != SocketError.WouldBlock; sent += More.Length)
        {
            Assert.Equal(SocketError.Success, error);
        }

        var reader = new OtherThread(() => StreamReceiver.Read(peer, sent));
        transport.WaitUntilWritable(Soon);
        Assert.Equal(SocketError.Success, Send(transport, "1\n"));
        reader.Join();
        Assert.Equal("1\n"u8, StreamReceiver.Read(peer, 2));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_connection_that_is_reset_in_mid_line_says_so_and_the_next_one_starts_anew(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var peer = receiver.Accept();
        Fill(transport);
        receiver.Reset(peer);
        Assert.Empty(Observed.Exceptions(() =>
        {
            // Returns at once for a connection that has ended.
            transport.WaitUntilWritable(Soon);
            Assert.Equal(SocketError.ConnectionReset, Send(transport, "whole line\n"));
            Assert.Equal(SocketError.NotConnected, Send(transport, "whole line\n"));
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, Send(transport, "whole line\n"));
        }));
        using var next = receiver.Accept();
        transport.Dispose();
        Assert.Equal("whole line\n"u8, StreamReceiver.ReadToEnd(next));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_reset_while_idle_is_noticed_by_a_probe(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        using var transport = receiver.NewTransport();
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        var peer = receiver.Accept();
        Assert.Equal(SocketError.Success, Send(transport, "unread\n"));
        Assert.True(peer.Poll(Soon, SelectMode.SelectRead));
        receiver.Reset(peer);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "1\n"));
        using var next = receiver.Accept();
        Assert.Equal("1\n"u8, StreamReceiver.Read(next, 2));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_was_taken_arrives_after_the_end_even_if_the_peer_reads_late_and_has_spoken(AddressFamily family)
    {
        using var receiver = new StreamReceiver(family);
        var transport = Guard(receiver.NewTransport());
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var peer = receiver.Accept();
        var sent = Fill(transport);
        receiver.Say(peer, "who are you?"u8);
        transport.Dispose();
        transport.Dispose();
        Assert.Empty(Observed.Exceptions(() =>
        {
            Assert.Equal(SocketError.OperationAborted, Send(transport, "late"));
            Assert.Equal(SocketError.OperationAborted, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.TakeReport());
            transport.WaitUntilWritable(Soon);
            transport.Disconnect();
        }));
        Assert.Equal(sent, StreamReceiver.ReadToEnd(peer).Length);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Ended_by_another_thread_in_the_middle_of_a_call_it_loses_nothing_that_was_taken(AddressFamily family)
    {
        var packet = new byte[PacketBytes];
        for (var round = 0; round < 200; round++)
        {
            using var receiver = new StreamReceiver(family);
            var transport = Guard(receiver.NewTransport());
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            using var peer = receiver.Accept();
            var sent = 0;
            var sender = new OtherThread(() =>
            {
                SocketError error;
                while ((error = transport.Send(packet, PacketBytes, out var taken)) != SocketError.OperationAborted)
                {
                    Volatile.Write(ref sent, sent + taken);
                    if (error == SocketError.WouldBlock)
                    {
                        transport.WaitUntilWritable(Soon);
                    }
                    else
                    {
                        Assert.Equal(SocketError.Success, error);
                    }
                }
            });

            // Sometimes in the middle of sending, sometimes of waiting.
            var enough = round % 2 == 0 ? round * 500 : 0;
            Observed.Until(() => Volatile.Read(ref sent) > enough);
            transport.Dispose();
            var received = StreamReceiver.ReadToEnd(peer).Length;
            sender.Join();
            Assert.Equal(sent, received);
        }
    }

    private static GuardedTransport Guard(ITransport transport) => new(transport, new ExporterEvents("test"));

    private static SocketError Send(ITransport transport, string packet)
    {
        var bytes = Encoding.ASCII.GetBytes(packet);
        var error = transport.Send(bytes, bytes.Length, out var taken);
        Assert.Equal(error == SocketError.Success ? bytes.Length : 0, taken);
        return error;
    }

    /// <summary>Sends until there is no room, with the last packet taken in part.</summary>
    /// <returns>How many bytes were taken.</returns>
    private static int Fill(ITransport transport)
    {
        var packets = new byte[64 * PacketBytes];
        var sent = 0;
        for (var refused = 0; refused < 3;)
        {
            var error = transport.Send(packets, PacketBytes, out var taken);
            sent += taken;
            if (error == SocketError.WouldBlock)
            {
                // The kernel may still be about to move something into the buffer of the peer.
                transport.WaitUntilWritable(TimeSpan.FromMilliseconds(50));
                refused++;
            }
            else
            {
                Assert.Equal(SocketError.Success, error);
                refused = 0;
            }
        }

        return sent;
    }
}
