using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The exporter's events are in the file of the SDK's self-diagnostics, as an application's operator asks for it.</summary>
[Collection(Alone.Name)]
public sealed class SelfDiagnosticsTests
{
    [Fact]
    public void The_file_of_the_SDK_says_that_the_receiver_is_away()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(
                Path.Combine(directory.FullName, "OTEL_DIAGNOSTICS.json"),
                """{ "LogDirectory": ".", "FileSize": 32768, "LogLevel": "Warning" }""");
            var (code, _, errors) = Command.ExecuteIn(
                directory.FullName, "dotnet", Path.Combine(AppContext.BaseDirectory, "FaultApp.dll"), "points", "unix:///nobody/is/here", "10", "0");
            Assert.Equal((0, string.Empty), (code, errors));
            var log = Assert.Single(directory.GetFiles("*.log"));
            Assert.Contains("/nobody/is/here", File.ReadAllText(log.FullName, Encoding.UTF8), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
