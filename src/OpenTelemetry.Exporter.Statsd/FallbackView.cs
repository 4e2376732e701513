using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>A view for instruments that no other view of the provider matches, so that it never adds a second stream to theirs.</summary>
/// <remarks>Of several fallbacks, the first to be added counts.</remarks>
internal sealed class FallbackView(ProviderViews views, Func<Instrument, MetricStreamConfiguration?> view)
{
    /// <summary>The view, as the SDK calls it once for each instrument.</summary>
    public MetricStreamConfiguration? Apply(Instrument instrument) =>
        view(instrument) is { } configuration && views.LeaveTo(this, instrument) ? configuration : null;
}
