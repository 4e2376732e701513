using System.Reflection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The readers of a provider. The SDK shows them to nobody, so they are read where it keeps them.</summary>
internal static class ProviderReaders
{
    public static IEnumerable<PeriodicExportingMetricReader> Of(MeterProvider provider)
    {
        var reader = Field(provider, "Reader", "reader");
        return reader is PeriodicExportingMetricReader single ? [single] : Chain(reader!);

        static IEnumerable<PeriodicExportingMetricReader> Chain(object composite)
        {
            for (var node = Field(composite, "Head"); node is not null; node = Next(node))
            {
                yield return (PeriodicExportingMetricReader)Field(node, "Value")!;
            }
        }

        static object? Next(object node) => node.GetType().GetProperty("Next")!.GetValue(node);
    }

    public static int Interval(PeriodicExportingMetricReader reader) => (int)Field(reader, "ExportIntervalMilliseconds", "exportIntervalMilliseconds")!;

    private static object? Field(object instance, params string[] names)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var type = instance.GetType();
        foreach (var name in names)
        {
            if (type.GetField(name, Any) is { } field)
            {
                return field.GetValue(instance);
            }

            if (type.GetProperty(name, Any) is { } property)
            {
                return property.GetValue(instance);
            }
        }

        throw new InvalidOperationException($"{type} has none of {string.Join(", ", names)}.");
    }
}
