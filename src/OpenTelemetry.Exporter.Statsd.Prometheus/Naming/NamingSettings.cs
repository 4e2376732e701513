namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>How an exporter makes names.</summary>
/// <param name="EscapesFirst">Whether names are classic already before a scraper's wishes are looked at, which then change nothing.</param>
/// <param name="AddsSuffixes">Whether names end in the unit, and those of counters in <c>_total</c>.</param>
/// <param name="AddsTotal">Whether <c>_total</c> is added at all. A counter whose own name ends in it keeps it either way.</param>
internal sealed record NamingSettings(bool EscapesFirst, bool AddsSuffixes, bool AddsTotal);
