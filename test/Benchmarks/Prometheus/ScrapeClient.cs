using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Benchmarks.Prometheus;

/// <summary>Scrapes over one connection, one scrape at a time, and reads everything.</summary>
internal sealed class ScrapeClient : IDisposable
{
    /// <summary>How long a server may leave a client without an answer, or without its next bytes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly HttpClient http;

    /// <param name="port">The server's, on loopback.</param>
    /// <param name="receiveBuffer">The size of the socket's receive buffer; 0 for the system's default.</param>
    public ScrapeClient(int port, int receiveBuffer = 0)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (context, _) => ValueTask.FromResult<Stream>(Connect(context, receiveBuffer)) };
        http = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience };
    }

    /// <summary>Whether the server answers in what <paramref name="request"/> asks for, rather than in something else.</summary>
    public bool IsOffered(ScrapeRequest request)
    {
        using var response = Begin(request);
        Drain(response);
        return response.Content.Headers.ContentType?.MediaType == request.Format.MediaType()
            && response.Content.Headers.ContentEncoding.Contains("gzip") == request.IsCompressed;
    }

    public ScrapeCost Scrape(ScrapeRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = Begin(request);
        var toHeaders = Stopwatch.GetElapsedTime(started);
        var bytes = Drain(response);
        return new ScrapeCost(toHeaders, Stopwatch.GetElapsedTime(started), bytes);
    }

    /// <summary>Waits for the headers and leaves the body unread.</summary>
    public HttpResponseMessage Begin(ScrapeRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, ScrapeServer.Path);
        message.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(request.Format.Accept()));
        if (request.IsCompressed)
        {
            message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        }

        return http.Send(message, HttpCompletionOption.ResponseHeadersRead).EnsureSuccessStatusCode();
    }

    /// <summary>Reads the body to its end.</summary>
    /// <returns>Its length.</returns>
    public long Drain(HttpResponseMessage response)
    {
        using var body = response.Content.ReadAsStream();
        var bytes = 0L;
        for (var read = body.Read(buffer); read > 0; read = body.Read(buffer))
        {
            bytes += read;
        }

        return bytes;
    }

    public void Dispose() => http.Dispose();

    private static NetworkStream Connect(SocketsHttpConnectionContext context, int receiveBuffer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
        };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        socket.Connect(context.DnsEndPoint);
        return new NetworkStream(socket, ownsSocket: true);
    }
}

/// <summary>What is asked for.</summary>
internal readonly record struct ScrapeRequest(ScrapeFormat Format, bool IsCompressed)
{
    /// <summary>Every combination.</summary>
    public static IEnumerable<ScrapeRequest> All =>
        from format in Enum.GetValues<ScrapeFormat>() from isCompressed in (bool[])[false, true] select new ScrapeRequest(format, isCompressed);

    public override string ToString() => IsCompressed ? $"{Format}, gzip" : $"{Format}";
}

/// <summary>What one scrape took.</summary>
/// <param name="ToHeaders">From asking to the headers of the answer.</param>
/// <param name="Time">From asking to its last byte.</param>
/// <param name="Bytes">Of the body.</param>
internal readonly record struct ScrapeCost(TimeSpan ToHeaders, TimeSpan Time, long Bytes);
