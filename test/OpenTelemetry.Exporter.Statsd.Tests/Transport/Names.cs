using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A name server that answers when a test waits for it, and the clock that says when it is asked again.</summary>
internal sealed class Names(params string[] addresses) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim allowed = new(0);
    private readonly SemaphoreSlim answered = new(0);
    private int waited;
    private int asked;
    private NameResolver? resolver;

    public ManualClock Clock { get; } = new();

    /// <summary>What the name stands for; null for an unknown name.</summary>
    public IPAddress[]? Current { get; set; } = [.. addresses.Select(IPAddress.Parse)];

    /// <summary>How many lookups have begun.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>A resolver that has had its first answer.</summary>
    public NameResolver NewResolver()
    {
        resolver = new NameResolver("receiver.test", AnswerAsync, Clock);
        WaitForLookUps(1);
        return resolver;
    }

    /// <summary>Answers until so many lookups have been made since the start and the last one has been handed over.</summary>
    public void WaitForLookUps(int count)
    {
        for (; waited < count; waited++)
        {
            allowed.Release();
            Assert.True(answered.Wait(Soon), "The name was not looked up.");
        }

        resolver!.Wait(Soon);
    }

    public void Dispose()
    {
        resolver?.Dispose();
        allowed.Dispose();
        answered.Dispose();
    }

    private async Task<IPAddress[]> AnswerAsync(string host, CancellationToken cancelled)
    {
        Interlocked.Increment(ref asked);
        await allowed.WaitAsync(cancelled);
        answered.Release();
        return Current ?? throw new SocketException((int)SocketError.HostNotFound);
    }
}
