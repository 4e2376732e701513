namespace OpenTelemetry.Exporter;

/// <summary>What a histogram becomes in an EMF document.</summary>
public enum EmfHistogramForm
{
    /// <summary>
    /// <c>{"Values":[...],"Counts":[...],"Max":..,"Min":..,"Count":..,"Sum":..}</c>: values and how often each counts, so that CloudWatch has
    /// percentiles: the smallest, the largest, one for each exponential bucket, up to 16 for an explicit one. At most 100, and no more than fit: the rest goes into
    /// further documents, whose counts and sums add up to the histogram's.
    /// </summary>
    ValuesAndCounts,

    /// <summary><c>{"Max":..,"Min":..,"Count":..,"Sum":..}</c>: average, smallest and largest value, but no percentiles.</summary>
    StatisticSet,
}
