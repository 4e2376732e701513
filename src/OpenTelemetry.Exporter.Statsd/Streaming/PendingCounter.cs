namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A counter and the sum that waits of it.</summary>
internal sealed class PendingCounter(StreamSeries series) : PendingSeries(series)
{
    /// <summary>How many measurements are summed up and wait.</summary>
    public long Summed;

    /// <summary>Their sum, if they are whole.</summary>
    public long LongSum;

    /// <summary>Their sum, if they are not.</summary>
    public double DoubleSum
    {
        get => BitConverter.Int64BitsToDouble(LongSum);
        set => LongSum = BitConverter.DoubleToInt64Bits(value);
    }

    public override bool IsWaiting => Summed > 0;
}
