using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>A measurement of any number type as it is carried: whole numbers as <see cref="long"/>, others as the bits of a <see cref="double"/>.</summary>
internal static class NumberBits
{
    /// <remarks>The runtime compiles it for each type anew, and only that type's branch.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of<T>(T value)
        where T : struct
    {
        if (typeof(T) == typeof(byte))
        {
            return (byte)(object)value;
        }

        if (typeof(T) == typeof(short))
        {
            return (short)(object)value;
        }

        if (typeof(T) == typeof(int))
        {
            return (int)(object)value;
        }

        if (typeof(T) == typeof(long))
        {
            return (long)(object)value;
        }

        return BitConverter.DoubleToInt64Bits(
            typeof(T) == typeof(float) ? (float)(object)value
            : typeof(T) == typeof(decimal) ? (double)(decimal)(object)value
            : (double)(object)value);
    }
}
