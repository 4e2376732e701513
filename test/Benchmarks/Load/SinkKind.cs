namespace Benchmarks.Load;

/// <summary>How lines reach a <see cref="Sink"/>.</summary>
internal enum SinkKind
{
    Udp,
    UnixDatagram,
    UnixStream,
    Tcp,

    /// <summary>A named pipe, written as standard output is.</summary>
    Pipe,
}
