using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A Prometheus server on a free loopback port that scrapes one target each second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly string directory;
    private readonly HttpClient client;
    private readonly StringBuilder log = new();

    private PrometheusServer(Process process, string directory, int port)
    {
        this.process = process;
        this.directory = directory;
        client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    public static PrometheusServer Start(string executable, Uri target)
    {
        var directory = Directory.CreateTempSubdirectory("prometheus-").FullName;
        var configuration = Path.Combine(directory, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 1s }
            scrape_configs: [ { job_name: app, static_configs: [ { targets: ['{{target.Authority}}'] } ] } ]
            """);
        var port = FreePort();
        var start = new ProcessStartInfo(executable) { RedirectStandardError = true };
        start.ArgumentList.Add($"--config.file={configuration}");
        start.ArgumentList.Add($"--storage.tsdb.path={Path.Combine(directory, "data")}");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"));
        return new PrometheusServer(Process.Start(start)!, directory, port);
    }

    /// <summary>Waits until <paramref name="query"/> has a result, and returns the series with their values.</summary>
    public async Task<List<(Dictionary<string, string> Labels, string Value)>> QueryAsync(string query)
    {
        var path = $"/api/v1/query?query={Uri.EscapeDataString(query)}";
        using var answer = await PollAsync(path, root => root.GetProperty("data").GetProperty("result").GetArrayLength() > 0, query);
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            series.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>Waits until the target has been scraped, and returns its health and last error.</summary>
    public async Task<(string Health, string LastError)> TargetAsync()
    {
        using var answer = await PollAsync(
            "/api/v1/targets",
            root => root.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Any(
                target => target.GetProperty("health").GetString() != "unknown"),
            "a scraped target");
        var target = answer.RootElement.GetProperty("data").GetProperty("activeTargets")[0];
        return (target.GetProperty("health").GetString()!, target.GetProperty("lastError").GetString()!);
    }

    /// <summary>Types and help texts by family.</summary>
    public async Task<Dictionary<string, (string Type, string Help)>> MetadataAsync()
    {
        using var answer = await PollAsync(
            "/api/v1/targets/metadata?match_target=" + Uri.EscapeDataString("{job=\"app\"}"),
            root => root.GetProperty("status").GetString() == "success" && root.GetProperty("data").GetArrayLength() > 0,
            "metadata");
        return answer.RootElement.GetProperty("data").EnumerateArray().ToDictionary(
            family => family.GetProperty("metric").GetString()!,
            family => (family.GetProperty("type").GetString()!, family.GetProperty("help").GetString()!));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<JsonDocument> PollAsync(string path, Func<JsonElement, bool> isThere, string what)
    {
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited)
        {
            try
            {
                var answer = JsonDocument.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken));
                if (isThere(answer.RootElement))
                {
                    return answer;
                }

                answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // Not listening yet, or not ready to answer.
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        lock (log)
        {
            throw new TimeoutException($"Prometheus does not show {what}. Its log:\n{log}");
        }
    }
}
