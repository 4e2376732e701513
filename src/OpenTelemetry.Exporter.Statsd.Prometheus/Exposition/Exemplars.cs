using OpenTelemetry.Exporter.Prometheus.Collecting;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>An exemplar with its value, or none.</summary>
internal readonly ref struct FoundExemplar(ExemplarValue exemplar, SampleValue value)
{
    public bool Exists { get; } = true;

    public ExemplarValue Exemplar { get; } = exemplar;

    public SampleValue Value { get; } = value;
}

/// <summary>Finds the exemplar that stands for a total, of which formats have room for one.</summary>
internal static class Exemplars
{
    /// <summary>The latest exemplar of a counter.</summary>
    public static FoundExemplar Latest(PointReader.ExemplarEnumerator exemplars, bool isDouble)
    {
        var latest = default(FoundExemplar);
        foreach (var exemplar in exemplars)
        {
            if (!latest.Exists || exemplar.UnixTicks > latest.Exemplar.UnixTicks)
            {
                latest = new FoundExemplar(exemplar, SampleValue.Of(exemplar.Bits, isDouble));
            }
        }

        return latest;
    }
}

/// <summary>Finds the exemplars that stand for the buckets of a histogram, of which each has room for one.</summary>
/// <remarks>For one pass over the buckets, from the lowest to the highest: exemplars stand in the order of their values.</remarks>
internal ref struct BucketExemplars
{
    private PointReader.ExemplarEnumerator exemplars;

    public BucketExemplars(PointReader.ExemplarEnumerator exemplars)
    {
        this.exemplars = exemplars;
        IsEmpty = !this.exemplars.MoveNext();
    }

    /// <summary>Whether no bucket further up has any.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>The latest exemplar of the next bucket. NaN belongs to none: it is at or below no bound, as OpenMetrics demands of an exemplar.</summary>
    public FoundExemplar Next(double upperBound)
    {
        var latest = default(FoundExemplar);
        while (!IsEmpty)
        {
            var exemplar = exemplars.Current;
            var value = SampleValue.Of(exemplar.Bits, isDouble: true);
            if (!(value.Double <= upperBound))
            {
                break;
            }

            if (!latest.Exists || exemplar.UnixTicks > latest.Exemplar.UnixTicks)
            {
                latest = new FoundExemplar(exemplar, value);
            }

            IsEmpty = !exemplars.MoveNext();
        }

        return latest;
    }
}
