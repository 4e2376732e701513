using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Exporter.Statsd.Origin;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What container a process is in, from the files that Linux and the container's runtime show it.</summary>
[Collection(Alone.Name)]
public sealed class ContainerOriginTests
{
    private const string Id = "1f0e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
    private const string Other = "abababababababababababababababababababababababababababababababab";
    private const string Task = "9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a-2531612879";
    private const string Uuid = "3c9de1f4-58a2-4b07-9e6d-a1b2c3d4e5f6";
    private const string Garden = "7a6b5c4d-1e2f-4a3b-5c6d-7e8f";

    public ContainerOriginTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has cgroups.");

    [Theory]
    [InlineData($"12:pids:/docker/{Id}\n4:memory:/docker/{Id}\n0::/docker/{Id}\n", Id)]
    [InlineData($"2:cpu,cpuacct:/kubepods/burstable/pod{Uuid}/{Id}", Id)]
    [InlineData($"0::/system.slice/docker-{Id}.scope\n", Id)]
    [InlineData($"0::/kubepods.slice/kubepods-pod3c9de1f4_58a2_4b07_9e6d_a1b2c3d4e5f6.slice/cri-containerd-{Id}.scope\n", Id)]
    [InlineData($"1:name=systemd:/user.slice\n0::/machine.slice/libpod-{Id}.scope\n", Id)]
    [InlineData($"7:cpu:/ecs/9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a/{Task}\n", Task)]
    [InlineData($"3:memory:/garden/{Garden}\n", Garden)]
    [InlineData($"3:memory:/system.slice/garden.service/garden/{Uuid}\n", Uuid)]
    [InlineData($"not a line\n9:x\n0::/a:b/{Id}\n", Id)]
    public void The_id_is_the_end_of_a_cgroups_path(string cgroup, string id)
    {
        using var root = new LinuxRoot(cgroup, cgroupNamespace: LinuxRoot.HostNamespace);
        Assert.Equal($"ci-{id}", OriginIn(root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n::\n:\n0::\n0::/\n")]
    [InlineData("0::/user.slice/user-1000.slice/session-3.scope\n")]
    [InlineData($"0::/kubepods/besteffort/pod{Uuid}\n")]
    [InlineData($"0::/user.slice/user-1000.slice/vte-spawn-{Uuid}.scope\n")]
    [InlineData($"0::/docker/{Id}0\n")]
    [InlineData("0::/docker/1f0e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff\n")]
    [InlineData("0::/docker/1F0E2D3C4B5A69788796A5B4C3D2E1F00112233445566778899AABBCCDDEEFF0\n")]
    [InlineData("4:memory:/process_api/9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a\n")]
    [InlineData($"0::/docker/{Id}/nested\n")]
    [InlineData($"0::/docker/{Id}|e:x\n")]
    public void Any_other_cgroup_is_no_container(string cgroup)
    {
        using var root = new LinuxRoot(cgroup, cgroupNamespace: LinuxRoot.HostNamespace);
        Assert.Null(OriginIn(root));
    }

    [Theory]
    [InlineData($"/var/lib/docker/containers/{Id}/hostname", Id)]
    [InlineData($"/containers/{Id}/hostname", Id)]
    [InlineData($"/containers/overlay-containers/{Id}/userdata/hostname", Id)]
    [InlineData($"/var/lib/ecs/containers/{Task}/hostname", Task)]
    [InlineData($"/var/lib/docker/volumes/{Other}/_data/docker/containers/{Id}/hostname", Id)]
    [InlineData($"/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{Id}/hostname", null)]
    [InlineData($"/docker/volumes/{Other}/_data/containerd/sandboxes/{Id}/hostname", null)]
    [InlineData("/etc/hostname", null)]
    [InlineData($"/{Id}/hostname", null)]
    [InlineData($"/containers/{Id}", null)]
    [InlineData($"/containers/{Id}0/hostname", null)]
    public void In_a_namespace_of_its_own_the_id_is_where_the_hostname_is_mounted_from(string source, string? id)
    {
        var mounts =
            $"""
            530 412 0:61 / / rw,relatime - overlay overlay rw,lowerdir=/l/{Other}/hostname,upperdir=/u/{Other}/diff
            short
            531 530 8:1 /containers/{Other}/hosts /etc/hosts rw,relatime - ext4 /dev/sda1 rw
            532 530 8:1 /containers/{Other}/hostname /host/rootfs/{Other}/etc/hostname rw,relatime - ext4 /dev/sda1 rw
            533 530 8:1 {source} /etc/hostname rw,relatime - ext4 /dev/sda1 rw

            """;
        using var root = new LinuxRoot("0::/\n", mounts, LinuxRoot.OwnNamespace);
        Assert.Equal(id is null ? null : $"ci-{id}", OriginIn(root));
    }

    [Theory]
    [InlineData($"/containers/storage/overlay-containers/{Id}/userdata/hostname")]
    [InlineData($"/var/lib/docker/containers/{Id}/hostname")]
    public void In_a_pod_the_hostname_is_that_of_all_its_containers(string source)
    {
        var mounts =
            $"""
            531 530 8:1 /var/lib/kubelet/pods/{Uuid}/etc-hosts /etc/hosts rw,relatime - ext4 /dev/sda1 rw
            533 530 8:1 {source} /etc/hostname rw,relatime - ext4 /dev/sda1 rw

            """;
        using var root = new LinuxRoot("0::/\n", mounts, LinuxRoot.OwnNamespace);
        var path = root.AddCgroup("sys/fs/cgroup");
        Assert.Equal($"in-{Stat(path)}", OriginIn(root));
    }

    [Theory]
    [InlineData("0::/\n", "sys/fs/cgroup")]
    [InlineData("0::/inner.slice/app.service\n", "sys/fs/cgroup/inner.slice/app.service")]
    [InlineData("5:cpu:/\n4:memory:/inner\n0::/\n", "sys/fs/cgroup/memory/inner")]
    [InlineData("4:memory:/gone\n0::/\n", "sys/fs/cgroup")]
    public void Where_the_id_is_not_shown_the_inode_of_the_cgroup_stands_for_it(string cgroup, string directory)
    {
        using var root = new LinuxRoot(cgroup, "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n", LinuxRoot.OwnNamespace);
        var path = root.AddCgroup(directory);
        Assert.Equal($"in-{Stat(path)}", OriginIn(root));
    }

    [Theory]
    [InlineData(LinuxRoot.HostNamespace)]
    [InlineData(null)]
    public void Without_a_namespace_of_its_own_a_cgroup_stands_for_no_container(string? cgroupNamespace)
    {
        using var root = new LinuxRoot("0::/\n", cgroupNamespace: cgroupNamespace);
        root.AddCgroup("sys/fs/cgroup");
        Assert.Null(OriginIn(root));
    }

    [Theory]
    [InlineData("0::/missing\n")]
    [InlineData("0::/not-a-cgroup\n")]
    [InlineData("0::/../../outside\n")]
    [InlineData("5:cpu:/\n")]
    public void A_directory_that_is_no_cgroup_stands_for_none(string cgroup)
    {
        using var root = new LinuxRoot(cgroup, cgroupNamespace: LinuxRoot.OwnNamespace);
        root.AddCgroup("sys/fs/cgroup");
        Directory.CreateDirectory(root.PathOf("sys/fs/cgroup/not-a-cgroup"));
        Directory.CreateDirectory(root.PathOf("sys/outside"));
        Assert.Null(OriginIn(root));
    }

    [Fact]
    public void The_path_of_the_cgroup_counts_before_the_mounts_and_these_before_the_inode()
    {
        const string mounts = $"533 530 8:1 /containers/{Other}/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n";
        using var all = new LinuxRoot($"0::/docker/{Id}\n", mounts, LinuxRoot.OwnNamespace);
        all.AddCgroup($"sys/fs/cgroup/docker/{Id}");
        Assert.Equal($"ci-{Id}", OriginIn(all));

        using var mounted = new LinuxRoot("0::/\n", mounts, LinuxRoot.OwnNamespace);
        mounted.AddCgroup("sys/fs/cgroup");
        Assert.Equal($"ci-{Other}", OriginIn(mounted));
    }

    [Fact]
    public void Files_that_cannot_be_read_tell_nothing()
    {
        using var empty = new LinuxRoot();
        Assert.Null(OriginIn(empty));

        using var directories = new LinuxRoot(cgroupNamespace: LinuxRoot.OwnNamespace);
        Directory.CreateDirectory(directories.PathOf("proc/self/cgroup"));
        Directory.CreateDirectory(directories.PathOf("proc/self/mountinfo"));
        Assert.Null(OriginIn(directories));
    }

    [Fact]
    public void This_machine_is_read_without_harm()
    {
        var origin = ContainerOrigin.OfProcess.Find();
        Assert.Matches(@"\A(ci-[0-9a-f-]{28,75}|in-[1-9][0-9]*)?\z", origin ?? string.Empty);
    }

    [Fact]
    public void An_inode_is_the_one_that_stat_says()
    {
        using var root = new LinuxRoot();
        var directory = Directory.CreateDirectory(root.PathOf("caf\u00e9 directory")).FullName;
        var link = root.PathOf("link");
        Directory.CreateSymbolicLink(link, directory);
        string[] paths = [directory, link, "/", "/proc/sys", "/sys/fs/cgroup", typeof(object).Assembly.Location];
        Assert.All(paths.Where(Path.Exists), path => Assert.Equal(Stat(path), FileInode.Of(path)?.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(FileInode.Of(directory), FileInode.Of(link));
        Assert.Null(FileInode.Of(root.PathOf("missing")));
    }

    private static string? OriginIn(LinuxRoot root) => new ContainerOrigin(root.PathOf(string.Empty)).Find();

    private static string Stat(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%i", path]) { RedirectStandardOutput = true })!;
        var inode = stat.StandardOutput.ReadToEndAsync();
        Assert.True(inode.Wait(TimeSpan.FromSeconds(60)), "stat does not end.");
        return inode.Result.Trim();
    }
}
