using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>What the kernel says of a UDP socket bound to an IPv4 address, whoever owns it.</summary>
/// <param name="QueuedBytes">What it holds that has not been read, in the kernel's own accounting.</param>
/// <param name="Drops">How many datagrams it had no room for.</param>
internal readonly record struct UdpSocketTable(long QueuedBytes, long Drops)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Reads the table; skips the test where there is none.</summary>
    public static UdpSocketTable Find(IPEndPoint address)
    {
        const string Table = "/proc/net/udp";
        if (!File.Exists(Table))
        {
            Assert.Skip($"{Table} does not exist: only Linux tells what a socket dropped.");
        }

        // number: address:port peer:port state sent:received timer:when retries user timeout inode references pointer drops
        var local = string.Create(
            CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(address.Address.GetAddressBytes()):X8}:{address.Port:X4}");
        string[]? fields = null;

        // Read in pieces while other sockets come and go, the table may show a line twice, or not at all.
        Assert.True(
            SpinWait.SpinUntil(
                () => (fields = File.ReadLines(Table)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .FirstOrDefault(fields => fields[1] == local)) is not null,
                Deadline),
            $"No socket is bound to {address}.");
        return new(
            long.Parse(fields![4].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until everything has been read that came to the address.</summary>
    /// <returns>How many datagrams were dropped there.</returns>
    /// <exception cref="TimeoutException">There was still something after two minutes.</exception>
    public static long WaitUntilRead(IPEndPoint address)
    {
        // The kernel wakes nobody but the reader.
        if (!SpinWait.SpinUntil(() => Find(address).QueuedBytes == 0, Deadline))
        {
            throw new TimeoutException($"Datagrams to {address} were not read in {Deadline}.");
        }

        return Find(address).Drops;
    }
}
