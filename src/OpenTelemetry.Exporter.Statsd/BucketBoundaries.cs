using System.Diagnostics.Metrics;
using System.Numerics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Metrics;

/// <summary>Boundaries of histogram buckets: for <see cref="InstrumentAdvice{T}.HistogramBucketBoundaries"/> and <see cref="ExplicitBucketHistogramConfiguration.Boundaries"/>.</summary>
/// <remarks>
/// <para>Each is the inclusive upper bound of its bucket; above the last there is one more bucket. They are calculated in decimals,
/// then rounded to the number type once: 0.1, 0.2, 0.3, never 0.30000000000000004.</para>
/// <para>Without a type argument they are <see cref="double"/>, whatever the type of the arguments; for a histogram of another type name
/// it, as in <c>Linear&lt;long&gt;(0, 100, 10)</c>. Each call returns a new array. For any thread.</para>
/// </remarks>
public static class BucketBoundaries
{
    // As many as the SDK takes.
    private const int MaxCount = 10_000_000;

    /// <summary>OpenTelemetry's default: 0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000. It suits milliseconds.</summary>
    /// <returns>A new array.</returns>
    /// <remarks>OpenTelemetry metrics SDK, section "Explicit Bucket Histogram Aggregation".</remarks>
    public static double[] Default() => [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    /// <summary>For the duration of requests, in seconds: 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10.</summary>
    /// <returns>A new array.</returns>
    /// <remarks>OpenTelemetry semantic conventions for HTTP metrics, <c>http.server.request.duration</c>.</remarks>
    public static double[] Seconds() => [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>Boundaries at equal distances: <c>start</c>, <c>start + width</c>, <c>start + 2 * width</c> and so on.</summary>
    /// <param name="start">The first boundary; finite.</param>
    /// <param name="width">The distance from one to the next; finite, above 0.</param>
    /// <param name="count">How many boundaries, from 1 to 10,000,000.</param>
    /// <returns>A new array of <paramref name="count"/> boundaries, each above the one before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An argument is out of its range, a boundary would be beyond that of the number type, or is no larger than the one before for want
    /// of digits.
    /// </exception>
    [OverloadResolutionPriority(1)]
    public static double[] Linear(double start, double width, int count) => Linear<double>(start, width, count);

    /// <inheritdoc cref="Linear(double, double, int)"/>
    /// <typeparam name="T">The number type of the histogram.</typeparam>
    public static T[] Linear<T>(T start, T width, int count)
        where T : struct, INumber<T>
    {
        ThrowUnless(T.IsFinite(start), start, "a finite number", nameof(start));
        ThrowUnless(T.IsFinite(width) && width > T.Zero, width, "a finite number above 0", nameof(width));
        var step = PaperNumber.Of(width);
        return Build(start, boundary => boundary + step, count, width, nameof(width));
    }

    /// <summary>Boundaries that grow by a factor: <c>start</c>, <c>start * factor</c>, <c>start * factor * factor</c> and so on.</summary>
    /// <param name="start">The first boundary; finite, above 0.</param>
    /// <param name="factor">What makes the next of one; finite, above 1.</param>
    /// <param name="count">How many boundaries, from 1 to 10,000,000.</param>
    /// <returns>A new array of <paramref name="count"/> boundaries, each above the one before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An argument is out of its range, a boundary would be beyond that of the number type, or is no larger than the one before for want
    /// of digits.
    /// </exception>
    [OverloadResolutionPriority(1)]
    public static double[] Exponential(double start, double factor, int count) => Exponential<double>(start, factor, count);

    /// <inheritdoc cref="Exponential(double, double, int)"/>
    /// <typeparam name="T">The number type of the histogram.</typeparam>
    public static T[] Exponential<T>(T start, T factor, int count)
        where T : struct, INumber<T>
    {
        ThrowUnless(T.IsFinite(start) && start > T.Zero, start, "a finite number above 0", nameof(start));
        ThrowUnless(T.IsFinite(factor) && factor > T.One, factor, "a finite number above 1", nameof(factor));
        var growth = PaperNumber.Of(factor);
        return Build(start, boundary => boundary * growth, count, factor, nameof(factor));
    }

    private static T[] Build<T>(T start, Func<PaperNumber, PaperNumber> next, int count, T step, string stepName)
        where T : struct, INumber<T>
    {
        ThrowUnless(count is >= 1 and <= MaxCount, count, "1 to 10,000,000", nameof(count));
        var boundaries = new T[count];
        boundaries[0] = start;
        var boundary = PaperNumber.Of(start);
        for (var i = 1; i < count; i++)
        {
            boundary = next(boundary);
            if (!boundary.TryConvert(out boundaries[i]))
            {
                throw OutOfRange(nameof(count), count, $"at most {i}, or boundaries are beyond the range of {typeof(T).Name}");
            }

            if (boundaries[i] <= boundaries[i - 1])
            {
                throw OutOfRange(stepName, step, $"what makes a {typeof(T).Name} larger than {boundaries[i - 1]}");
            }
        }

        return boundaries;
    }

    private static void ThrowUnless<T>(bool isValid, T value, string valid, string name)
    {
        if (!isValid)
        {
            throw OutOfRange(name, value, $"{valid}");
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, object? value, FormattableString valid) =>
        new(name, value, FormattableString.Invariant($"Valid: {FormattableString.Invariant(valid)}."));
}
