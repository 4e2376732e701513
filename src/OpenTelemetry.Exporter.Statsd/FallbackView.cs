using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>A view for instruments that no other view of the provider matches, so that it never adds a second stream to theirs.</summary>
/// <remarks>
/// <para>Of several fallbacks, the first to be added counts.</para>
/// <para>Fallbacks are told from other views by the delegates that the SDK was given. In a version of the SDK that wraps those, a fallback comes to ask
/// itself; it matches nothing then, so that the asking ends, and two that select the same instrument leave it to each other.</para>
/// </remarks>
internal sealed class FallbackView(ProviderViews views, Func<Instrument, MetricStreamConfiguration?> view)
{
    [ThreadStatic]
    private static HashSet<FallbackView>? asking;

    /// <summary>The view, as the SDK calls it once for each instrument.</summary>
    public MetricStreamConfiguration? Apply(Instrument instrument)
    {
        if (!(asking ??= []).Add(this))
        {
            return null;
        }

        try
        {
            return view(instrument) is { } configuration && views.LeaveTo(this, instrument) ? configuration : null;
        }
        finally
        {
            asking.Remove(this);
        }
    }
}
