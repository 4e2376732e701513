namespace OpenTelemetry.Exporter;

/// <summary>What a histogram becomes in an EMF document.</summary>
public enum EmfHistogramForm
{
    /// <summary>
    /// <c>{"Values":[...],"Counts":[...],"Max":..,"Min":..,"Count":..,"Sum":..}</c>: a value for each bucket and how often it counts, so that CloudWatch has
    /// percentiles. At most 100 values: of a histogram with more buckets the rest goes into further documents, whose counts and sums add up to the histogram's.
    /// </summary>
    ValuesAndCounts,

    /// <summary><c>{"Max":..,"Min":..,"Count":..,"Sum":..}</c>: average, smallest and largest value, but no percentiles.</summary>
    StatisticSet,
}
