namespace TestSupport;

/// <summary>A statistic set of a metric.</summary>
/// <param name="Max">The largest value.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Count">How many values there were.</param>
/// <param name="Sum">Their sum.</param>
public sealed record EmfStatistics(double Max, double Min, double Count, double Sum);
