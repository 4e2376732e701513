using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>The HTTP side of an answer.</summary>
/// <remarks>For one request.</remarks>
internal sealed class ScrapeResponse(HttpContext context, ContentCoding coding)
{
    private static readonly StringValues Varies = new([HeaderNames.Accept, HeaderNames.AcceptEncoding]);

    private readonly HttpResponse response = context.Response;
    private bool isCounted;

    /// <summary>Sends an exposition as it is written.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the scraper has gone.</exception>
    public async Task WriteAsync(ExpositionFormat format, ExpositionWriter writer, CancellationToken cancellation)
    {
        WriteHead(format);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // From here on there is no other answer, for which what is written but not yet sent would be in the way.
        cancellation.ThrowIfCancellationRequested();
        await response.StartAsync(cancellation).ConfigureAwait(false);
        if (coding == ContentCoding.Identity)
        {
            await ExpositionStream.WriteAsync(writer, response.BodyWriter, cancellation).ConfigureAwait(false);
        }
        else
        {
            await CompressedStream.WriteAsync(writer, response.BodyWriter, coding, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends an exposition without metrics.</summary>
    public async Task WriteEmptyAsync(ExpositionFormat format)
    {
        response.Headers.Vary = StringValues.Concat(response.Headers.Vary, Varies);
        response.ContentType = format.ContentType;
        var end = new byte[16];
        format.TryEnd(end, out var written);
        await response.Body.WriteAsync(end.AsMemory(0, written), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers with <paramref name="failure"/>, which is counted.</summary>
    public Task WriteFailureAsync(ScrapeFailure failure)
    {
        Count(failure);
        response.StatusCode = failure.StatusCode;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(failure.Reason, context.RequestAborted);
    }

    /// <summary>Answers with <paramref name="failure"/> instead of what was to be sent, or breaks off if part of that is on its way. Either is counted.</summary>
    public Task EndAsync(ScrapeFailure failure)
    {
        if (TryBreakOff())
        {
            Count(failure);
            return Task.CompletedTask;
        }

        response.Clear();
        return WriteFailureAsync(failure);
    }

    /// <summary>Breaks a response off that has begun, so that what is on its way is not taken for a whole exposition.</summary>
    public bool TryBreakOff()
    {
        if (!response.HasStarted)
        {
            return false;
        }

        context.Abort();
        return true;
    }

    /// <summary>Counts the request once, for the failure that came first: writing the answer may be another.</summary>
    private void Count(ScrapeFailure failure)
    {
        if (!isCounted)
        {
            isCounted = true;
            ExporterTelemetry.CountFailure(failure.CountedAs);
        }
    }

    private void WriteHead(ExpositionFormat format)
    {
        response.Headers.Vary = StringValues.Concat(response.Headers.Vary, Varies);
        response.ContentType = format.ContentType;
        if (coding != ContentCoding.Identity)
        {
            response.Headers.ContentEncoding = coding == ContentCoding.Gzip ? "gzip" : "br";
        }
    }
}
