namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Finds the real daemons that tests run against.</summary>
internal static class Receiver
{
    /// <summary>
    /// The path of an executable. Where it is not installed the test is skipped and says why; with <c>CI=true</c> in the
    /// environment it fails instead, so that no build can quietly prove less.
    /// </summary>
    public static string Require(string executable)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, executable))
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            var reason = $"{executable} is not on the PATH; install the Debian package that has it.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(reason);
            }

            Assert.Skip(reason);
        }

        return path;
    }
}
