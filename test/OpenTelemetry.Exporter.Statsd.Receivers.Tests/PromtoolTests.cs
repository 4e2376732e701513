namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The fixture: what the linter makes of expositions written by hand. That a series is there twice, only newer ones notice.</summary>
public sealed class PromtoolTests
{
    [Theory]
    [InlineData(ReceiverVersion.Installed, 0)]
    [InlineData(ReceiverVersion.Trixie, 3)]
    [InlineData(ReceiverVersion.Sid, 3)]
    public async Task What_is_wrong_is_said(ReceiverVersion version, int exitCodeOfDuplicates)
    {
        var (exitCode, output) = await Promtool.CheckMetricsAsync(version, "# TYPE a counter\na 1\n"u8.ToArray());
        Assert.Equal(3, exitCode);
        Assert.Contains("_total", output, StringComparison.Ordinal);

        Assert.Equal(1, (await Promtool.CheckMetricsAsync(version, "a b\n"u8.ToArray())).ExitCode);
        var duplicates = await Promtool.CheckMetricsAsync(version, "# HELP a b\n# TYPE a gauge\na 1\na 2\n"u8.ToArray());
        Assert.Equal(exitCodeOfDuplicates, duplicates.ExitCode);
    }
}
