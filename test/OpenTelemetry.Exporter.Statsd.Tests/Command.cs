using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A program that is run to its end. For tests that run alone, see <see cref="Alone"/>.</summary>
internal static class Command
{
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static (int Code, string Output, string Errors) Execute(string program, params string[] arguments) =>
        ExecuteIn(string.Empty, program, arguments);

    public static (int Code, string Output, string Errors) ExecuteIn(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The application did not come to an end.");
        }

        Assert.True(Task.WaitAll([output, errors], TimeSpan.FromSeconds(60)), "Somebody keeps the application's output open.");
        return (process.ExitCode, output.Result, errors.Result);
    }
}
