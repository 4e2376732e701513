using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The recorders of the process, for those who know only the provider.</summary>
/// <remarks>
/// Thread-safe. Reading takes no lock: it walks an array that nobody changes after it was published by a volatile write. No recorder
/// is kept alive, and the array loses those that are gone with the next addition.
/// </remarks>
internal static class StreamRegistry
{
    private static readonly Lock Gate = new();
    private static volatile WeakReference<StreamRecorder>[] entries = [];

    public static void Add(StreamRecorder recorder)
    {
        lock (Gate)
        {
            entries = [.. entries.Where(entry => entry.TryGetTarget(out _)), new WeakReference<StreamRecorder>(recorder)];
        }
    }

    /// <summary>The one recorder of a provider to which measurements of an instrument may go without anything else of the provider missing them.</summary>
    /// <returns><see langword="null"/> if none streams the instrument, several do, or the SDK aggregates it besides.</returns>
    public static StreamRecorder? FindOnly(object provider, Instrument instrument)
    {
        StreamRecorder? only = null;
        foreach (var entry in entries)
        {
            if (entry.TryGetTarget(out var recorder) && ReferenceEquals(recorder.Provider(), provider) && recorder.RuleFor(instrument) is not null)
            {
                if (only is not null || !recorder.DropsFromSdk)
                {
                    return null;
                }

                only = recorder;
            }
        }

        return only;
    }
}
