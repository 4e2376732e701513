using System.Net.Http.Headers;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Sends the requests of one group to a Pushgateway, and sends them again while that may help.</summary>
/// <remarks>
/// Thread-safe: holds no state of a request. Never throws; each request that was in vain for good is counted and raised as an event.
/// </remarks>
/// <param name="group">The URL of the group.</param>
/// <param name="authorization">Credentials, if there are any.</param>
/// <param name="timeout">The time that one attempt may take.</param>
/// <param name="clients">Where requests go through.</param>
/// <param name="telemetry">Told of failures.</param>
/// <param name="time">The clock.</param>
internal sealed class PushgatewayClient(
    Uri group,
    AuthenticationHeaderValue? authorization,
    TimeSpan timeout,
    HttpClientSource clients,
    ExporterTelemetry telemetry,
    TimeProvider time) : IDisposable
{
    /// <summary>The URL of the group.</summary>
    public string Group => group.AbsoluteUri;

    /// <summary>Sends a request until it succeeds, cannot succeed, or has to end.</summary>
    /// <param name="method">PUT, POST or DELETE.</param>
    /// <param name="body">What to push, if anything.</param>
    /// <param name="limit">The time that all attempts may take together.</param>
    /// <param name="superseded">Ends it quietly, as another push will say the same and more.</param>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> SendAsync(HttpMethod method, IPushBody? body, TimeSpan limit, CancellationToken superseded)
    {
        var deadline = new Deadline(time, limit);
        var backOff = new BackOff();
        PushFailure? before = null;
        while (true)
        {
            var attempt = Min(timeout, deadline.Left);
            var failure = await AttemptAsync(method, body, attempt, superseded).ConfigureAwait(false);
            if (failure is null)
            {
                return true;
            }

            if (superseded.IsCancellationRequested)
            {
                return false;
            }

            if (backOff.Next(failure, deadline.Left) is not { } pause)
            {
                // No answer to an attempt that was cut short says less than the one before.
                var cause = failure.Reason == PushFailure.Timeout && attempt < timeout ? before ?? failure : failure;
                telemetry.PushFailed(method.Method, Group, cause.Reason, cause.Text);
                return false;
            }

            before = failure;
            await Task.Delay(pause, time, superseded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => clients.Dispose();

    private async Task<PushFailure?> AttemptAsync(HttpMethod method, IPushBody? body, TimeSpan limit, CancellationToken superseded)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, superseded);
        using var content = body is null ? null : new PushContent(body, cancellation.Token);
        try
        {
            var client = clients.Get();
            using var request = new HttpRequestMessage(method, group)
            {
                Version = client.DefaultRequestVersion,
                VersionPolicy = client.DefaultVersionPolicy,
                Content = content,
            };
            request.Headers.Authorization = authorization;
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation.Token).ConfigureAwait(false);
            return await GatewayAnswer.ReadAsync(response, method, group, time, cancellation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new PushFailure(PushFailure.Timeout, $"no answer within {limit}", IsTransient: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new PushFailure(PushFailure.Connection, Describe(exception), IsTransient: true);
        }
#pragma warning disable CA1031 // A handler of the application's may throw anything; neither it nor the SDK is to see that again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new PushFailure(PushFailure.Failed, exception.ToString());
        }
        finally
        {
            if (content is { Written.IsCompleted: false })
            {
                await cancellation.CancelAsync().ConfigureAwait(false);
                await content.Written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What failed, where, and why.</summary>
    private static string Describe(Exception exception)
    {
        var cause = exception.GetBaseException().Message;
        return exception.Message.Contains(cause, StringComparison.Ordinal) ? exception.Message : $"{exception.Message} {cause}";
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
