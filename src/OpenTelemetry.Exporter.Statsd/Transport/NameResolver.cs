using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Looks a host name up in the background, again and again, so that nobody who sends waits for a name server.</summary>
/// <remarks>
/// One thread asks (<see cref="Addresses"/>, <see cref="AddressChanges"/>, <see cref="RefreshIfOlderThan"/>); the lookup runs on the thread pool and hands
/// its result over by one volatile write of an array that nobody changes afterwards. At most one lookup runs at a time. A
/// failed lookup keeps the addresses of the one before.
/// </remarks>
internal sealed class NameResolver : IDisposable
{
    private readonly string host;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> lookUp;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource disposed = new();
    private readonly EventThrottle notResolved = new();
    private readonly EventThrottle changed = new();
    private readonly bool isLiteral;
    private volatile IPAddress[] addresses = [];
    private volatile int addressChanges;
    private Task running = Task.CompletedTask;
    private long startedAt;

    /// <param name="host">A name or an address; an address is never looked up.</param>
    /// <param name="lookUp">How a name becomes addresses; the system's resolver unless a test says otherwise.</param>
    /// <param name="clock">Measures the age of a lookup.</param>
    public NameResolver(string host, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null, TimeProvider? clock = null)
    {
        this.host = host;
        this.lookUp = lookUp ?? Dns.GetHostAddressesAsync;
        this.clock = clock ?? TimeProvider.System;
        if (IPAddress.TryParse(host, out var address))
        {
            isLiteral = true;
            addresses = [address];
        }
        else
        {
            Start();
        }
    }

    /// <summary>The addresses of the latest successful lookup, IPv4 first; the same array until others are found, in any order. Empty before the first.</summary>
    public IPAddress[] Addresses => addresses;

    /// <summary>How often the addresses were found to be others than before; the first ones are no change.</summary>
    public int AddressChanges => addressChanges;

    /// <summary>Starts a lookup unless one is running or a younger one than <paramref name="age"/> has been started.</summary>
    public void RefreshIfOlderThan(TimeSpan age)
    {
        if (!isLiteral && running.IsCompleted && clock.GetElapsedTime(startedAt) >= age)
        {
            Start();
        }
    }

    /// <summary>Waits for the lookup that is running, if one is, at most <paramref name="timeout"/>.</summary>
    public void Wait(TimeSpan timeout) => ((IAsyncResult)running).AsyncWaitHandle.WaitOne(timeout);

    public void Dispose()
    {
        if (!disposed.IsCancellationRequested)
        {
            disposed.Cancel();
            disposed.Dispose();
        }
    }

    private void Start()
    {
        startedAt = clock.GetTimestamp();
        var cancelled = disposed.Token;
        running = Task.Run(() => LookUpAsync(cancelled), CancellationToken.None);
    }

    private async Task LookUpAsync(CancellationToken cancelled)
    {
        try
        {
            // The lookup is the exporter's own traffic and must not show up as the application's.
            using var suppressed = SuppressInstrumentationScope.Begin();
            var found = await lookUp(host, cancelled).ConfigureAwait(false);

            // Datadog Agents and StatsD daemons listen on IPv4 alone by default, while "localhost" lists ::1 first.
            var ordered = found.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).ToArray();
            if (ordered.Length > 0 && !ordered.ToHashSet().SetEquals(addresses))
            {
                TakeOver(ordered);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed in the middle of a lookup.
        }
#pragma warning disable CA1031 // A lookup runs for itself: nobody else would see what went wrong, and the next one may go well.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (StatsdEventSource.Log.IsEnabled(EventLevel.Warning, EventKeywords.All) && notResolved.TryPass(out var held))
            {
                StatsdEventSource.Log.NameNotResolved(host, exception.Message, held);
            }
        }
    }

    /// <remarks>Only the lookup that runs gets here.</remarks>
    private void TakeOver(IPAddress[] found)
    {
        if (addresses.Length > 0)
        {
            addressChanges++;
            if (StatsdEventSource.Log.IsEnabled(EventLevel.Informational, EventKeywords.All) && changed.TryPass(out var held))
            {
                StatsdEventSource.Log.AddressChanged(host, string.Join<IPAddress>(", ", found), held);
            }
        }

        addresses = found;
    }
}
