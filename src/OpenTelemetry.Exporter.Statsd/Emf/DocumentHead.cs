using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>What all documents of an export begin with, up to their dimensions.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal sealed class DocumentHead
{
    private const int TimestampDigits = 13;

    private readonly byte[] bytes;

    /// <param name="name">The namespace.</param>
    /// <param name="logGroup">The name of the log group; <see langword="null"/> if none is named.</param>
    /// <param name="logStream">The name of the log stream, likewise.</param>
    public DocumentHead(string name, string? logGroup, string? logStream)
    {
        var writer = new ArrayBufferWriter<byte>();
        writer.Write(Start);
        writer.Write("0000000000000"u8);
        WriteMember(writer, ",\"LogGroupName\":"u8, logGroup);
        WriteMember(writer, ",\"LogStreamName\":"u8, logStream);
        writer.Write(",\"CloudWatchMetrics\":[{"u8);
        WriteMember(writer, "\"Namespace\":"u8, name);
        writer.Write(","u8);
        bytes = writer.WrittenSpan.ToArray();
    }

    /// <summary>As it is written.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    private static ReadOnlySpan<byte> Start => "{\"_aws\":{\"Timestamp\":"u8;

    /// <summary>Sets the time of all points.</summary>
    /// <param name="time">From September 2001 to November 2286, where it has 13 digits in milliseconds; a clock that is elsewhere counts as at the nearer end.</param>
    public void SetTime(DateTimeOffset time)
    {
        var milliseconds = Math.Clamp(time.ToUnixTimeMilliseconds(), 1_000_000_000_000, 9_999_999_999_999);
        var isWritten = Utf8Formatter.TryFormat(milliseconds, bytes.AsSpan(Start.Length, TimestampDigits), out var written);
        Debug.Assert(isWritten && written == TimestampDigits, "All numbers of that range have as many digits.");
    }

    private static void WriteMember(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> key, string? value)
    {
        if (value is not null)
        {
            writer.Write(key);
            JsonText.Write(writer, value);
        }
    }
}
