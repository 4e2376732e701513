using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Writes a counter's or a gauge's number as a line of the entry that is open, or fails the entry with what the receiver cannot take.</summary>
/// <remarks>One owner at a time: the one of the packets.</remarks>
internal sealed class NumberLineWriter(ReceiverProfile profile, PacketBuilder packets)
{
    /// <summary>Writes a number that may be none, or below zero.</summary>
    public void Write(string metricName, in LineParts line, double value, bool isCounter)
    {
        if (double.IsFinite(value))
        {
            Write(metricName, line, value, isCounter, value < 0);
        }
        else
        {
            packets.FailEntry(DropReason.InvalidValue);
            packets.Events.InvalidValue(metricName);
        }
    }

    /// <inheritdoc cref="Write(string, in LineParts, double, bool)"/>
    public void Write(string metricName, in LineParts line, long value, bool isCounter) => Write(metricName, line, value, isCounter, value < 0);

    private void Write<TNumber>(string metricName, in LineParts line, TNumber value, bool isCounter, bool isNegative)
        where TNumber : struct
    {
        if (isNegative && isCounter && profile.RejectsNegativeCounters)
        {
            packets.FailEntry(DropReason.NegativeCounter);
            packets.Events.NegativeCounter(metricName);
            return;
        }

        var isDelta = isNegative && !isCounter && profile.SignedGaugeIsDelta;
        if (!TryWrite(packets.Free, line, value, isDelta, out var written))
        {
            packets.Flush();
            if (!TryWrite(packets.Free, line, value, isDelta, out written))
            {
                packets.FailEntry(DropReason.LineTooLong);
                packets.Events.LineTooLong(metricName, packets.MaxPacketBytes);
                return;
            }
        }

        packets.Commit(written);
    }

    private bool TryWrite<TNumber>(Span<byte> destination, in LineParts line, TNumber value, bool isDelta, out int written)
        where TNumber : struct => isDelta
            ? LineWriter.TryWriteAfterReset(destination, line, value, profile.Numbers, out written)
            : LineWriter.TryWrite(destination, line, value, profile.Numbers, out written);
}
