namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Prometheus's linter.</summary>
internal static class Promtool
{
    /// <summary>
    /// Its exit code, which is 0 if it finds nothing to object to, 3 if it does and 1 if it cannot parse, and what it says. It reads text
    /// format 0.0.4 alone.
    /// </summary>
    public static async Task<(int ExitCode, string Output)> CheckMetricsAsync(ReceiverVersion version, byte[] exposition)
    {
        var (exitCode, output, errors) = await Tool.RunAsync(Receiver.Require("promtool", version), ["check", "metrics"], exposition);
        return (exitCode, output + errors);
    }
}
