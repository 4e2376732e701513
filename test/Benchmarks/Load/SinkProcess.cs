using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Benchmarks.Load;

/// <summary>The application's side of a <see cref="Sink"/>.</summary>
internal sealed class SinkProcess : IDisposable
{
    public const int LargeBuffer = 4 << 20;

    private static int count;

    private readonly Process process;
    private readonly string path;

    /// <param name="kind">How lines reach it.</param>
    /// <param name="receiveBuffer">The size of its socket's receive buffer; 0 for the system's default.</param>
    public SinkProcess(SinkKind kind, int receiveBuffer = LargeBuffer)
    {
        Kind = kind;
        path = Path.Combine(Path.GetTempPath(), $"sink-{Environment.ProcessId}-{++count}");
        if (kind == SinkKind.Pipe)
        {
            using var making = Process.Start("mkfifo", path);
            making.WaitForExit();
        }

        var own = Environment.ProcessPath!;
        var start = new ProcessStartInfo(own) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(own) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SinkProcess).Assembly.Location);
        }

        foreach (var argument in (string[])[Sink.Command, kind.ToString(), receiveBuffer.ToString(CultureInfo.InvariantCulture), path])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        Endpoint = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The sink has ended.");
    }

    public SinkKind Kind { get; }

    /// <summary>Where to send; of a pipe, its path.</summary>
    public string Endpoint { get; }

    public SinkTotals Read() => Ask(string.Empty);

    /// <summary>What it has received, after which it has no ages.</summary>
    public SinkTotals ReadAndClearAges() => Ask(Sink.Clear);

    /// <summary>Waits until so many values have come, or nothing has for half a second.</summary>
    public SinkTotals WaitFor(long values)
    {
        var totals = Read();
        var changed = Stopwatch.GetTimestamp();
        while (totals.Values < values && Stopwatch.GetElapsedTime(changed).TotalSeconds < 0.5)
        {
            Thread.Sleep(5);
            var next = Read();
            changed = next.Values > totals.Values ? Stopwatch.GetTimestamp() : changed;
            totals = next;
        }

        return totals;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        File.Delete(path);
    }

    private SinkTotals Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        return JsonSerializer.Deserialize<SinkTotals>(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The sink has ended."))!;
    }
}
