using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Writes what waits of a series as lines, whose entries are the measurements behind them.</summary>
/// <remarks>
/// One owner at a time: the pump. Names and tags are encoded with the first line. Whatever goes wrong with one series, the
/// application's own code for a tag among it, is told and counted, and spares the others.
/// </remarks>
internal sealed class StreamWriter(ReceiverProfile profile, MetricStreamFactory factory, PacketBuilder packets)
{
    /// <summary>What an array takes beside its bytes, rounding included.</summary>
    private const int ArrayBytes = 28;

    private readonly NumberLineWriter numbers = new(profile, packets);
    private readonly ValueLineWriter values = new(profile, packets);

    /// <summary>The memory that encoded series take.</summary>
    public long SeriesBytes { get; private set; }

    /// <summary>Writes the sum of a counter.</summary>
    public void WriteCounter(PendingCounter counter, long now)
    {
        var (measurements, longSum, doubleSum) = (counter.Summed, counter.LongSum, counter.DoubleSum);
        (counter.Summed, counter.LongSum, counter.DoubleSum) = (0, 0, 0);
        counter.SeenAt = now;
        var before = packets.Entries;
        try
        {
            var line = LineOf(counter, out var metric);
            if (counter.IsIntegral)
            {
                numbers.Write(metric.MetricName, line, longSum, isCounter: true);
            }
            else
            {
                numbers.Write(metric.MetricName, line, doubleSum, isCounter: true);
            }

            packets.CompleteEntries(measurements);
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, measurements - (packets.Entries - before));
        }
    }

    /// <summary>Writes the last value of a gauge.</summary>
    public void WriteGauge(PendingSeries gauge, long bits, long now)
    {
        gauge.SeenAt = now;
        var before = packets.Entries;
        try
        {
            var line = LineOf(gauge, out var metric);
            if (gauge.IsIntegral)
            {
                numbers.Write(metric.MetricName, line, bits, isCounter: false);
            }
            else
            {
                numbers.Write(metric.MetricName, line, BitConverter.Int64BitsToDouble(bits), isCounter: false);
            }

            packets.CompleteEntry();
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, 1 - (packets.Entries - before));
        }
    }

    /// <summary>Writes values of a histogram.</summary>
    /// <param name="histogram">The series.</param>
    /// <param name="recorded">Finite. Holds anything afterwards.</param>
    /// <param name="now">The time.</param>
    public void WriteValues(PendingHistogram histogram, Span<double> recorded, long now) => Write(histogram, recorded, now, onlyFullPackets: false);

    /// <summary>Writes as many values of a histogram as fill packets, which are handed over at once.</summary>
    /// <param name="histogram">The series.</param>
    /// <param name="recorded">Finite. Holds anything afterwards.</param>
    /// <param name="now">The time.</param>
    /// <returns>The last values, which would leave room in a packet; for the next call, of the same series, they come before all others.</returns>
    public ReadOnlySpan<double> WriteFullPackets(PendingHistogram histogram, Span<double> recorded, long now)
    {
        var left = Write(histogram, recorded, now, onlyFullPackets: true);
        histogram.Accepted = (ushort)left.Length;
        return left;
    }

    /// <summary>Gives back what is remembered of a series that is over.</summary>
    public void Forget(PendingSeries series)
    {
        SeriesBytes -= BytesOf(series.Tags);
        series.Tags = null;
    }

    private ReadOnlySpan<double> Write(PendingHistogram histogram, Span<double> recorded, long now, bool onlyFullPackets)
    {
        histogram.SeenAt = now;
        var before = packets.Entries;
        var isAccepted = histogram.Accepted;
        histogram.Accepted = 0;
        try
        {
            var line = LineOf(histogram, out var metric);
            var accepted = Accept(metric, recorded, isAccepted);
            var sampleOneIn = histogram.Series.Instrument.Rule.SampleOneIn;
            var done = accepted.Length;
            var written = onlyFullPackets
                ? values.WriteFullPackets(line, sampleOneIn, accepted, out done, ref histogram.Enough)
                : values.WriteEntries(line, sampleOneIn, accepted);
            if (written < done)
            {
                packets.Events.LineTooLong(metric.MetricName, packets.MaxPacketBytes);
                packets.FailEntries(DropReason.LineTooLong, done - written);
            }

            return accepted[done..];
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, recorded.Length - (packets.Entries - before));
            return [];
        }
    }

    private static int BytesOf(byte[]? tags) => tags is null ? 0 : ArrayBytes + tags.Length;

    private LineParts LineOf(PendingSeries series, out StreamedMetric metric)
    {
        var instrument = series.Series.Instrument;
        metric = (StreamedMetric)(instrument.State ??= Create(instrument));
        if (series.Tags is not { } tags)
        {
            // In the order in which the SDK brings them, for receivers to which another order is another series.
            tags = metric.EncodeTags([.. series.Series.Tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal)]);
            if (series.Series.LiveId != 0)
            {
                // The last of a series that is over is not worth it.
                series.Tags = tags;
                SeriesBytes += BytesOf(tags);
            }
        }

        return metric.Line(tags);
    }

    private StreamedMetric Create(StreamInstrument streamed)
    {
        var instrument = streamed.Instrument;
        var sampleOneIn = streamed.Kind == MetricKind.Counter ? streamed.Rule.SampleOneIn : 1;
        return factory.Create(
            instrument.Name, instrument.Unit, instrument.Meter.Name, instrument.Meter.Version, streamed.Kind, Watch(streamed.Lifetime), sampleOneIn);
    }

    /// <summary>A function that keeps nothing else alive, for a name is remembered for good.</summary>
    private static Func<bool> Watch(StreamLifetime lifetime) => () => lifetime.IsOver;

    /// <summary>Brings values into the unit of their type, but for the first, which are, and leaves out what the receiver does not take.</summary>
    private Span<double> Accept(StreamedMetric metric, Span<double> recorded, int accepted)
    {
        if (metric.Scale == MillisecondScale.None && !profile.RejectsNegativeValues)
        {
            return recorded;
        }

        var negative = 0;
        foreach (var value in recorded[accepted..])
        {
            var scaled = metric.Scale.Apply(value);
            if (scaled < 0 && profile.RejectsNegativeValues && double.IsFinite(scaled))
            {
                negative++;
            }
            else if (double.IsFinite(scaled))
            {
                recorded[accepted++] = scaled;
            }
        }

        if (negative > 0)
        {
            packets.Events.NegativeValue(metric.MetricName);
            packets.FailEntries(DropReason.NegativeValue, negative);
        }

        if (recorded.Length - accepted - negative is > 0 and var infinite)
        {
            packets.Events.InvalidValue(metric.MetricName);
            packets.FailEntries(DropReason.InvalidValue, infinite);
        }

        return recorded[..accepted];
    }

    private void Fail(Exception exception, long measurements)
    {
        packets.AbandonEntry();
        packets.FailEntries(DropReason.InternalError, measurements);
        packets.Events.ExportFailed(exception);
    }
}
