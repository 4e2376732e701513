using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>The views of a provider, and what they make of an instrument.</summary>
/// <remarks>
/// <para>The SDK keeps them to itself, so they are read past its visibility; trimming and AOT compilation keep what is read. In a version
/// of the SDK that has no such member it is as though the provider had no view.</para>
/// <para>Views that are added later count, too. For any thread once the provider is built.</para>
/// </remarks>
internal sealed class ProviderViews
{
    private readonly List<Func<Instrument, MetricStreamConfiguration?>> views;

    private ProviderViews(List<Func<Instrument, MetricStreamConfiguration?>> views) => this.views = views;

    /// <summary>The views of the provider that is being built.</summary>
    /// <param name="builder">What <see cref="IDeferredMeterProviderBuilder.Configure"/> hands over.</param>
    public static ProviderViews Of(MeterProviderBuilder builder) => Of(builder, ViewConfigs);

    internal static ProviderViews Of(
        MeterProviderBuilder builder, Func<MeterProviderBuilder, List<Func<Instrument, MetricStreamConfiguration?>>> read)
    {
        try
        {
            return new(read(builder));
        }
        catch (Exception exception) when (exception is MissingMemberException or TypeLoadException or InvalidCastException)
        {
            return new([]);
        }
    }

    /// <summary>The only kind of instrument that the SDK aggregates as a histogram.</summary>
    public static bool IsHistogram(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);

    /// <summary>
    /// The names of the streams that the instrument becomes: one for each view that matches and does not drop it, or its own if
    /// no view matches. Empty if it is dropped.
    /// </summary>
    public IReadOnlyList<string> StreamNames(Instrument instrument)
    {
        var matches = views.Select(view => Apply(view, instrument)).OfType<MetricStreamConfiguration>().ToList();
        return matches.Count == 0
            ? [instrument.Name]
            : [.. matches.Where(match => match != MetricStreamConfiguration.Drop).Select(match => match.Name ?? instrument.Name)];
    }

    /// <summary>Whether an instrument is left to <paramref name="fallback"/>: no other view matches it, of fallbacks none that was added earlier.</summary>
    public bool LeaveTo(FallbackView fallback, Instrument instrument)
    {
        var isEarlier = true;
        foreach (var view in views)
        {
            if (ReferenceEquals(view.Target, fallback))
            {
                isEarlier = false;
            }
            else if ((isEarlier || view.Target is not FallbackView) && Apply(view, instrument) is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a view makes of an instrument; <see langword="null"/> where the SDK passes over it, which is also if it throws or contradicts itself.</summary>
    private static MetricStreamConfiguration? Apply(Func<Instrument, MetricStreamConfiguration?> view, Instrument instrument)
    {
        try
        {
            return view(instrument) switch
            {
                { TagKeys: not null, ExcludedTagKeys: not null } => null,
                HistogramConfiguration when !IsHistogram(instrument) => null,
                var configuration => configuration,
            };
        }
        catch (Exception)
        {
            // The SDK has called it as well, and has said so.
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ViewConfigs")]
    private static extern List<Func<Instrument, MetricStreamConfiguration?>> ViewConfigs(
        [UnsafeAccessorType("OpenTelemetry.Metrics.MeterProviderBuilderSdk, OpenTelemetry")] object builder);
}
