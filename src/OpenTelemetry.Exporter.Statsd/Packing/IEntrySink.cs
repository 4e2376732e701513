namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Takes entries out of a <see cref="LaneBuffer"/>.</summary>
internal interface IEntrySink
{
    /// <summary>Takes one entry, which is never offered again, whatever the answer and even if this throws.</summary>
    /// <param name="entry">Valid until the call returns.</param>
    /// <returns>Whether more may come in this <see cref="LaneBuffer.Drain"/>.</returns>
    bool Take(ReadOnlySpan<byte> entry);
}
