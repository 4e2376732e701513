using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A Prometheus server on a free loopback port that scrapes its targets each second.</summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private const string OneJob = "app";
    private const string NativeHistograms = "native-histograms";

    /// <summary>From which version on they are a setting for all jobs, and the feature comes to mean nothing.</summary>
    private static readonly Version WithoutNativeFeature = new(3, 8);

    private readonly Daemon daemon;
    private readonly string directory;
    private readonly HttpClient client = new();

    private PrometheusServer(Daemon daemon, string directory)
    {
        this.daemon = daemon;
        this.directory = directory;
    }

    /// <summary>Starts a server that scrapes one target, as job <c>app</c>.</summary>
    /// <param name="executable">Which version, from <see cref="Receiver"/>.</param>
    /// <param name="target">What to scrape.</param>
    /// <param name="features">What to switch on: <c>exemplar-storage,native-histograms</c>.</param>
    /// <param name="job">What else to set for the job; see <see cref="ScrapeJob"/>.</param>
    public static PrometheusServer Start(string executable, Uri target, string? features = null, params string[] job) =>
        Start(executable, features, [new ScrapeJob(OneJob, target, job)]);

    /// <summary>Starts a server that scrapes several targets.</summary>
    public static PrometheusServer Start(string executable, string? features, IEnumerable<ScrapeJob> jobs) => Start(
        executable,
        jobs,
        features?.Contains(NativeHistograms, StringComparison.Ordinal) == true && VersionOf(executable) >= WithoutNativeFeature
            ? ["scrape_native_histograms: true"]
            : [],
        (configuration, data) =>
        [
            $"--config.file={configuration}",
            $"--storage.tsdb.path={data}",
            "--web.listen-address=127.0.0.1:0",
            .. features is null ? Array.Empty<string>() : [$"--enable-feature={features}"],
        ]);

    /// <summary>Starts VictoriaMetrics, which reads the same configuration and answers the same queries, but knows no metadata.</summary>
    public static PrometheusServer StartVictoriaMetrics(string executable, IEnumerable<ScrapeJob> jobs) => Start(
        executable,
        jobs,
        [],
        (configuration, data) =>
        [
            $"-promscrape.config={configuration}",
            $"-storageDataPath={data}",
            "-httpListenAddr=127.0.0.1:0",
            "-search.latencyOffset=0s",
        ]);

    /// <summary>Major and minor version of a server, which begins to tell of itself with <c>prometheus, version 3.5.3+ds1 (</c>.</summary>
    public static Version VersionOf(string executable)
    {
        using var process = Process.Start(new ProcessStartInfo(executable, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return Version.Parse(VersionText().Match(process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd()).Groups[1].Value);
    }

    /// <summary>Waits until <paramref name="query"/> has a result, and returns the series with their values.</summary>
    public async Task<List<(Dictionary<string, string> Labels, string Value)>> QueryAsync(string query)
    {
        using var answer = await QueryAsync(query, series => series.TryGetProperty("value", out _));
        return [.. Result(answer.RootElement).Select(series => (
            ReadLabels(series.GetProperty("metric")),
            series.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>Waits until <paramref name="query"/> has native histograms as its result, and returns them.</summary>
    public async Task<List<StoredHistogram>> HistogramsAsync(string query)
    {
        using var answer = await QueryAsync(query, series => series.TryGetProperty("histogram", out _));
        return [.. Result(answer.RootElement).Select(series => ReadHistogram(
            ReadLabels(series.GetProperty("metric")), series.GetProperty("histogram")[1]))];
    }

    /// <summary>Waits until <paramref name="query"/> has a result, and returns its native histograms and its other series.</summary>
    public async Task<(List<(Dictionary<string, string> Labels, double Value)> Numbers, List<StoredHistogram> Histograms)> SeriesAsync(
        string query)
    {
        using var answer = await QueryAsync(query, _ => true);
        var numbers = new List<(Dictionary<string, string>, double)>();
        var histograms = new List<StoredHistogram>();
        foreach (var series in Result(answer.RootElement))
        {
            var labels = ReadLabels(series.GetProperty("metric"));
            if (series.TryGetProperty("histogram", out var histogram))
            {
                histograms.Add(ReadHistogram(labels, histogram[1]));
            }
            else
            {
                numbers.Add((labels, ReadNumber(series.GetProperty("value")[1])));
            }
        }

        return (numbers, histograms);
    }

    /// <summary>Waits until <paramref name="query"/>, a range, has a result, and returns the first sample of each series.</summary>
    public async Task<List<(Dictionary<string, string> Labels, double Time, double Value)>> FirstSamplesAsync(string query)
    {
        using var answer = await QueryAsync(query, series => series.TryGetProperty("values", out _));
        return [.. Result(answer.RootElement).Select(series => (
            ReadLabels(series.GetProperty("metric")),
            series.GetProperty("values")[0][0].GetDouble(),
            ReadNumber(series.GetProperty("values")[0][1])))];
    }

    /// <summary>Waits until series that <paramref name="query"/> selects have exemplars, and returns those of the last hour.</summary>
    /// <remarks>
    /// The server keeps them only with the feature <c>exemplar-storage</c>. Those of a scrape show one after the other, before its samples: whoever
    /// wants all of them waits for a sample first.
    /// </remarks>
    public async Task<List<StoredExemplar>> ExemplarsAsync(string query)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/query_exemplars?query={Uri.EscapeDataString(query)}&start={now - 3600}&end={now + 3600}");
        using var answer = await PollAsync(path, root => root.GetProperty("data").GetArrayLength() > 0, $"exemplars of {query}");
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().SelectMany(ReadExemplars)];
    }

    /// <summary>Waits until the target of <paramref name="job"/> has been scraped, and returns its health and last error.</summary>
    /// <remarks>A scrape that took longer than its second, since the machine is busy, says nothing about the target.</remarks>
    public async Task<(string Health, string LastError)> TargetAsync(string job = OneJob)
    {
        using var answer = await PollAsync(
            "/api/v1/targets",
            root => Target(root) is { ValueKind: JsonValueKind.Object } found
                && found.GetProperty("health").GetString() != "unknown"
                && !IsLate(found.GetProperty("lastError").GetString()!),
            $"that {job} was scraped");
        var target = Target(answer.RootElement);
        return (target.GetProperty("health").GetString()!, target.GetProperty("lastError").GetString()!);

        JsonElement Target(JsonElement root) => root.GetProperty("data").GetProperty("activeTargets").EnumerateArray().FirstOrDefault(
            target => target.GetProperty("labels").GetProperty("job").GetString() == job);
    }

    /// <summary>Whether the server gave a scrape up, or was told by the target that there was not enough time.</summary>
    private static bool IsLate(string error) =>
        error.Contains("context deadline exceeded", StringComparison.Ordinal) || error.Contains("408 Request Timeout", StringComparison.Ordinal);

    /// <summary>Types, help texts and units by family. Units come in OpenMetrics, and to the newest server in protobuf.</summary>
    public async Task<Dictionary<string, (string Type, string Help, string Unit)>> MetadataAsync(string job = OneJob)
    {
        // They show one after the other while the server reads them.
        await TargetAsync(job);
        using var answer = await PollAsync(
            "/api/v1/targets/metadata?match_target=" + Uri.EscapeDataString($"{{job=\"{job}\"}}"),
            root => root.GetProperty("status").GetString() == "success" && root.GetProperty("data").GetArrayLength() > 0,
            "metadata");
        return answer.RootElement.GetProperty("data").EnumerateArray().ToDictionary(
            family => family.GetProperty("metric").GetString()!,
            family => (
                family.GetProperty("type").GetString()!,
                family.GetProperty("help").GetString()!,
                family.GetProperty("unit").GetString()!));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await daemon.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static PrometheusServer Start(
        string executable, IEnumerable<ScrapeJob> jobs, string[] settings, Func<string, string, IEnumerable<string>> arguments)
    {
        var directory = Directory.CreateTempSubdirectory("prometheus-").FullName;
        var configuration = Path.Combine(directory, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { {{string.Join(", ", ["scrape_interval: 1s", .. settings])}} }
            scrape_configs: [ {{string.Join(", ", jobs)}} ]
            """);
        return new PrometheusServer(new Daemon(executable, arguments(configuration, Path.Combine(directory, "data"))), directory);
    }

    [GeneratedRegex(@"^prometheus, version (\d+\.\d+)\.")]
    private static partial Regex VersionText();

    private static JsonElement.ArrayEnumerator Result(JsonElement root) => root.GetProperty("data").GetProperty("result").EnumerateArray();

    private static Dictionary<string, string> ReadLabels(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    private static StoredHistogram ReadHistogram(Dictionary<string, string> labels, JsonElement histogram) => new(
        labels,
        ReadNumber(histogram.GetProperty("count")),
        ReadNumber(histogram.GetProperty("sum")),
        histogram.TryGetProperty("buckets", out var buckets)
            ? [.. buckets.EnumerateArray().Select(bucket => (ReadNumber(bucket[1]), ReadNumber(bucket[2]), ReadNumber(bucket[3])))]
            : []);

    private static IEnumerable<StoredExemplar> ReadExemplars(JsonElement series)
    {
        var seriesLabels = ReadLabels(series.GetProperty("seriesLabels"));
        return series.GetProperty("exemplars").EnumerateArray().Select(exemplar => new StoredExemplar(
            seriesLabels,
            ReadLabels(exemplar.GetProperty("labels")),
            ReadNumber(exemplar.GetProperty("value")),
            exemplar.GetProperty("timestamp").GetDouble()));
    }

    private static double ReadNumber(JsonElement number) => number.GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };

    private Task<JsonDocument> QueryAsync(string query, Func<JsonElement, bool> isWanted) => PollAsync(
        $"/api/v1/query?query={Uri.EscapeDataString(query)}",
        root => Result(root).Any() && Result(root).All(isWanted),
        query);

    private async Task<JsonDocument> PollAsync(string path, Func<JsonElement, bool> isThere, string what)
    {
        var address = new Uri(await daemon.AddressAsync(), path);
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < TimeSpan.FromMinutes(2) && !daemon.HasExited)
        {
            try
            {
                var answer = JsonDocument.Parse(await client.GetStringAsync(address, TestContext.Current.CancellationToken));
                if (isThere(answer.RootElement))
                {
                    return answer;
                }

                answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // Not ready to answer yet.
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Prometheus does not show {what}. Its log:\n{daemon.Log}");
    }
}

/// <summary>What a server scrapes under one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Target">What to scrape: its host and port, at <c>/metrics</c> unless <paramref name="Settings"/> say otherwise.</param>
/// <param name="Settings">
/// What else to set, as members of a YAML flow mapping: <c>metrics_path: /m</c>, <c>basic_auth: { username: u, password: p }</c>,
/// <c>authorization: { credentials: token }</c>, and of newer versions <c>scrape_protocols: [ PrometheusProto ]</c>,
/// <c>metric_name_validation_scheme: legacy</c>.
/// </param>
internal sealed record ScrapeJob(string Name, Uri Target, params string[] Settings)
{
    /// <summary>A YAML flow mapping.</summary>
    public override string ToString()
    {
        string[] members = [$"job_name: {Name}", $"static_configs: [ {{ targets: ['{Target.Authority}'] }} ]", .. Settings];
        return $"{{ {string.Join(", ", members)} }}";
    }
}

/// <summary>A native histogram that a server has stored: the buckets that are not empty, from the lowest to the highest, not cumulative.</summary>
internal sealed record StoredHistogram(
    IReadOnlyDictionary<string, string> Labels, double Count, double Sum, IReadOnlyList<(double Lower, double Upper, double Count)> Buckets);

/// <summary>An exemplar that a server has stored, of which series. The timestamp is in Unix seconds.</summary>
internal sealed record StoredExemplar(
    IReadOnlyDictionary<string, string> Series, IReadOnlyDictionary<string, string> Labels, double Value, double Timestamp);
