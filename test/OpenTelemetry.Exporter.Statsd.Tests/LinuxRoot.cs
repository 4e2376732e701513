namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A directory that has as much of a Linux system as tells a process where it runs.</summary>
internal sealed class LinuxRoot : IDisposable
{
    public const string HostNamespace = "cgroup:[4026531835]";
    public const string OwnNamespace = "cgroup:[4026532587]";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("statsd-origin-");

    public LinuxRoot(string? cgroup = null, string? mountinfo = null, string? cgroupNamespace = null)
    {
        Write("proc/self/cgroup", cgroup);
        Write("proc/self/mountinfo", mountinfo);
        if (cgroupNamespace is not null)
        {
            var link = PathOf("proc/self/ns/cgroup");
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, cgroupNamespace);
        }
    }

    public string PathOf(string path) => Path.Join(directory.FullName, path);

    /// <summary>Creates a cgroup, which unlike other directories lists its processes.</summary>
    /// <returns>Where it is.</returns>
    public string AddCgroup(string path)
    {
        Write($"{path}/cgroup.procs", "1\n");
        return PathOf(path);
    }

    public void Dispose() => directory.Delete(recursive: true);

    private void Write(string path, string? text)
    {
        if (text is not null)
        {
            var file = PathOf(path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }
}
