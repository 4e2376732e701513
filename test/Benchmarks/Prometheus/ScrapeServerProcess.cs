using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Benchmarks.Prometheus;

/// <summary>The scraper's side of a <see cref="ScrapeServer"/>.</summary>
internal sealed class ScrapeServerProcess : IDisposable
{
    private readonly Process process;

    public ScrapeServerProcess(ScrapeExporter exporter, int series)
    {
        Exporter = exporter;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[exporter.Assembly, ScrapeServer.Command, exporter.Name, series.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        Port = int.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    public ScrapeExporter Exporter { get; }

    public int Port { get; }

    /// <summary>Has every series recorded anew.</summary>
    public void Record() => Ask(ScrapeServer.Record);

    /// <summary>Has garbage collected, and begins a new peak.</summary>
    public ServerMemory Settle() => Ask(ScrapeServer.Settle);

    public ServerMemory Read() => Ask(string.Empty);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private ServerMemory Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        return JsonSerializer.Deserialize<ServerMemory>(Answer())!;
    }

    private string Answer() =>
        process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The server '{Exporter.Name}' has ended.");
}
