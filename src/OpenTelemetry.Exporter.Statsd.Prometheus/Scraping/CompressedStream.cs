using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Sends an exposition compressed, piece by piece, waiting while its reader is slower.</summary>
/// <remarks>
/// Stateless. A compressor writes its end when it is disposed: that must neither wait for a reader that has stopped reading, nor make
/// an exposition that is broken off look like a whole one. So it writes into memory of the response, which is sent apart from it.
/// </remarks>
internal static class CompressedStream
{
    /// <summary>An empty member (RFC 1952, section 2.3): given nothing, .NET's compressor writes nothing, which is no gzip.</summary>
    private static ReadOnlySpan<byte> EmptyGzip => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Sends to <paramref name="output"/>, until its reader goes.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask WriteAsync(
        ExpositionWriter writer, PipeWriter output, ContentCoding coding, CancellationToken cancellation)
    {
        using var piece = new ExpositionPiece(ExpositionPiece.UsualBytes);
        using var memory = new Unsent(output);
        using var compressor = Create(coding, memory);
        try
        {
            while (!writer.IsComplete)
            {
                compressor.Write(piece.Next(writer).Span);
                if (writer.IsComplete)
                {
                    compressor.Dispose();
                    if (memory.IsEmpty)
                    {
                        output.Write(EmptyGzip);
                    }
                }

                var flushed = await output.FlushAsync(cancellation).ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            memory.IsClosed = true;
        }
    }

    private static Stream Create(ContentCoding coding, Stream output) => coding == ContentCoding.Gzip
        ? new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)
        : new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true);

    /// <summary>Puts what is written into the memory of a response without sending it.</summary>
    private sealed class Unsent(PipeWriter output) : Stream
    {
        /// <summary>Whether nothing has been written.</summary>
        public bool IsEmpty { get; private set; } = true;

        /// <summary>Whether what is written from now on is of no use.</summary>
        public bool IsClosed { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!IsClosed)
            {
                IsEmpty = false;
                output.Write(buffer);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
