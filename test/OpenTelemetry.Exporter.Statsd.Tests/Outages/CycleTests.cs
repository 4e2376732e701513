using System.Net;
using System.Net.Sockets;
using System.Text;
using TestSupport;
using static OpenTelemetry.Exporter.Statsd.Tests.Outages.FaultTests;

namespace OpenTelemetry.Exporter.Statsd.Tests.Outages;

/// <summary>Receivers that come and die by the thousand, with an exporter that sends to each and finds each of them dead.</summary>
[Collection(Alone.Name)]
public sealed class CycleTests
{
    private const int WarmUp = 500;

    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(Carrier.Udp)]
    [InlineData(Carrier.UnixDatagram)]
    [InlineData(Carrier.UnixFrames)]
    [InlineData(Carrier.Tcp)]
    public void Receivers_that_die_by_the_thousand_leave_nothing_behind(Carrier carrier)
    {
        const int Cycles = 10_000;
        using var receiver = NewMortal(carrier);
        using var application = new SteadyApplication(receiver.Address, series: 1);
        var (handles, threads, memory) = (0, 0, 0L);
        var received = 0m;
        for (var cycle = 0; cycle < WarmUp + Cycles; cycle++)
        {
            if (cycle == WarmUp)
            {
                (handles, threads, memory) = (Observed.Handles(), Observed.Threads(), Observed.Memory());
            }

            application.Record();
            Assert.False(application.FlushAfter(LongEnough));
            receiver.Rise();
            application.Record();
            Assert.True(application.FlushAfter(LongEnough));
            received += Counted(receiver.Die());
        }

        // The thread pool has its own mind about a few threads, and the runtime about some memory, but not about ten bytes a cycle.
        Observed.Until(() => Observed.Handles() <= handles);
        Assert.InRange(Observed.Threads(), 1, threads + 4);
        Observed.UntilMemoryIsAtMost(memory + (Cycles * 10) + 65_536);
        Assert.Equal(application.Rounds, received);
        Assert.Equal(0, application.Self.All("statsd.exporter.points.dropped"));
    }

    /// <summary>The sum of the counter in a payload; a series of its own reads no line again, for ten thousand would take their time.</summary>
    private static decimal Counted(ReadOnlySpan<byte> payload)
    {
        var start = payload.IndexOf("hits:"u8);
        Assert.True(start >= 0, $"No count in '{Encoding.UTF8.GetString(payload)}'.");
        var value = payload[(start + 5)..];
        return decimal.Parse(value[..value.IndexOf((byte)'|')], provider: null);
    }

    private static Mortal NewMortal(Carrier carrier) => carrier switch
    {
        Carrier.Udp => new MortalUdp(),
        Carrier.UnixDatagram => new MortalUnixDatagram(),
        Carrier.UnixFrames => new MortalStream(AddressFamily.Unix),
        _ => new MortalStream(AddressFamily.InterNetwork),
    };

    /// <summary>A receiver without a thread, dead to begin with, that one can have live and die cheaply.</summary>
    private abstract class Mortal : IDisposable
    {
        private readonly byte[] buffer = new byte[65_536];

        public abstract string Address { get; }

        public abstract void Rise();

        /// <summary>Reads what has come, and dies.</summary>
        public abstract ReadOnlySpan<byte> Die();

        public abstract void Dispose();

        /// <summary>What a socket has got, but for empty lines.</summary>
        protected ReadOnlySpan<byte> Read(Socket socket)
        {
            var length = 0;
            while (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                length += socket.Receive(buffer.AsSpan(length));
            }

            return buffer.AsSpan(0, length);
        }
    }

    private sealed class MortalUdp : Mortal
    {
        private Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public MortalUdp()
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Die();
        }

        public override string Address => $"udp://{socket.LocalEndPoint}";

        public override void Rise()
        {
            var dead = socket;
            socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            PortHandover.Pass(dead, socket);
        }

        public override ReadOnlySpan<byte> Die()
        {
            var payload = Read(socket);

            // Connected to itself, it refuses all others, and nobody else can be given the port.
            socket.Connect(socket.LocalEndPoint!);
            return payload;
        }

        public override void Dispose() => socket.Dispose();
    }

    private sealed class MortalUnixDatagram : Mortal
    {
        private readonly SocketFolder folder = new();
        private Socket? socket;

        public override string Address => $"unix://{folder.Path}";

        public override void Rise() => socket = folder.Bind(SocketType.Dgram);

        public override ReadOnlySpan<byte> Die()
        {
            var payload = Read(socket!);
            folder.Kill(socket!);
            return payload;
        }

        public override void Dispose()
        {
            socket?.Dispose();
            folder.Dispose();
        }
    }

    private sealed class MortalStream : Mortal
    {
        private readonly StreamReceiver receiver;
        private readonly string address;
        private int deaths;

        public MortalStream(AddressFamily family)
        {
            receiver = new StreamReceiver(family);
            address = family == AddressFamily.Unix ? $"unixstream://{receiver.Folder.Path}" : $"tcp://127.0.0.1:{receiver.Port}";
            receiver.Stop();
        }

        public override string Address => address;

        public override void Rise() => receiver.Restart();

        public override ReadOnlySpan<byte> Die()
        {
            var peer = receiver.Accept();
            var payload = Read(peer);
            if (deaths++ % 2 == 0)
            {
                receiver.Reset(peer);
            }
            else
            {
                receiver.Close(peer);
            }

            receiver.Stop();
            return payload;
        }

        public override void Dispose() => receiver.Dispose();
    }
}
