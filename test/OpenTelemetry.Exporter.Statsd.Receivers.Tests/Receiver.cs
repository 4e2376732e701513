using System.Diagnostics.CodeAnalysis;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Finds the real daemons and clients that tests run against.</summary>
internal static class Receiver
{
    /// <summary>
    /// The path of an executable. Where it is not installed the test is skipped and says why; with <c>CI=true</c> in the
    /// environment it fails instead, so that no build can quietly prove less.
    /// </summary>
    public static string Require(string executable)
    {
        var path = Find(executable, ReceiverVersion.Installed);
        if (path is null)
        {
            Missing($"{executable} is not on the PATH; install the Debian package that has it.");
        }

        return path;
    }

    /// <summary>
    /// The path of one version of an executable. Whether a newer one can be had is for others to decide, so where it is missing
    /// the test is skipped even with <c>CI=true</c>.
    /// </summary>
    public static string Require(string executable, ReceiverVersion version)
    {
        if (version == ReceiverVersion.Installed)
        {
            return Require(executable);
        }

        var path = Find(executable, version);
        Assert.SkipWhen(path is null, $"There is no {executable} in {Folder(version)}; build/receivers/install.sh says why.");
        return path;
    }

    /// <summary>The path of one version of an executable; null where it is not installed.</summary>
    public static string? Find(string executable, ReceiverVersion version)
    {
        var directories = version == ReceiverVersion.Installed
            ? (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : [Folder(version)];
        return directories.Select(directory => Path.Combine(directory, executable)).FirstOrDefault(File.Exists);
    }

    /// <summary>The folder in <c>build/receivers</c> that something is installed in.</summary>
    public static string Folder(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "OpenTelemetry.Exporter.Statsd.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException($"No repository above {AppContext.BaseDirectory}.");
        }

        return Path.Combine(directory.FullName, "build/receivers", name);
    }

    /// <summary>Skips the test for want of something that has to be installed; with <c>CI=true</c> it fails instead.</summary>
    [DoesNotReturn]
    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    private static string Folder(ReceiverVersion version) => Folder(version == ReceiverVersion.Trixie ? "trixie" : "sid");
}
