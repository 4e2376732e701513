using System.Net.Sockets;
using System.Text;

namespace TestSupport.Tests;

/// <summary>A thread that sends numbered payloads until it is ended, and knows which the kernel accepted.</summary>
internal abstract class Load : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Thread thread;
    private volatile bool ending;
    private Exception? failure;
    private int refused;

    protected Load()
    {
        thread = new Thread(RunGuarded) { IsBackground = true };
    }

    /// <summary>Gets what was accepted and not refused after all, in order. To be read once ended.</summary>
    public List<string> Accepted { get; } = [];

    protected bool IsEnding => ending;

    protected void Begin() => thread.Start();

    /// <summary>Stops and starts a receiver again and again while this sends to it, and then ends this and the receiver.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="restarts">How often.</param>
    /// <param name="payloads">How many payloads have to come between two stops, at least.</param>
    public void RunOverRestarts(Receiver receiver, int restarts, int payloads = 20)
    {
        for (var i = 0; i < restarts; i++)
        {
            receiver.WaitFor(receiver.Payloads.Count + payloads);
            receiver.StopGracefully();
            var received = receiver.Payloads.Count;
            var before = Volatile.Read(ref refused);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref refused) > before, Deadline), "Nothing was refused.");
            Assert.Equal(received, receiver.Payloads.Count);
            receiver.Start();
        }

        Dispose();
        receiver.StopGracefully();
    }

    public static IEnumerable<string> Text(IEnumerable<byte[]> payloads) => payloads.Select(Encoding.ASCII.GetString);

    public void Dispose()
    {
        ending = true;
        Assert.True(thread.Join(Deadline), "The sender did not end.");
        Assert.Null(failure);
        GC.SuppressFinalize(this);
    }

    protected abstract void Run();

    private void RunGuarded()
    {
        try
        {
            Run();
        }
        catch (Exception exception)
        {
            failure = exception;
        }
    }

    protected void CountRefusal() => Interlocked.Increment(ref refused);

    /// <summary>Sends without blocking, and if that would block waits a while for room.</summary>
    protected static SocketError Send(Socket socket, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = socket.Send(bytes, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectWrite);
        }

        return error;
    }
}
