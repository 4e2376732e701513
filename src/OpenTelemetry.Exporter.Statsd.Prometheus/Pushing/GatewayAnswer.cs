using System.Globalization;
using System.Net;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Makes out what an answer of a Pushgateway means.</summary>
internal static class GatewayAnswer
{
    /// <summary>As much of the answer as an event tells.</summary>
    private const int MaxCharacters = 200;

    /// <summary>The failure that <paramref name="response"/> tells of, or <see langword="null"/> if it is a success.</summary>
    /// <param name="response">The answer, maybe to another request than was sent: a client of the application's may follow redirects.</param>
    /// <param name="method">The method that was sent.</param>
    /// <param name="group">Where to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the reading of the answer.</param>
    public static async Task<PushFailure?> ReadAsync(
        HttpResponseMessage response, HttpMethod method, Uri group, TimeProvider time, CancellationToken cancellation)
    {
        var other = OtherRequest(response, method, group);
        if (response.IsSuccessStatusCode && other is null)
        {
            return null;
        }

        // Pages that tell of a redirection have its address once more, with what may be a credential.
        var isRedirection = response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest;
        var answer = isRedirection ? string.Empty : await ReadStartAsync(response, cancellation).ConfigureAwait(false);
        var isTransient = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        return new PushFailure(
            isTransient ? PushFailure.Unavailable : PushFailure.Rejected,
            Describe(response, group, other, answer),
            isTransient,
            RetryAfter(response, time));
    }

    /// <summary>What was answered instead of the request that was sent, or <see langword="null"/> if it was that one.</summary>
    /// <remarks>
    /// Another server may be the same gateway, by its other scheme or by a handler that looks it up, and may have it below another path. Any
    /// other path is no group.
    /// </remarks>
    private static string? OtherRequest(HttpResponseMessage response, HttpMethod method, Uri group) =>
        response.RequestMessage is { RequestUri: { IsAbsoluteUri: true } uri } request
        && (request.Method != method || !uri.AbsolutePath.EndsWith(group.AbsolutePath, StringComparison.Ordinal))
            ? $"{request.Method} {Show(uri)}"
            : null;

    private static string Describe(HttpResponseMessage response, Uri group, string? other, string answer)
    {
        var text = new StringBuilder("status ").Append(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (other is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $" of {other}, which was sent in its place");
        }

        if (response.Headers.Location is { } location && Uri.TryCreate(group, location, out var target))
        {
            text.Append(CultureInfo.InvariantCulture, $", to {Show(target)}");
        }

        if (answer.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", \"{answer}\"");
        }

        return text.ToString();
    }

    /// <summary>Where something leads, without what may be a credential.</summary>
    private static string Show(Uri uri) => OneLine(uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    /// <summary>The first characters of the answer, on one line. The status tells enough if they do not come.</summary>
    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var characters = new char[MaxCharacters];
        var count = 0;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            count = await reader.ReadBlockAsync(characters, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
        }

        return OneLine(characters.Take(count));
    }

    private static string OneLine(IEnumerable<char> text) =>
        new string([.. text.Take(MaxCharacters).Select(character => char.IsControl(character) ? ' ' : character)]).Trim();

    private static TimeSpan RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => TimeSpan.Zero,
    };
}
