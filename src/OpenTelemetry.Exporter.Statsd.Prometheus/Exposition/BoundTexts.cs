using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The bounds of buckets as text, with what ends the labels of a line, each made once: a scrape writes few others than the one before.</summary>
/// <remarks>
/// Thread-safe without a lock: whoever finds a text missing makes it, and it does not matter whose is kept, as all are equal. References are
/// written at once, and an array is filled before its reference is.
/// </remarks>
/// <param name="write">Writes a bound.</param>
internal sealed class BoundTexts(BoundTexts.Writer write)
{
    private const int MaxBytes = 40;

    private readonly ConditionalWeakTable<MetricStream, byte[]?[]> explicitTexts = [];
    private readonly byte[]?[] exponentialTexts = new byte[]?[ClassicBuckets.ExponentialPositions];

    /// <summary>Writes a bound, and adds to <paramref name="written"/>; never fails with space for 32 bytes.</summary>
    public delegate bool Writer(Span<byte> destination, double bound, ref int written);

    /// <summary>The texts of a metric's bounds, for <see cref="Get"/>.</summary>
    public byte[]?[] Of(MetricStream stream) => stream.IsExponential
        ? exponentialTexts
        : explicitTexts.GetValue(stream, static stream => new byte[]?[stream.Bounds.Length]);

    /// <summary>The bound of <paramref name="bucket"/>, with the end of the labels.</summary>
    public ReadOnlySpan<byte> Get(byte[]?[] texts, ClassicBucket bucket) => texts[bucket.Position] ??= Write(bucket.UpperBound);

    private byte[] Write(double bound)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        var written = 0;
        write(text, bound, ref written);
        TextLine.TryCopy("\"} "u8, text, ref written);
        return text[..written].ToArray();
    }
}
