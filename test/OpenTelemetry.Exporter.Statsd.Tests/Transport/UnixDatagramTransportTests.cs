using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Datagrams to real socket files.</summary>
public sealed class UnixDatagramTransportTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly SocketFolder folder = new();

    /// <summary>One more than the queue of a receiver is long.</summary>
    private static int Capacity => int.Parse(File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen"), null) + 1;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_datagram_arrives_as_it_was_sent()
    {
        using var receiver = folder.Bind(SocketType.Dgram);
        using var transport = NewTransport();
        Assert.Equal(SocketError.NotConnected, Send(transport, "early"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "a:1|c\nb:2|g"));
        Assert.Equal("a:1|c\nb:2|g", Receive(receiver));
        Assert.Equal(0, receiver.Available);
        Assert.Equal(SocketError.Success, transport.TakeReport());
    }

    [Fact]
    public void A_receiver_that_is_absent_is_reported_by_error_code_and_found_when_it_comes()
    {
        using var transport = NewTransport();
        Assert.Empty(Observed.Exceptions(() =>
        {
            Assert.Equal(SocketError.AddressNotAvailable, transport.Probe(Soon));
            Assert.Equal(SocketError.NotConnected, Send(transport, "lost"));
        }));

        folder.Kill(folder.Bind(SocketType.Dgram));
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon))));

        using var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "found"));
        Assert.Equal("found", Receive(receiver));
    }

    [Fact]
    public void A_receiver_that_has_gone_refuses_and_its_successor_is_found_by_the_next_probe()
    {
        using var transport = NewTransport();
        using (folder.Bind(SocketType.Dgram))
        {
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
        }

        using var successor = folder.Bind(SocketType.Dgram);
        Assert.Empty(Observed.Exceptions(() =>
        {
            Assert.Equal(SocketError.ConnectionRefused, Send(transport, "again"));
            Assert.Equal(SocketError.NotConnected, Send(transport, "again"));
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, Send(transport, "again"));
        }));
        Assert.Equal("again", Receive(successor));
    }

    [Fact]
    public void Asking_with_an_empty_line_notices_a_dead_receiver_and_finds_its_successor()
    {
        using var transport = NewTransport(asks: true);
        using (var receiver = folder.Bind(SocketType.Dgram))
        {
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal(SocketError.Success, transport.Probe(Soon));
            Assert.Equal("\n", Receive(receiver));
            Assert.Equal(0, receiver.Available);
        }

        Assert.Equal(SocketError.AddressNotAvailable, transport.Probe(Soon));
        using var successor = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        folder.Kill(successor);
        Assert.Equal(SocketError.ConnectionRefused, transport.Probe(Soon));

        using var third = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var fourth = folder.Bind(SocketType.Dgram);
        third.Dispose();
        Assert.Equal(SocketError.AddressNotAvailable, transport.Probe(Soon));
    }

    [Fact]
    public void A_restarted_receiver_is_found_by_one_probe()
    {
        using var transport = NewTransport(asks: true);
        var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        folder.Kill(receiver);
        using var successor = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "1"));
        Assert.Equal("1", Receive(successor));
    }

    [Fact]
    public void Without_leave_to_ask_nothing_is_sent_by_a_probe()
    {
        using var transport = NewTransport();
        using var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.False(receiver.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public void A_path_that_belongs_to_another_socket_is_followed_after_a_disconnect()
    {
        using var transport = NewTransport(asks: true);
        using var old = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        using var current = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(Capacity - 1, Fill(transport));
        transport.Disconnect();
        Assert.Equal(SocketError.NotConnected, Send(transport, "1"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "1"));
        Assert.Equal("1", Receive(current));
    }

    [Fact]
    public void A_full_receiver_is_alive_and_takes_more_once_it_has_read()
    {
        using var transport = NewTransport(asks: true);
        using var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(Capacity, Fill(transport));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));

        var reader = new OtherThread(() => Assert.Equal("0", Receive(receiver)));
        transport.WaitUntilWritable(Soon);
        reader.Join();
        Assert.Equal(SocketError.Success, Send(transport, "last"));
        for (var i = 1; i < Capacity; i++)
        {
            Assert.Equal($"{i}", Receive(receiver));
        }

        Assert.Equal("last", Receive(receiver));
        Assert.False(receiver.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-10_000)]
    public void Waiting_ends_although_the_receiver_reads_nothing(int milliseconds)
    {
        using var transport = NewTransport();
        using var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Fill(transport);
        new OtherThread(() => transport.WaitUntilWritable(TimeSpan.FromMilliseconds(milliseconds))).Join();
        Assert.Equal(SocketError.WouldBlock, Send(transport, "1"));
    }

    [Fact]
    public void Every_datagram_that_is_taken_arrives_once_and_in_order_whatever_the_receiver_does()
    {
        // Each number reads so many datagrams; a negative one kills the receiver and starts another.
        var steps = Gen.Choose(-2, 12).ArrayOf(60).ToArbitrary();
        Prop.ForAll(steps, numbers =>
        {
            using var transport = NewTransport();
            var receiver = folder.Bind(SocketType.Dgram);
            var taken = new List<string>();
            var received = new List<string>();
            var next = 0;
            foreach (var number in numbers)
            {
                for (var i = 0; i < 6; i++)
                {
                    var text = $"{next}" + new string('x', next * 37 % 8000);
                    var error = Send(transport, text);
                    if (error == SocketError.Success)
                    {
                        taken.Add(text);
                        next++;
                    }
                    else if (error != SocketError.WouldBlock)
                    {
                        Assert.Equal(SocketError.Success, transport.Probe(Soon));
                    }
                }

                // What a receiver has not read dies with it.
                for (var i = 0; (number < 0 || i < number) && receiver.Poll(TimeSpan.Zero, SelectMode.SelectRead); i++)
                {
                    received.Add(Receive(receiver));
                }

                if (number < 0)
                {
                    folder.Kill(receiver);
                    receiver = folder.Bind(SocketType.Dgram);
                }
            }

            while (receiver.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                received.Add(Receive(receiver));
            }

            receiver.Dispose();
            Assert.NotEmpty(taken);
            Assert.True(taken.SequenceEqual(received), $"{taken.Count} were taken, {received.Count} received.");
        }).Check(RandomCases.Of(100));
    }

    [Fact]
    public void A_datagram_that_is_too_long_is_refused_and_the_connection_stays()
    {
        using var transport = NewTransport();
        using var receiver = folder.Bind(SocketType.Dgram);
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.MessageSize, Send(transport, new string('x', 4 << 20)));
        Assert.Equal(SocketError.Success, Send(transport, "1"));
        Assert.Equal("1", Receive(receiver));
    }

    [Fact]
    public void A_file_that_may_not_be_written_and_a_socket_of_another_kind_are_told_apart()
    {
        using var transport = NewTransport();
        using (folder.Bind(SocketType.Dgram))
        {
            Assert.Equal(SocketError.AccessDenied, folder.AsStranger(() => transport.Probe(Soon)));
        }

        using var stream = folder.Bind(SocketType.Stream);
        stream.Listen(1);
        Assert.Empty(Observed.Exceptions(() => Assert.Equal(SocketError.ProtocolType, transport.Probe(Soon))));
    }

    [Fact]
    public void After_its_end_it_sends_nothing_and_what_was_taken_arrives()
    {
        using var receiver = folder.Bind(SocketType.Dgram);
        var transport = new GuardedTransport(NewTransport(asks: true), new ExporterEvents("test"));
        Assert.Equal(SocketError.Success, transport.Probe(Soon));
        Assert.Equal(SocketError.Success, Send(transport, "1"));
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
        Assert.Equal("1", Receive(receiver));
        Assert.False(receiver.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    private static SocketError Send(ITransport transport, string packet)
    {
        var bytes = Encoding.ASCII.GetBytes(packet);
        var error = transport.Send(bytes, bytes.Length, out var taken);
        Assert.Equal(error == SocketError.Success ? bytes.Length : 0, taken);
        return error;
    }

    private static string Receive(Socket receiver)
    {
        var buffer = new byte[16_384];
        return Encoding.ASCII.GetString(buffer, 0, receiver.Receive(buffer));
    }

    /// <summary>Sends 0, 1, 2 and so on.</summary>
    /// <returns>How many were taken before there was no more room.</returns>
    private static int Fill(ITransport transport)
    {
        var sent = 0;
        while (Send(transport, $"{sent}") is var error && error != SocketError.WouldBlock)
        {
            Assert.Equal(SocketError.Success, error);
            sent++;
        }

        return sent;
    }

    private UnixDatagramTransport NewTransport(bool asks = false) => new(folder.Path, asks);
}
