using System.Net.Sockets;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>A scraper that reads no more than it is told to, over a socket with as little room as the system allows.</summary>
internal sealed class RawScraper : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };

    private RawScraper()
    {
    }

    /// <summary>Connects and sends a request.</summary>
    public static async Task<RawScraper> SendAsync(TestApp app, string headers = "", string path = "/metrics", string version = "1.1")
    {
        var scraper = new RawScraper();
        var address = app.Client.BaseAddress!;
        await scraper.socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var request = $"GET {path} HTTP/{version}\r\nHost: {address.Authority}\r\n{headers}\r\n";
        await scraper.socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        return scraper;
    }

    /// <summary>Reads until as many bytes have come, or all.</summary>
    public async Task<string> ReadAsync(int length)
    {
        var buffer = new byte[length];
        var read = 0;
        int count;
        while (read < length && (count = await socket.ReceiveAsync(buffer.AsMemory(read), TestContext.Current.CancellationToken)) > 0)
        {
            read += count;
        }

        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    /// <summary>Reads until the server has closed the connection.</summary>
    /// <returns>What came, as text, and whether the connection was reset.</returns>
    public async Task<(string Text, bool IsReset)> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            return (text.ToString(), false);
        }
        catch (SocketException)
        {
            return (text.ToString(), true);
        }
    }

    public void Dispose()
    {
        // Resets, so that the server notices at once.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
