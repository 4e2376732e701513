using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QuickStart;

/// <summary>Stands in for a StatsD server: prints each packet that arrives, line by line.</summary>
internal sealed class LineReceiver : IDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    private LineReceiver()
    {
        Console.WriteLine($"Listening for StatsD packets on {Endpoint}.");
        _ = PrintAsync();
    }

    public string Endpoint => $"udp://{socket.Client.LocalEndPoint}";

    /// <summary>Starts a receiver if no real server is to be used.</summary>
    public static LineReceiver? StartUnless(string? endpoint) => endpoint is null ? new LineReceiver() : null;

    public void Dispose() => socket.Dispose();

    private async Task PrintAsync()
    {
        try
        {
            while (true)
            {
                var packet = (await socket.ReceiveAsync()).Buffer;
                var lines = Encoding.UTF8.GetString(packet).Split('\n');
                var text = new StringBuilder();
                text.Append(null, $"-- {DateTime.Now:HH:mm:ss.fff}  a packet of {packet.Length} bytes, {lines.Length} lines\n");
                foreach (var line in lines)
                {
                    text.Append("   ").Append(line).Append('\n');
                }

                Console.Write(text);
            }
        }
        catch (ObjectDisposedException)
        {
            // The application ends.
        }
    }
}
