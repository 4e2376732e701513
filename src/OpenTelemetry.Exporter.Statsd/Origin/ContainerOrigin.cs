using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Statsd.Origin;

/// <summary>Finds out which container the process runs in, as a Datadog Agent wants it told.</summary>
/// <param name="root">The directory that holds <c>proc</c> and <c>sys</c>.</param>
/// <remarks>Reads three files at most; lets no exception out.</remarks>
internal sealed partial class ContainerOrigin(string root)
{
    // The namespace that a host begins with has the same number everywhere (linux/proc_ns.h).
    private const string HostNamespace = "cgroup:[4026531835]";
    private const string MemoryController = "memory";
    private const string EtcHostname = "/etc/hostname";
    private const string EtcHosts = "/etc/hosts";

    // Of containerd, which says what they are.
    private const string Sandboxes = "sandboxes";

    // Kubernetes itself makes this file, for all containers of a pod.
    private const string HostsOfPod = "/etc-hosts";

    // Up to the root of a file system, which is no container's.
    private const ulong LastReservedInode = 2;

    /// <summary>The process' own container.</summary>
    public static ContainerOrigin OfProcess { get; } = new("/");

    /// <summary>
    /// <c>ci-</c> and the container's id, or <c>in-</c> and the inode of its cgroup where that does not show the id, or
    /// <see langword="null"/> if there is no container, or no telling.
    /// </summary>
    public string? Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var cgroups = Lines("proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        var id = cgroups.Select(parts => IdAtEnd().Match(parts[2])).FirstOrDefault(match => match.Success)?.Value
            ?? IdOfHostname();
        return id is not null ? $"ci-{id}" : InodeOf(cgroups) is { } inode ? $"in-{inode}" : null;
    }

    /// <summary>The container whose directory a runtime has mounted <c>/etc/hostname</c> from; not in a pod, where that is the sandbox that its containers share.</summary>
    private string? IdOfHostname()
    {
        // Number, parent, device, path on the device, mount point.
        var mounts = Lines("proc/self/mountinfo")
            .Select(mount => mount.Split(' ', 6))
            .Where(fields => fields.Length == 6)
            .Select(fields => (Source: fields[3], Target: fields[4]))
            .ToList();
        return mounts.Exists(mount => mount.Target == EtcHosts && mount.Source.EndsWith(HostsOfPod, StringComparison.Ordinal))
            ? null
            : mounts.Where(mount => mount.Target == EtcHostname).Select(mount => IdIn(mount.Source)).FirstOrDefault(id => id is not null);
    }

    private static string? IdIn(string hostname)
    {
        var match = IdOfDirectory().Match(hostname);
        return match.Success && match.Groups["parent"].Value != Sandboxes ? match.Groups["id"].Value : null;
    }

    /// <summary>The inode of the process' cgroup, which names a container only from inside a namespace of its own.</summary>
    private ulong? InodeOf(List<string[]> cgroups)
    {
        if (new FileInfo(Path.Join(root, "proc/self/ns/cgroup")).LinkTarget is null or HostNamespace)
        {
            return null;
        }

        // Version 1 has a tree for each controller, and version 2 a single one without a name.
        foreach (var controller in (string[])[MemoryController, string.Empty])
        {
            if (cgroups.Find(parts => parts[1] == controller) is [_, _, var path])
            {
                var directory = Path.Join(root, "sys/fs/cgroup", controller, path);
                var isCgroup = File.Exists(Path.Join(directory, "cgroup.procs"));
                if (isCgroup && FileInode.Of(directory) is > LastReservedInode and var inode)
                {
                    return inode;
                }
            }
        }

        return null;
    }

    private string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Join(root, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Of Docker, containerd, CRI-O and Podman; of a task of ECS on Fargate; of Garden, which puts nothing around it.
    [GeneratedRegex(
        @"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{32}-[0-9]+)(?=(?:\.scope)?\z)|(?<=/)[0-9a-f]{8}(?:-[0-9a-f]{4}){4}(?:[0-9a-f]{8})?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex IdAtEnd();

    // The last directory that has an id for a name, for containers within containers.
    [GeneratedRegex(
        @"\A.*/(?<parent>[^/]+)/(?<id>[0-9a-f]{64}|[0-9a-f]{32}-[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){4}(?:[0-9a-f]{8})?)/(?:.*/)?hostname\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IdOfDirectory();
}
