using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A process that serves HTTP and logs, as Prometheus's programs and VictoriaMetrics do, which address it has got.</summary>
internal sealed partial class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts it; it has to be told to listen on port 0 of loopback.</summary>
    public Daemon(string executable, IEnumerable<string> arguments)
    {
        process = Process.Start(new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasExited => process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> AddressAsync()
    {
        try
        {
            return await address.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} does not listen. Its log:\n{Log}", exception);
        }
    }

    /// <summary>Waits until it has said something, which may come later than what it answers.</summary>
    public async Task WaitForLogAsync(string text)
    {
        var waited = Stopwatch.StartNew();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(waited.Elapsed < Deadline, $"{process.StartInfo.FileName} does not say '{text}'. Its log:\n{Log}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Deadline);
        process.Dispose();
    }

    private void Read(string? line)
    {
        lock (log)
        {
            log.AppendLine(line);
        }

        if (line is null)
        {
            // The end of its output, and of it.
            address.TrySetException(new InvalidOperationException($"It has ended. Its log:\n{Log}"));
        }
        else if (Listening().Match(line) is { Success: true } match)
        {
            address.TrySetResult(new Uri($"http://{match.Groups[1].Value}"));
        }
    }

    [GeneratedRegex("""(?:msg="Listening on".* address=|started server at http://)(127\.0\.0\.1:[0-9]+)""")]
    private static partial Regex Listening();
}
