using System.Net;
using System.Net.Http.Headers;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Streams a body into one request.</summary>
internal sealed class PushContent : HttpContent
{
    private readonly IPushBody body;
    private readonly CancellationToken ended;
    private volatile Task written = Task.CompletedTask;

    /// <param name="body">What to write.</param>
    /// <param name="ended">Ends the writing, which the handler's own token need not do once there is an answer.</param>
    public PushContent(IPushBody body, CancellationToken ended)
    {
        this.body = body;
        this.ended = ended;
        Headers.ContentType = MediaTypeHeaderValue.Parse(body.ContentType);
    }

    /// <summary>Completes when the body is not read any more: an answer may come before all of it has gone.</summary>
    public Task Written => written;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        written = WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended);
        await body.WriteToAsync(stream, either.Token).ConfigureAwait(false);
    }
}
