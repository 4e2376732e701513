using System.Diagnostics;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A Pushgateway on a free loopback port, and what has been pushed to it.</summary>
internal sealed class PushgatewayServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Daemon daemon;
    private readonly HttpClient client;

    private PushgatewayServer(Daemon daemon, Uri address)
    {
        this.daemon = daemon;
        client = new HttpClient { BaseAddress = address };
    }

    public Uri Address => client.BaseAddress!;

    /// <summary>Waits until it has said something, among which is why it refused a push.</summary>
    public Task WaitForLogAsync(string text) => daemon.WaitForLogAsync(text);

    /// <summary>Starts one that has all it can be told to do besides in <paramref name="arguments"/>.</summary>
    public static async Task<PushgatewayServer> StartAsync(ReceiverVersion version, params string[] arguments)
    {
        var daemon = new Daemon(
            Receiver.Require("prometheus-pushgateway", version),
            ["--web.listen-address=127.0.0.1:0", "--web.enable-admin-api", .. arguments]);
        try
        {
            return new PushgatewayServer(daemon, await daemon.AddressAsync());
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets everything that was pushed, which it may still be at when this returns.</summary>
    public async Task WipeAsync()
    {
        using var answer = await client.PutAsync("/api/v1/admin/wipe", null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What a scraper of text gets.</summary>
    public Task<byte[]> ScrapeAsync() => client.GetByteArrayAsync("/metrics", TestContext.Current.CancellationToken);

    /// <summary>All groups there are now.</summary>
    public async Task<List<PushedGroup>> GroupsAsync()
    {
        using var answer = JsonDocument.Parse(await client.GetStringAsync("/api/v1/metrics", TestContext.Current.CancellationToken));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(ReadGroup)];
    }

    /// <summary>Waits until there are as many groups, and returns them: what is deleted or wiped is still there for a moment after the answer.</summary>
    public async Task<List<PushedGroup>> GroupsAsync(int count)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var groups = await GroupsAsync();
            if (groups.Count == count)
            {
                return groups;
            }

            Assert.True(waited.Elapsed < Patience, $"The Pushgateway has {groups.Count} groups. Its log:\n{daemon.Log}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a group of a job is there, and returns it.</summary>
    public async Task<PushedGroup> GroupAsync(string job)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience && !daemon.HasExited)
        {
            var groups = await GroupsAsync();
            if (groups.Find(group => group.Labels["job"] == job) is { } group)
            {
                return group;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"The Pushgateway shows no group of job '{job}'. Its log:\n{daemon.Log}");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await daemon.DisposeAsync();
    }

    private static PushedGroup ReadGroup(JsonElement group) => new(
        ReadTexts(group.GetProperty("labels")),
        group.GetProperty("last_push_successful").GetBoolean(),
        group.EnumerateObject()
            .Where(member => member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("metrics", out _))
            .ToDictionary(member => member.Name, member => ReadFamily(member.Value)));

    private static PushedFamily ReadFamily(JsonElement family) => new(
        family.GetProperty("type").GetString()!,
        family.TryGetProperty("help", out var help) ? help.GetString()! : string.Empty,
        [.. family.GetProperty("metrics").EnumerateArray().Select(ReadMetric)]);

    private static PushedMetric ReadMetric(JsonElement metric) => new(
        ReadTexts(metric.GetProperty("labels")),
        TextOf(metric, "value"),
        TextOf(metric, "count"),
        TextOf(metric, "sum"),
        metric.TryGetProperty("buckets", out var buckets) ? ReadTexts(buckets) : []);

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Dictionary<string, string> ReadTexts(JsonElement element) =>
        element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!);
}

/// <summary>What was pushed under one grouping key, and the gateway's own <c>push_*_time_seconds</c>.</summary>
internal sealed record PushedGroup(
    IReadOnlyDictionary<string, string> Labels, bool LastPushSuccessful, IReadOnlyDictionary<string, PushedFamily> Families);

/// <summary>The type is in capitals, as the gateway has it.</summary>
internal sealed record PushedFamily(string Type, string Help, IReadOnlyList<PushedMetric> Metrics);

/// <summary>A value, or the count, sum and cumulative buckets by bound of a histogram, as the gateway spells them.</summary>
internal sealed record PushedMetric(
    IReadOnlyDictionary<string, string> Labels, string? Value, string? Count, string? Sum, IReadOnlyDictionary<string, string> Buckets);
