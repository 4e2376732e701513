using System.Net.Sockets;

namespace TestSupport;

/// <summary>A place for a Unix socket, in a directory of its own that goes when this does.</summary>
internal sealed class UnixPath : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("receiver-");

    public UnixPath()
    {
        this.Path = System.IO.Path.Combine(this.directory.FullName, "socket");
    }

    public string Path { get; }

    /// <summary>Binds a socket and makes it ready before it appears, in one step and in place of any earlier one.</summary>
    /// <remarks>.NET deletes the file that it bound when it closes the socket; one that was renamed stays, as after a crash.</remarks>
    public void Publish(Socket socket, int backlog = 0)
    {
        var bound = $"{this.Path}.new";
        socket.Bind(new UnixDomainSocketEndPoint(bound));
        if (backlog > 0)
        {
            socket.Listen(backlog);
        }

        File.Move(bound, this.Path, overwrite: true);
    }

    public void Unlink() => File.Delete(this.Path);

    public void Dispose() => this.directory.Delete(recursive: true);
}
