using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Http.Headers;
using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>A format as a scraper asks for it and reads it.</summary>
internal static class Exposed
{
    public static readonly ExpositionSyntax[] Syntaxes = Enum.GetValues<ExpositionSyntax>();

    public static string Accept(ExpositionSyntax syntax) => syntax switch
    {
        ExpositionSyntax.Text004 => "text/plain;version=0.0.4",
        ExpositionSyntax.Text100 => "text/plain;version=1.0.0",
        ExpositionSyntax.OpenMetrics001 => "application/openmetrics-text;version=0.0.1",
        ExpositionSyntax.OpenMetrics100 => "application/openmetrics-text;version=1.0.0",
        _ => "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    };

    /// <summary>The families, if <paramref name="body"/> is whole and well-formed.</summary>
    public static List<Family> Parse(ExpositionSyntax syntax, ReadOnlySpan<byte> body, bool allowUtf8 = false) => syntax switch
    {
        ExpositionSyntax.Text004 or ExpositionSyntax.Text100 => TextParser.Parse(body, allowUtf8),
        ExpositionSyntax.OpenMetrics001 or ExpositionSyntax.OpenMetrics100 => OpenMetricsParser.Parse(body, allowUtf8),
        _ => ProtobufParser.Parse(body, allowUtf8),
    };

    public static HttpRequestMessage Request(ExpositionSyntax syntax, string? coding = null, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", Accept(syntax));
        if (coding is not null)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(coding));
        }

        return request;
    }

    /// <summary>Scrapes with success.</summary>
    public static async Task<byte[]> GetBytesAsync(this TestApp app, ExpositionSyntax syntax, string? coding = null)
    {
        using var request = Request(syntax, coding);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
        Assert.Equal(coding is null ? [] : [coding], response.Content.Headers.ContentEncoding);
        return Decompress(body, coding);
    }

    /// <summary>Decompresses, and refuses what is cut off.</summary>
    public static byte[] Decompress(byte[] body, string? coding)
    {
        if (coding is null)
        {
            return body;
        }

        if (coding == "br")
        {
            var space = new byte[64 * 1024 * 1024];
            Assert.True(BrotliDecoder.TryDecompress(body, space, out var written), "The response is cut off.");
            return space[..written];
        }

        using var source = new MemoryStream(body);
        using var stream = new GZipStream(source, CompressionMode.Decompress);
        using var result = new MemoryStream();
        stream.CopyTo(result);
        Assert.True(BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(^4..)) == result.Length, "The response is cut off.");
        return result.ToArray();
    }
}
