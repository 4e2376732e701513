using System.IO.Pipelines;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Sends an exposition as it is written, with no more of it in memory than one piece, waiting while its reader is slower.</summary>
/// <remarks>Stateless, hence thread-safe; a writer and an output are for one call at a time.</remarks>
internal static class ExpositionStream
{
    /// <summary>Sends to <paramref name="output"/>, until its reader goes.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask WriteAsync(ExpositionWriter writer, PipeWriter output, CancellationToken cancellation)
    {
        while (!writer.IsComplete)
        {
            var filled = writer.Fill(output.GetSpan(ExpositionPiece.UsualBytes));
            output.Advance(filled);
            if (filled == 0 && !writer.IsComplete)
            {
                await WriteLargeAsync(writer, output, cancellation).ConfigureAwait(false);
                return;
            }

            var flushed = await output.FlushAsync(cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Sends to <paramref name="output"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask WriteAsync(ExpositionWriter writer, Stream output, CancellationToken cancellation)
    {
        using var piece = new ExpositionPiece(ExpositionPiece.UsualBytes);
        while (!writer.IsComplete)
        {
            await output.WriteAsync(piece.Next(writer), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends the rest, from a point on that is larger by itself, as others are likely to be. Kestrel may hand out less memory than is asked for, so
    /// asking for more need not help.
    /// </summary>
    private static async ValueTask WriteLargeAsync(ExpositionWriter writer, PipeWriter output, CancellationToken cancellation)
    {
        using var piece = new ExpositionPiece(2 * ExpositionPiece.UsualBytes);
        while (!writer.IsComplete)
        {
            var flushed = await output.WriteAsync(piece.Next(writer), cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }
}
