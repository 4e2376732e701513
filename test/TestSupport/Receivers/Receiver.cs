using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TestSupport;

/// <summary>
/// A receiver on this machine that keeps every payload it gets, and that can be stopped, killed, stalled and started again at
/// its address while senders send.
/// </summary>
/// <remarks>
/// Thread safe. Every socket belongs to one thread of its own, from <see cref="Start"/> until the receiver is stopped; others
/// give it orders. Waiting is being woken by that thread, never polling.
/// </remarks>
public abstract class Receiver : IDisposable
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    private readonly Lock lifecycle = new();
    private readonly object gate = new();
    private readonly ReceiverOptions options;
    private readonly Socket bell;
    private byte[][] payloads = new byte[16][];
    private int count;
    private long changes;
    private Thread? reader;
    private volatile Order order;
    private volatile Order obeyed;
    private volatile bool disposed;

    private protected Receiver(ReceiverOptions? options)
    {
        this.options = options ?? new ReceiverOptions();

        // Connected to itself, it hears nobody else.
        this.bell = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        this.bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        this.bell.Connect(this.bell.LocalEndPoint!);
    }

    private enum Order
    {
        Read,
        Pause,
        Drain,
        Kill,
    }

    /// <summary>Gets the address as senders are told it: scheme and place, such as <c>udp://127.0.0.1:8125</c>.</summary>
    public abstract string Address { get; }

    /// <summary>Gets what has come so far over all starts, in order. A snapshot, which costs nothing to take.</summary>
    public IReadOnlyList<byte[]> Payloads
    {
        get
        {
            lock (this.gate)
            {
                // What is counted never changes: newcomers go behind it, or into a larger array.
                return new ArraySegment<byte[]>(this.payloads, 0, this.count);
            }
        }
    }

    private protected int? ReceiveBufferBytes => this.options.ReceiveBufferBytes;

    private protected bool ReadsAsCloudWatchAgent => this.options.ReadsAsCloudWatchAgent;

    /// <summary>Gets whether the reader has an order to see to before it reads on.</summary>
    private protected bool IsInterrupted => this.order != this.obeyed;

    /// <summary>Binds at the address and starts to read. Only needed after a stop: a new receiver is started.</summary>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Start()
    {
        lock (this.lifecycle)
        {
            ObjectDisposedException.ThrowIf(this.disposed, this);
            if (this.reader is not null)
            {
                throw new InvalidOperationException("The receiver is running.");
            }

            this.Open();
            this.order = this.obeyed = Order.Read;
            this.reader = new Thread(this.Read) { IsBackground = true, Name = this.Address };
            this.reader.Start();
        }
    }

    /// <summary>Refuses everything further, reads to the last byte what was accepted before, and closes.</summary>
    /// <param name="deadline">How long at most, from when it refuses; 60 seconds unless given.</param>
    /// <exception cref="TimeoutException">
    /// The end was not reached in time, and the receiver was killed. A TCP sender has to close its side for it.
    /// </exception>
    /// <exception cref="OperationCanceledException">Another thread killed it before the end was reached.</exception>
    public void StopGracefully(TimeSpan? deadline = null)
    {
        lock (this.lifecycle)
        {
            if (this.reader is null)
            {
                return;
            }

            this.Give(Order.Drain);
            if (!this.HasObeyed(Order.Drain) || !this.reader.Join(deadline ?? DefaultDeadline))
            {
                this.Kill();
                throw new TimeoutException($"Not everything sent to {this.Address} could be read in time.");
            }

            this.reader = null;
            if (this.obeyed == Order.Kill)
            {
                throw new OperationCanceledException($"The receiver at {this.Address} was killed as it stopped.");
            }
        }
    }

    /// <summary>
    /// Closes at once, as a process that is killed: what was accepted but not read is lost. Cuts short a stop that is under way.
    /// </summary>
    /// <exception cref="TimeoutException">It did not end in 60 seconds.</exception>
    public void Kill()
    {
        // Before the lock, which a stop holds to its end.
        this.Give(Order.Kill);
        lock (this.lifecycle)
        {
            if (this.reader is not null)
            {
                this.Give(Order.Kill);
                if (!this.reader.Join(DefaultDeadline))
                {
                    throw new TimeoutException($"The reader at {this.Address} does not end.");
                }

                this.reader = null;
            }
        }
    }

    /// <summary>Stalls: connections are accepted, but nothing more is read once this returns.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void Pause() => this.GiveAndWait(Order.Pause);

    /// <summary>Reads on after <see cref="Pause"/>.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void Resume() => this.GiveAndWait(Order.Read);

    /// <summary>Waits until at least so many payloads have come.</summary>
    /// <param name="count">How many.</param>
    /// <param name="deadline">How long at most; 60 seconds unless given.</param>
    /// <returns>Everything that has come so far.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public IReadOnlyList<byte[]> WaitFor(int count, TimeSpan? deadline = null) =>
        this.WaitFor(received => received.Count >= count, deadline);

    /// <summary>Waits until what has come satisfies a condition, asked again after each payload.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="deadline">How long at most; 60 seconds unless given.</param>
    /// <returns>Everything that had come when the condition was met.</returns>
    /// <exception cref="TimeoutException">The condition was not met in time.</exception>
    public IReadOnlyList<byte[]> WaitFor(Func<IReadOnlyList<byte[]>, bool> condition, TimeSpan? deadline = null)
    {
        IReadOnlyList<byte[]> received = [];
        this.WaitUntil(() => condition(received = this.Payloads), deadline);
        return received;
    }

    /// <summary>Waits until a condition is met, asked again after all that changes here or in the sink.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="deadline">How long at most; 60 seconds unless given.</param>
    /// <exception cref="TimeoutException">The condition was not met in time.</exception>
    public void WaitUntil(Func<bool> condition, TimeSpan? deadline = null)
    {
        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = Interlocked.Read(ref this.changes);

            // Outside the lock: a slow condition must not keep the sockets unread.
            if (condition())
            {
                return;
            }

            lock (this.gate)
            {
                while (this.changes == seen)
                {
                    var left = limit - clock.Elapsed;
                    if (left <= TimeSpan.Zero || !Monitor.Wait(this.gate, left))
                    {
                        throw new TimeoutException($"The condition was not met in {limit} by the {this.count} payloads at {this.Address}.");
                    }
                }
            }
        }
    }

    /// <summary>Kills the receiver and gives its address back; what came before stays readable.</summary>
    public void Dispose()
    {
        lock (this.lifecycle)
        {
            if (this.disposed)
            {
                return;
            }

            this.Kill();
            this.disposed = true;
            this.bell.Dispose();
            this.Release();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Binds at the address. On the thread that starts; everything below is called on the reader's.</summary>
    private protected abstract void Open();

    /// <summary>Adds the sockets to read from: none once everything is closed.</summary>
    /// <param name="sockets">Where to.</param>
    /// <param name="paused">Whether only connections are wanted, and no data.</param>
    private protected abstract void AddSockets(List<Socket> sockets, bool paused);

    /// <summary>Reads from a socket that has something, and returns soon or when interrupted.</summary>
    private protected abstract void ReadFrom(Socket socket);

    /// <summary>Makes the kernel refuse everything further, and closes whatever has nothing left to read.</summary>
    private protected abstract void Refuse();

    /// <summary>Closes everything as it is.</summary>
    private protected abstract void Abort();

    /// <summary>Gives the address back, after everything is closed.</summary>
    private protected abstract void Release();

    private protected void Keep(ReadOnlySpan<byte> payload)
    {
        var started = Stopwatch.GetTimestamp();
        payload = this.options.SkipsEmptyLines ? payload.TrimEnd((byte)'\n') : payload;
        if (payload.IsEmpty && this.options.SkipsEmptyLines)
        {
            return;
        }

        if (this.options.Sink is { } sink)
        {
            sink.Add(payload);
        }
        else
        {
            this.Append(payload.ToArray());
        }

        this.Changed();
        while (Stopwatch.GetElapsedTime(started) < this.options.TimePerPayload && this.order != Order.Kill)
        {
            Thread.SpinWait(20);
        }
    }

    /// <summary>Wakes whoever waits.</summary>
    private protected void Changed()
    {
        lock (this.gate)
        {
            this.changes++;
            Monitor.PulseAll(this.gate);
        }
    }

    private void Append(byte[] payload)
    {
        lock (this.gate)
        {
            if (this.count == this.payloads.Length)
            {
                Array.Resize(ref this.payloads, this.count * 2);
            }

            this.payloads[this.count++] = payload;
        }
    }

    private void Give(Order order)
    {
        this.order = order;
        if (!this.disposed)
        {
            this.bell.Send([0]);
        }
    }

    private void GiveAndWait(Order order)
    {
        lock (this.lifecycle)
        {
            if (this.reader is null)
            {
                throw new InvalidOperationException("The receiver is not running.");
            }

            this.Give(order);
            if (!this.HasObeyed(order))
            {
                throw new TimeoutException($"The reader at {this.Address} does not do as it is told.");
            }
        }
    }

    /// <summary>Waits until the reader has seen an order, unless it is busy with a payload for longer than anybody waits.</summary>
    private bool HasObeyed(Order order)
    {
        try
        {
            this.WaitUntil(() => this.obeyed == order || this.obeyed == Order.Kill);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Read()
    {
        List<Socket> sockets = [];
        var ring = new byte[1];
        while (true)
        {
            this.Obey();
            sockets.Clear();
            this.AddSockets(sockets, paused: this.obeyed == Order.Pause);
            if (sockets.Count == 0 && this.obeyed is Order.Drain or Order.Kill)
            {
                return;
            }

            sockets.Add(this.bell);
            Socket.Select(sockets, null, null, Timeout.InfiniteTimeSpan);
            foreach (var socket in sockets)
            {
                if (socket == this.bell)
                {
                    socket.Receive(ring);
                }
                else
                {
                    this.ReadFrom(socket);
                }
            }
        }
    }

    private void Obey()
    {
        while (this.IsInterrupted && this.obeyed != Order.Kill)
        {
            this.obeyed = this.order;
            this.Changed();
            if (this.obeyed == Order.Drain)
            {
                this.Refuse();
            }
            else if (this.obeyed == Order.Kill)
            {
                this.Abort();
            }
        }
    }
}
