using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>How much a UDP receiver on this host has not read yet, from the kernel's tables of sockets (Linux).</summary>
/// <remarks>
/// One owner at a time: the thread that exports. A read takes about a tenth of a millisecond, allocates nothing and never throws. A
/// table that cannot be opened or read, or is too long, is not tried again.
/// </remarks>
internal sealed class ReceiverQueue : IDisposable
{
    /// <summary>Several lines of a table, and more than the kernel gives with a call where pages have 4 KiB.</summary>
    private const int ChunkBytes = 8192;

    /// <summary>How much of a table is worth reading: some 2000 sockets.</summary>
    private const int MaxTableBytes = 256 * 1024;

    private readonly Table[] tables;

    /// <param name="address">Where the receiver is sent to, an address of this host.</param>
    /// <param name="port">Its port.</param>
    public ReceiverQueue(IPAddress address, int port)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var ipv6 = new Table("/proc/net/udp6", [address.MapToIPv6(), IPAddress.IPv6Any], port);
        tables = address.AddressFamily == AddressFamily.InterNetwork
            ? [new Table("/proc/net/udp", [address, IPAddress.Any], port), ipv6]
            : [ipv6];
    }

    /// <summary>How many bytes of the receiver's buffer are taken, the kernel's own needs included.</summary>
    /// <returns>Of several sockets at the address the most; 0 if there is none, or if it cannot be known.</returns>
    /// <remarks>
    /// The kernel gives a table in pieces, each from the line whose number is next: a socket that closes in between moves another one
    /// past the reader. So a receiver that is in none is looked for once more.
    /// </remarks>
    public long Read() => TryRead(out var queued) || TryRead(out queued) ? queued : 0;

    public void Dispose()
    {
        foreach (var table in tables)
        {
            table.Dispose();
        }
    }

    private bool TryRead(out long queued)
    {
        foreach (var table in tables)
        {
            if (table.TryRead(out queued))
            {
                return true;
            }
        }

        queued = 0;
        return false;
    }

    /// <summary>One of the kernel's tables, and the receiver's lines in it.</summary>
    /// <remarks>
    /// <c>sl local_address rem_address st tx_queue:rx_queue ...</c>, an address being native 32-bit words in hexadecimal, and
    /// each field as long in any line.
    /// </remarks>
    private sealed class Table(string path, IPAddress[] addresses, int port) : IDisposable
    {
        /// <summary>From the end of the remote address to the length of the receive queue: <c>07 00000000:</c>.</summary>
        private const int BeforeQueue = 12;

        private const int QueueDigits = 8;

        /// <summary>What tells the receiver's lines: bound to one of the addresses, and connected to nobody.</summary>
        private readonly byte[][] keys = [.. addresses.Select(address => Key(address, port))];

        private SafeFileHandle? file;
        private bool isUseless = !OperatingSystem.IsLinux();

        /// <returns>Whether the receiver is in the table.</returns>
        public bool TryRead(out long queued)
        {
            queued = -1;
            if (isUseless)
            {
                return false;
            }

            try
            {
                file ??= File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                Span<byte> chunk = stackalloc byte[ChunkBytes];
                var kept = 0;
                for (long offset = 0; offset < MaxTableBytes;)
                {
                    var read = RandomAccess.Read(file, chunk[kept..], offset);
                    if (read == 0)
                    {
                        return queued >= 0;
                    }

                    offset += read;
                    var text = chunk[..(kept + read)];
                    var whole = text.LastIndexOf((byte)'\n') + 1;
                    queued = Math.Max(queued, Longest(text[..whole]));
                    text[whole..].CopyTo(chunk);
                    kept = text.Length - whole;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // As with a table that is too long: the receiver is sent to without being asked.
            }

            isUseless = true;
            return false;
        }

        public void Dispose()
        {
            isUseless = true;
            file?.Dispose();
        }

        private static byte[] Key(IPAddress address, int port)
        {
            var words = MemoryMarshal.Cast<byte, uint>(address.GetAddressBytes());
            var key = new StringBuilder(" ");
            foreach (var word in words)
            {
                key.Append(CultureInfo.InvariantCulture, $"{word:X8}");
            }

            key.Append(CultureInfo.InvariantCulture, $":{port:X4} ").Append('0', 8 * words.Length).Append(":0000 ");
            return Encoding.ASCII.GetBytes(key.ToString());
        }

        private long Longest(ReadOnlySpan<byte> lines)
        {
            long longest = -1;
            foreach (var key in keys)
            {
                var rest = lines;
                for (var at = rest.IndexOf(key); at >= 0; at = rest.IndexOf(key))
                {
                    rest = rest[(at + key.Length)..];
                    if (rest.Length >= BeforeQueue + QueueDigits
                        && uint.TryParse(rest.Slice(BeforeQueue, QueueDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var queued))
                    {
                        longest = Math.Max(longest, queued);
                    }
                }
            }

            return longest;
        }
    }
}
