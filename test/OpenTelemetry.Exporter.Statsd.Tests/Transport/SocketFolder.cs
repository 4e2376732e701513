using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A folder for socket files, short enough for their addresses, and what may be the matter with such files.</summary>
internal sealed class SocketFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("s");

    /// <summary>Where the receiver is.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "receiver");

    /// <summary>Opens a socket at <see cref="Path"/>, in place of any other that may be open there.</summary>
    public Socket Bind(SocketType type)
    {
        File.Delete(Path);
        var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    /// <summary>Closes a socket as the death of its process would, which leaves the file behind.</summary>
    public void Kill(Socket socket)
    {
        var aside = Path + ".aside";
        File.Move(Path, aside);
        socket.Dispose();
        File.Move(aside, Path);
    }

    /// <summary>Does something as a user who may not write to the file at <see cref="Path"/>.</summary>
    public T AsStranger<T>(Func<T> action)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux knows the user of a thread.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.None);
        }

        // The superuser may do anything, so one thread becomes somebody else, and ends.
        T result = default!;
        new OtherThread(() =>
        {
            _ = setfsuid(65_534);
            result = action();
        }).Join();
        return result;
    }

    public void Dispose() => folder.Delete(recursive: true);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setfsuid(uint user);
}
