using System.Diagnostics;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>The example as a process of its own, which hangs as soon as it has answered, as if frozen.</summary>
[Collection(Alone.Name)]
public class LambdaExampleTests
{
    [Fact]
    public async Task What_an_event_has_recorded_is_written_before_it_is_answered()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Lambda.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            foreach (var product in (string[])["book", "lamp", "book"])
            {
                await process.StandardInput.WriteLineAsync(product);
                await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
                await WaitForAnswer(process, product);
            }
        }
        finally
        {
            // Nothing is written by shutting down: it does not come to that.
            process.Kill();
        }

        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var lines = output.Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Empty(lines[3]);
        Assert.Equal([("book", 1, 0.25), ("lamp", 1, 0.25), ("book", 1, 0.25)], lines[..3].Select(Read));
    }

    private static async Task WaitForAnswer(Process process, string product)
    {
        var log = new List<string>();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            log.Add(line);
            if (line.StartsWith("answer: ", StringComparison.Ordinal))
            {
                Assert.Contains(log, each => each.EndsWith($"\tinfo\tPacked a {product}.", StringComparison.Ordinal));
                return;
            }
        }

        Assert.Fail($"It ended: {string.Join('\n', log)}");
    }

    private static (string? Product, long Orders, double PackingTime) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var directive = Assert.Single(root.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray());
        Assert.Equal("Shop/Orders", directive.GetProperty("Namespace").GetString());
        return (root.GetProperty("product").GetString(), root.GetProperty("orders").GetInt64(), root.GetProperty("packing.duration").GetProperty("Sum").GetDouble());
    }
}
