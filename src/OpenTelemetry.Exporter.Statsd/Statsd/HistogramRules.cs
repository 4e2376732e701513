using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>What each histogram becomes, by the name of its metric.</summary>
/// <param name="fallback">What those become that no pattern matches.</param>
/// <param name="patterns">The first that matches counts.</param>
/// <remarks>Never changes; may be used by any thread.</remarks>
internal sealed class HistogramRules(HistogramLines fallback, params (NamePattern Names, HistogramLines Lines)[] patterns)
{
    public HistogramLines For(string metricName)
    {
        foreach (var (names, lines) in patterns)
        {
            if (names.Matches(metricName))
            {
                return lines;
            }
        }

        return fallback;
    }
}
