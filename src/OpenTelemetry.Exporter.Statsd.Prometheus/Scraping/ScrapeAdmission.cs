using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Turns away requests that are no scrapes, or come without the credential.</summary>
/// <remarks>Thread-safe: holds no state of a request.</remarks>
/// <param name="credentials">What a request must carry; <see langword="null"/> for nothing.</param>
/// <param name="telemetry">Told of requests without it.</param>
internal sealed class ScrapeAdmission(EndpointCredentials? credentials, ExporterTelemetry telemetry)
{
    private static readonly ScrapeFailure MethodNotAllowed = new(
        StatusCodes.Status405MethodNotAllowed,
        "method_not_allowed",
        "Metrics are read with GET or HEAD.\n");

    private static readonly ScrapeFailure Unauthorized = new(
        StatusCodes.Status401Unauthorized,
        "unauthorized",
        "Metrics are read with a credential, and this request has not the right one.\n");

    /// <summary>What to answer to a request that does not read, with the header that belongs to it set; <see langword="null"/> to go on.</summary>
    public static ScrapeFailure? RefuseMethod(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return null;
        }

        context.Response.Headers.Allow = "GET, HEAD";
        return MethodNotAllowed;
    }

    /// <summary>What to answer instead of metrics, with the headers that belong to it set; <see langword="null"/> to go on.</summary>
    public ScrapeFailure? Refuse(HttpContext context)
    {
        if (RefuseMethod(context) is { } refusal)
        {
            return refusal;
        }

        var authorization = context.Request.Headers.Authorization;
        if (credentials?.Admits(authorization) != false)
        {
            return null;
        }

        telemetry.Unauthorized(context.Connection.RemoteIpAddress, hasCredential: authorization.Count > 0);
        context.Response.Headers.WWWAuthenticate = credentials.Challenge;
        return Unauthorized;
    }
}
