using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>A TCP port on 127.0.0.1 that answers nobody, as one behind a firewall: the kernel's queue of connections that nobody accepts is full.</summary>
public sealed class SilentPort : IDisposable
{
    // As /proc/net/tcp writes the state of a connection whose first packet was not answered.
    private const string SynSent = "02";

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Takes a free port.</summary>
    public SilentPort()
    {
        this.listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // There is room for one more than that.
        this.listener.Listen(0);
        this.caller.Connect(this.listener.LocalEndPoint!);
    }

    /// <summary>Gets the address as senders are told it.</summary>
    public string Address => $"tcp://{this.listener.LocalEndPoint}";

    /// <summary>Gets whether somebody waits for an answer.</summary>
    public bool IsCalled
    {
        get
        {
            var remote = string.Create(CultureInfo.InvariantCulture, $":{((IPEndPoint)this.listener.LocalEndPoint!).Port:X4}");
            return File.ReadLines("/proc/net/tcp")
                .Select(line => line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields[3] == SynSent && fields[2].EndsWith(remote, StringComparison.Ordinal));
        }
    }

    /// <summary>Gives the port back.</summary>
    public void Dispose()
    {
        this.caller.Dispose();
        this.listener.Dispose();
    }
}
