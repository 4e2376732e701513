namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Tells whether an exposition stays within a limit, before any of it is sent.</summary>
internal static class ExpositionSize
{
    /// <summary>Whether an exposition is larger than <paramref name="limit"/> bytes.</summary>
    /// <remarks>Only where it might be, it is written once to nowhere.</remarks>
    /// <exception cref="OperationCanceledException">Cancelled before that was known.</exception>
    public static bool Exceeds(Func<ExpositionWriter> createWriter, long limit, CancellationToken cancellation)
    {
        var writer = createWriter();
        if (writer.MaxSize() <= limit)
        {
            return false;
        }

        using var piece = new ExpositionPiece(ExpositionPiece.UsualBytes);
        long size = 0;
        while (!writer.IsComplete && size <= limit)
        {
            cancellation.ThrowIfCancellationRequested();
            size += piece.Next(writer).Length;
        }

        return size > limit;
    }
}
