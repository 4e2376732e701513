using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Lays structures out for each way to write names and labels that is asked for.</summary>
/// <remarks>
/// Not thread-safe: one layout is made at a time. A way that nobody has asked for in ten minutes is let go, so that a look with another
/// client does not keep labels in memory for good.
/// </remarks>
/// <param name="settings">What to expose.</param>
/// <param name="telemetry">Hears of conflicts.</param>
/// <param name="time">The clock.</param>
internal sealed class Layouts(FamilySettings settings, ExporterTelemetry telemetry, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly int Schemes = Enum.GetValues<EscapingScheme>().Length;

    private readonly GivenNames[] given = [.. Enumerable.Range(0, Schemes).Select(_ => new GivenNames())];
    private readonly Dictionary<int, Entry> entries = [];

    /// <summary>Chosen once, however many ways there are: the application's predicate may be slow, or change its mind.</summary>
    private KeyValuePair<string, object>[]? constants;

    /// <summary>How the series of <paramref name="structure"/> are exposed in <paramref name="format"/>.</summary>
    public Layout Of(Structure structure, ExpositionFormat format, Resource resource) =>
        Find(structure, format) ?? Create(structure, format, resource);

    /// <summary>The same, in no time, where nothing has changed since the last one; else <see langword="null"/>.</summary>
    public Layout? Find(Structure structure, ExpositionFormat format)
    {
        if (!entries.TryGetValue(NumberOf(format), out var entry) || entry.Builder.Latest?.Structure != structure)
        {
            return null;
        }

        Use(entry);
        return entry.Builder.Latest;
    }

    private static int NumberOf(ExpositionFormat format) => (int)format.Escaping + (format.Labels is ProtobufLabels ? Schemes : 0);

    private Layout Create(Structure structure, ExpositionFormat format, Resource resource)
    {
        var number = NumberOf(format);
        if (!entries.TryGetValue(number, out var entry))
        {
            constants ??= settings.ChooseConstants(resource);
            var labels = new SeriesLabels(resource, constants, settings, format.Escaping, format.Labels);
            var builder = new LayoutBuilder(
                number, (number + Schemes) % (2 * Schemes), settings, format.Escaping, given[(int)format.Escaping], labels, telemetry);
            entry = new Entry(builder);
            entries.Add(number, entry);
        }

        Use(entry);
        return entry.Builder.Build(structure);
    }

    private void Use(Entry used)
    {
        used.LastUse = time.GetTimestamp();
        foreach (var (number, entry) in entries)
        {
            if (time.GetElapsedTime(entry.LastUse) > Lifetime)
            {
                entry.Builder.Forget();
                entries.Remove(number);
            }
        }
    }

    private sealed class Entry(LayoutBuilder builder)
    {
        public LayoutBuilder Builder { get; } = builder;

        public long LastUse { get; set; }
    }
}
