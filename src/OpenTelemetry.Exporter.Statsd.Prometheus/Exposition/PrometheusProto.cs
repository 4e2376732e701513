namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The numbers of fields in <c>io/prometheus/client/metrics.proto</c> of the Prometheus data model.</summary>
internal static class PrometheusProto
{
    public static class MetricFamily
    {
        public const int Name = 1;
        public const int Help = 2;
        public const int Type = 3;
        public const int Metric = 4;
        public const int Unit = 5;
    }

    public static class MetricType
    {
        public const int Counter = 0;
        public const int Gauge = 1;
        public const int Histogram = 4;
    }

    public static class Metric
    {
        public const int Label = 1;
        public const int Gauge = 2;
        public const int Counter = 3;
        public const int Histogram = 7;
    }

    public static class LabelPair
    {
        public const int Name = 1;
        public const int Value = 2;
    }

    public static class Gauge
    {
        public const int Value = 1;
    }

    public static class Counter
    {
        public const int Value = 1;
        public const int Exemplar = 2;
        public const int CreatedTimestamp = 3;
    }

    public static class Histogram
    {
        public const int SampleCount = 1;
        public const int SampleSum = 2;
        public const int Bucket = 3;
        public const int Schema = 5;
        public const int ZeroThreshold = 6;
        public const int ZeroCount = 7;
        public const int PositiveSpan = 12;
        public const int PositiveDelta = 13;
        public const int CreatedTimestamp = 15;
        public const int Exemplars = 16;
    }

    public static class Bucket
    {
        public const int CumulativeCount = 1;
        public const int UpperBound = 2;
        public const int Exemplar = 3;
    }

    public static class BucketSpan
    {
        public const int Offset = 1;
        public const int Length = 2;
    }

    public static class Exemplar
    {
        public const int Label = 1;
        public const int Value = 2;
        public const int Timestamp = 3;
    }

    public static class Timestamp
    {
        public const int Seconds = 1;
        public const int Nanos = 2;
    }
}
