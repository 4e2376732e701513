using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Pushing;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>What the client does with answers, and without any. Waiting takes no time; see <see cref="HastyTime"/>.</summary>
public sealed class PushgatewayClientTests : IDisposable
{
    private static readonly TimeSpan LongerThanAnyWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly Recorder recorder = new();
    private readonly HastyTime time = new(LongerThanAnyWait);
    private readonly string job = $"j{Guid.NewGuid():N}";

    public void Dispose() => recorder.Dispose();

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    public async Task Success_is_all_there_is_to_it(int status)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(status);

        Assert.True(await PushAsync(gateway));

        var request = await gateway.NextAsync();
        Assert.Equal("PUT", request.Method);
        Assert.Equal($"/metrics/job/{job}", request.Target);
        Assert.Equal("text/plain; charset=utf-8", request.Headers["Content-Type"]);
        Assert.Equal("what is pushed", request.Body);
        Assert.Empty(Failures());
        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task Deletion_has_no_body()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(202);
        using var client = Create(gateway.Address);

        Assert.True(await client.SendAsync(HttpMethod.Delete, null, Limit, CancellationToken.None));

        var request = await gateway.NextAsync();
        Assert.Equal("DELETE", request.Method);
        Assert.Empty(request.Body);
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_again_with_the_whole_body(int status)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(status).Answer(status);

        Assert.True(await PushAsync(gateway));

        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.Equal("what is pushed", (await gateway.NextAsync()).Body);
        }

        Assert.Equal(0, gateway.Waiting);
        Assert.Empty(Failures());
    }

    [Fact]
    public async Task Waits_double_up_to_eight_seconds_less_up_to_a_half()
    {
        double[] longest = [0.5, 1, 2, 4, 8, 8, 8];
        await using var gateway = await Gateway.StartAsync();
        Array.ForEach(longest, _ => gateway.Answer(503));

        Assert.True(await PushAsync(gateway));

        Assert.Equal(longest.Length, time.Waits.Count);
        Assert.All(time.Waits.Zip(longest), wait => Assert.InRange(wait.First.TotalSeconds, wait.Second / 2, wait.Second));

        // Timers go by whole milliseconds: of thousands two may well be the same, but hardly three.
        Assert.NotEqual(1, time.Waits.TakeLast(3).Distinct().Count());
    }

    [Theory]
    [InlineData(429, "17", 17)]
    [InlineData(503, "1", 1)]
    [InlineData(503, "Tue, 01 Jan 2030 00:00:25 GMT", 25)]
    public async Task Gateway_may_say_when_to_come_back(int status, string after, int seconds)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(status, "", ("Retry-After", after));

        Assert.True(await PushAsync(gateway));

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(time.Waits));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Mon, 31 Dec 2029 00:00:00 GMT")]
    [InlineData("soon")]
    public async Task Gateway_cannot_do_away_with_waiting(string after)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(503, "", ("Retry-After", after));

        Assert.True(await PushAsync(gateway));

        Assert.InRange(Assert.Single(time.Waits).TotalSeconds, 0.25, 0.5);
    }

    [Fact]
    public async Task Attempts_end_when_there_is_no_time_for_the_next_and_are_one_failure()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(500).Answer(500).Answer(503, "no disk", ("Retry-After", "1800"));

        Assert.False(await PushAsync(gateway));

        Assert.Equal(2, time.Waits.Count);
        Assert.Equal(3, gateway.Waiting);
        Assert.Equal(
            $"PUT {gateway.Address}metrics/job/{job} failed: status 503, \"no disk\". Held back since the last such event: 0.", Assert.Single(Failures()));
        Assert.True(recorder.Count("unavailable") >= 1);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(413)]
    [InlineData(304)]
    public async Task What_will_not_pass_is_not_tried_again(int status)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        Assert.False(await PushAsync(gateway));

        await gateway.NextAsync();
        Assert.Equal(0, gateway.Waiting);
        Assert.Contains($"failed: status {status}.", Assert.Single(Failures()), StringComparison.Ordinal);
        Assert.True(recorder.Count("rejected") >= 1);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirection_is_a_failure_that_says_where_to(int status)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(status, "Redirecting to /elsewhere?token=hunter2", ("Location", "/elsewhere?token=hunter2"));

        Assert.False(await PushAsync(gateway));

        await gateway.NextAsync();
        Assert.Equal(0, gateway.Waiting);
        Assert.Contains($"failed: status {status}, to {gateway.Address}elsewhere.", Assert.Single(Failures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", 302, "GET")]
    [InlineData("PUT", 303, "GET")]
    [InlineData("PUT", 307, "PUT")]
    [InlineData("DELETE", 301, "DELETE")]
    public async Task Redirection_that_a_client_follows_to_another_page_is_a_failure(string method, int status, string followed)
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(status, "", ("Location", $"http://u:hunter2@{gateway.Address.Authority}/login?token=hunter2#hunter2")).Answer(200, "Sign in");
        using var client = Create(gateway.Address, new SocketsHttpHandler());

        Assert.False(await client.SendAsync(new HttpMethod(method), new Body(), Limit, CancellationToken.None));

        Assert.Equal(method, (await gateway.NextAsync()).Method);
        Assert.Equal(followed, (await gateway.NextAsync()).Method);
        Assert.Contains(
            $"failed: status 200 of {followed} {gateway.Address}login, which was sent in its place, \"Sign in\".", Assert.Single(Failures()), StringComparison.Ordinal);
        Assert.True(recorder.Count("rejected") >= 1);
    }

    [Fact]
    public async Task Redirection_that_a_client_follows_to_the_group_below_a_path_of_another_server_is_none()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var other = await Gateway.StartAsync();
        gateway.Answer(308, "", ("Location", $"{other.Address}gateway/metrics/job/{job}"));
        using var client = Create(gateway.Address, new SocketsHttpHandler());

        Assert.True(await client.SendAsync(HttpMethod.Put, new Body(), Limit, CancellationToken.None));

        Assert.Equal("what is pushed", (await other.NextAsync()).Body);
    }

    [Fact]
    public async Task Event_has_the_start_of_the_answer_on_one_line()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(400, "text\r\nformat \u20ac\n" + new string('x', 10_000));

        Assert.False(await PushAsync(gateway));

        Assert.Contains($"status 400, \"text  format \u20ac {new string('x', 185)}\".", Assert.Single(Failures()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_answer_it_is_tried_again_and_then_given_up()
    {
        await using var gateway = await Gateway.StartAsync();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            gateway.Hang();
        }

        using var client = Create(gateway.Address, timeout: TimeSpan.FromSeconds(10));
        Assert.False(await client.SendAsync(HttpMethod.Put, new Body(), TimeSpan.FromSeconds(15), CancellationToken.None));

        // Ten seconds, a wait, and what was left.
        Assert.Equal(3, time.Waits.Count);
        Assert.Equal(TimeSpan.FromSeconds(10), time.Waits.First());
        Assert.Equal(TimeSpan.FromSeconds(15), time.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait));
        Assert.Contains("failed: no answer within ", Assert.Single(Failures()), StringComparison.Ordinal);
        Assert.True(recorder.Count("timeout") >= 1);
    }

    [Fact]
    public async Task No_answer_within_what_is_left_of_the_time_does_not_hide_what_was_answered_before()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(503, "busy").Hang();

        // To the clock here, the first attempt has all the time in the world, and the second one none.
        Assert.False(await PushAsync(gateway, LongerThanAnyWait + TimeSpan.FromSeconds(0.1)));

        Assert.Contains("failed: status 503, \"busy\".", Assert.Single(Failures()), StringComparison.Ordinal);
        Assert.True(recorder.Count("unavailable") >= 1);
    }

    [Fact]
    public async Task Broken_connection_is_tried_again()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.Answer(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        Assert.True(await PushAsync(gateway));

        Assert.Single(time.Waits);
        Assert.Empty(Failures());
    }

    [Fact]
    public async Task Without_a_gateway_it_is_tried_again()
    {
        using var nobody = Loopback.Bind();
        await using var gateway = await Gateway.StartAsync();
        var attempts = 0;
        using var client = Create(
            new($"http://127.0.0.1:{Loopback.PortOf(nobody)}"),
            new Handler(async (request, cancellation) =>
            {
                using var invoker = new HttpClient();
                using var copy = new HttpRequestMessage(
                    request.Method, ++attempts <= 3 ? request.RequestUri : new Uri(gateway.Address, request.RequestUri!.AbsolutePath));
                return await invoker.SendAsync(copy, cancellation);
            }));

        Assert.True(await client.SendAsync(HttpMethod.Put, new Body(), Limit, CancellationToken.None));

        Assert.Equal(3, time.Waits.Count);
        Assert.Equal(1, gateway.Waiting);
        Assert.Empty(Failures());
    }

    [Fact]
    public async Task Without_a_gateway_and_time_to_wait_it_is_a_failure()
    {
        using var nobody = Loopback.Bind();
        var clock = new Clock();
        using var client = Create(
            new($"http://127.0.0.1:{Loopback.PortOf(nobody)}"),
            new Handler(async (request, cancellation) =>
            {
                using var invoker = new HttpClient();
                try
                {
                    return await invoker.GetAsync(request.RequestUri, cancellation);
                }
                finally
                {
                    clock.Advance(Limit);
                }
            }),
            clock: clock);

        Assert.False(await client.SendAsync(HttpMethod.Put, new Body(), Limit, CancellationToken.None));

        Assert.Single(Regex.Matches(Assert.Single(Failures()), "Connection refused"));
        Assert.True(recorder.Count("connection") >= 1);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Pause_is_cut_short_for_one_last_attempt(int firstToSucceed, bool succeeds)
    {
        var limit = TimeSpan.FromSeconds(0.2);
        var attempts = 0;
        var clock = new HastyTime(limit / 2);
        using var client = Create(
            new("http://nowhere"),
            new Handler((_, _) => Task.FromResult(new HttpResponseMessage(
                ++attempts < firstToSucceed ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK))),
            clock: clock);

        Assert.Equal(succeeds, await client.SendAsync(HttpMethod.Put, new Body(), limit, CancellationToken.None));

        Assert.Equal(2, attempts);
        Assert.Equal(limit / 2, clock.Waits.First());
        Assert.Equal(succeeds ? 0 : 1, Failures().Count);
    }

    [Fact]
    public async Task Superseded_request_ends_without_a_failure()
    {
        await using var gateway = await Gateway.StartAsync();
        using var superseded = new CancellationTokenSource();
        using var client = Create(gateway.Hang().Address);
        var request = client.SendAsync(HttpMethod.Put, new Body(), Limit, superseded.Token);
        await gateway.NextAsync();

        await superseded.CancelAsync();

        Assert.False(await request);
        Assert.Empty(Failures());
        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task Exception_of_a_handler_is_a_failure_and_goes_no_further()
    {
        using var client = Create(new("http://nowhere"), new Handler((_, _) => throw new InvalidOperationException("Broken handler.")));

        Assert.False(await client.SendAsync(HttpMethod.Put, new Body(), Limit, CancellationToken.None));

        Assert.Contains("Broken handler.", Assert.Single(Failures()), StringComparison.Ordinal);
        Assert.Empty(time.Waits);
        Assert.True(recorder.Count("failed") >= 1);
    }

    [Fact]
    public async Task Client_with_a_time_limit_of_its_own_counts_as_no_answer()
    {
        using var client = Create(new("http://nowhere"), new Handler(
            (_, _) => throw new TaskCanceledException("HttpClient.Timeout", new TimeoutException())));

        Assert.False(await client.SendAsync(HttpMethod.Put, new Body(), TimeSpan.FromSeconds(5), CancellationToken.None));

        Assert.NotEmpty(time.Waits);
        Assert.Contains("no answer", Assert.Single(Failures()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_is_not_read_any_more_when_the_request_is_over()
    {
        var body = new Body(endless: true);
        using var client = Create(new("http://nowhere"), new Handler((request, cancellation) =>
        {
            // As over HTTP/2, where an answer may come before the request has gone.
            _ = request.Content!.CopyToAsync(Stream.Null, cancellation);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadRequest));
        }));

        Assert.False(await client.SendAsync(HttpMethod.Put, body, Limit, CancellationToken.None));

        Assert.True(body.HasEnded);
        Assert.Contains("status 400", Assert.Single(Failures()), StringComparison.Ordinal);
    }

    private async Task<bool> PushAsync(Gateway gateway, TimeSpan? limit = null)
    {
        using var client = Create(gateway.Address);
        return await client.SendAsync(HttpMethod.Put, new Body(), limit ?? Limit, CancellationToken.None);
    }

    private PushgatewayClient Create(Uri endpoint, HttpMessageHandler? handler = null, TimeSpan? timeout = null, TimeProvider? clock = null)
    {
        var options = new PrometheusPushgatewayOptions
        {
            HttpClientFactory = handler is null ? null : () => new HttpClient(handler),
        };
        return new(
            GroupUri.Create(endpoint, job, []),
            authorization: null,
            timeout ?? TimeSpan.FromHours(1),
            HttpClientSource.Create(options, new ServiceCollection().BuildServiceProvider()),
            new ExporterTelemetry(),
            clock ?? time);
    }

    /// <summary>The events of this test; others run at the same time.</summary>
    private List<string> Failures() =>
        [.. recorder.Events.Where(entry => entry.Name == "PushFailed" && entry.Text.Contains(job, StringComparison.Ordinal)).Select(entry => entry.Text)];

    private sealed class Handler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            send(request, cancellationToken);
    }

    private sealed class Body(bool endless = false) : IPushBody
    {
        public string ContentType => "text/plain; charset=utf-8";

        public bool HasEnded { get; private set; }

        public async Task WriteToAsync(Stream stream, CancellationToken cancellation)
        {
            try
            {
                await stream.WriteAsync("what is "u8.ToArray(), cancellation);
                await stream.WriteAsync(Encoding.UTF8.GetBytes("pushed"), cancellation);
                await Task.Delay(endless ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellation);
            }
            finally
            {
                HasEnded = true;
            }
        }
    }
}
