namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>A number, whole or not. Text formats write a whole one in full, beyond what a <see langword="double"/> can hold.</summary>
internal readonly struct SampleValue
{
    private readonly long bits;

    private SampleValue(long bits, bool isDouble)
    {
        this.bits = bits;
        IsDouble = isDouble;
    }

    public bool IsDouble { get; }

    public long Whole => bits;

    public double Double => IsDouble ? BitConverter.Int64BitsToDouble(bits) : bits;

    public static SampleValue Of(long bits, bool isDouble) => new(bits, isDouble);

    public static SampleValue Of(double value) => new(BitConverter.DoubleToInt64Bits(value), isDouble: true);

    public static SampleValue Of(long value) => new(value, isDouble: false);
}
