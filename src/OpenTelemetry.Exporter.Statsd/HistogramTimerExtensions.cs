namespace System.Diagnostics.Metrics;

/// <summary>Records in histograms how long things take.</summary>
/// <remarks>
/// <para>The time is recorded in the histogram's own unit, if it is one of time in UCUM: <c>ns</c>, <c>us</c> (or <c>µs</c>),
/// <c>ms</c>, <c>s</c>, <c>min</c>, <c>h</c>, <c>d</c>, case counting. Without a unit, or with any other, in seconds: the convention of .NET and of
/// OpenTelemetry's general metric semantic conventions. Give the instrument its unit all the same: <c>HistogramForm.Timing</c>
/// takes numbers without one to be milliseconds. A histogram of whole numbers gets the nearest, halves rounded up, and the largest that
/// its type holds if the time is longer; one of <see cref="decimal"/> gets 15 digits.</para>
/// <para>The clock is <see cref="Stopwatch"/>'s: monotonic, whatever happens to the time of day. While nobody listens to the
/// histogram, it is not read. All methods may be used by any number of threads.</para>
/// </remarks>
public static class HistogramTimerExtensions
{
    /// <summary>Starts a timer that records when it is disposed of. Allocates nothing with up to 8 tags.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <param name="histogram">What records the time.</param>
    /// <param name="tags">The tags to record it with.</param>
    /// <returns>The timer, usually for a <see langword="using"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="histogram"/> is <see langword="null"/>.</exception>
    public static HistogramTimer<T> StartTimer<T>(this Histogram<T> histogram, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return histogram.Enabled ? new(histogram, TimeProvider.System, new TagList(tags)) : default;
    }

    /// <inheritdoc cref="StartTimer{T}(Histogram{T}, ReadOnlySpan{KeyValuePair{string, object}})"/>
    public static HistogramTimer<T> StartTimer<T>(this Histogram<T> histogram, in TagList tags)
        where T : struct =>
        StartTimer(histogram, TimeProvider.System, in tags);

    /// <summary>Runs an action and records how long it took, even if it throws.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <param name="histogram">What records the time.</param>
    /// <param name="action">What to run. If it throws, so does this method, with the same exception.</param>
    /// <param name="tags">The tags to record the time with.</param>
    /// <exception cref="ArgumentNullException"><paramref name="histogram"/> or <paramref name="action"/> is <see langword="null"/>.</exception>
    public static void Time<T>(this Histogram<T> histogram, Action action, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(action);
        using var timer = histogram.StartTimer(tags);
        action();
    }

    /// <summary>Runs a function and records how long it took, even if it throws.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <typeparam name="TResult">What the function returns.</typeparam>
    /// <param name="histogram">What records the time.</param>
    /// <param name="function">
    /// What to run. If it throws, so does this method, with the same exception. A task that it returns is not waited for: see
    /// <see cref="TimeAsync{T}"/>.
    /// </param>
    /// <param name="tags">The tags to record the time with.</param>
    /// <returns>What the function returned.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="histogram"/> or <paramref name="function"/> is <see langword="null"/>.</exception>
    public static TResult Time<T, TResult>(
        this Histogram<T> histogram, Func<TResult> function, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(function);
        using var timer = histogram.StartTimer(tags);
        return function();
    }

    /// <summary>Runs an asynchronous action and records how long it took to complete, even if it fails or is cancelled.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <param name="histogram">What records the time.</param>
    /// <param name="action">What to run, here and now up to its first wait.</param>
    /// <param name="tags">The tags to record the time with.</param>
    /// <returns>A task that ends as that of <paramref name="action"/> does, with the same exception.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="histogram"/> or <paramref name="action"/> is <see langword="null"/>.</exception>
    public static Task TimeAsync<T>(
        this Histogram<T> histogram, Func<Task> action, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync(histogram.StartTimer(tags), action);
    }

    /// <summary>Runs an asynchronous function and records how long it took to complete, even if it fails or is cancelled.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <typeparam name="TResult">What the function's task results in.</typeparam>
    /// <param name="histogram">What records the time.</param>
    /// <param name="function">What to run, here and now up to its first wait.</param>
    /// <param name="tags">The tags to record the time with.</param>
    /// <returns>A task that ends as that of <paramref name="function"/> does, with the same result or exception.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="histogram"/> or <paramref name="function"/> is <see langword="null"/>.</exception>
    public static Task<TResult> TimeAsync<T, TResult>(
        this Histogram<T> histogram, Func<Task<TResult>> function, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunAsync(histogram.StartTimer(tags), function);
    }

    internal static HistogramTimer<T> StartTimer<T>(this Histogram<T> histogram, TimeProvider time, in TagList tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return histogram.Enabled ? new(histogram, time, in tags) : default;
    }

    private static async Task RunAsync<T>(HistogramTimer<T> timer, Func<Task> action)
        where T : struct
    {
        using (timer)
        {
            await action().ConfigureAwait(false);
        }
    }

    private static async Task<TResult> RunAsync<T, TResult>(HistogramTimer<T> timer, Func<Task<TResult>> function)
        where T : struct
    {
        using (timer)
        {
            return await function().ConfigureAwait(false);
        }
    }
}
