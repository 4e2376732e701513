using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using Sample = OpenTelemetry.Exporter.Prometheus.Tests.Parsing.Sample;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Compares an exposition that was read back with what was recorded.</summary>
internal sealed class FormatVerification(
    FormatApplication application, ExpositionSyntax syntax, EscapingScheme escaping, DateTimeOffset start, List<Family> families)
{
    private readonly List<Point> points = [.. families.SelectMany(PointsOf)];

    private bool IsOpenMetrics => syntax is ExpositionSyntax.OpenMetrics001 or ExpositionSyntax.OpenMetrics100;

    private bool IsText => syntax is ExpositionSyntax.Text004 or ExpositionSyntax.Text100;

    /// <summary>Tells by the values which series is which; nothing is missing, and nothing is there besides.</summary>
    public Dictionary<string, ExpectedPoint> Identify(List<ExpectedPoint> expected)
    {
        var histograms = families.Where(family => family.Type == "histogram").Select(family => family.Name).ToHashSet();
        var byValue = points
            .Where(point => point.Family != "target_info" && !IsExtreme(point, histograms))
            .ToDictionary(point => point.Sum ?? point.Value);
        Assert.Equal(expected.Count, byValue.Count);
        return expected.ToDictionary(point => byValue[point.Value].Series);
    }

    public void Verify(Dictionary<string, ExpectedPoint> expected)
    {
        var left = points.ToDictionary(point => point.Series);
        var target = Take(points.Single(point => point.Family == "target_info").Series);
        Assert.Equal(1, target.Value);
        Assert.Equal(IsOpenMetrics ? "info" : "gauge", target.Type);
        foreach (var (series, point) in expected)
        {
            var found = Take(series);
            Verify(point, found);
            if (point.Instrument.IsHistogram && application.MinMax)
            {
                VerifyExtreme(Take($"{found.Family}_min{series[found.Family.Length..]}"), point.Measurements.Min(each => each.Value));
                VerifyExtreme(Take($"{found.Family}_max{series[found.Family.Length..]}"), point.Measurements.Max(each => each.Value));
            }
        }

        Assert.Empty(left);

        Point Take(string series)
        {
            Assert.True(left.Remove(series, out var found), $"{syntax}: {series} is missing among {string.Join(", ", left.Keys)}");
            return found;
        }
    }

    private static void VerifyExtreme(Point point, double value) => Assert.Equal(("gauge", value), (point.Type, point.Value));

    private bool IsExtreme(Point point, HashSet<string> histograms) => application.MinMax &&
        point.Family.Length > 4 && point.Family[^4..] is "_min" or "_max" && histograms.Contains(point.Family[..^4]);

    private void Verify(ExpectedPoint expected, Point found)
    {
        var instrument = expected.Instrument;
        var hasTotal = found.Family.Length > 6 && found.Family.EndsWith("_total", StringComparison.Ordinal);
        var isKnownCounter = instrument.IsCounter && (!IsOpenMetrics || hasTotal);
        Assert.Equal(instrument.IsHistogram ? "histogram" : isKnownCounter ? "counter" : instrument.IsCounter ? "unknown" : "gauge", found.Type);

        var attributes = expected.Tags.Where(tag => !application.Hides || !FormatApplication.IsSecret(tag.Key));
        if (application.Scope)
        {
            attributes = [new("otel_scope_name", expected.Meter), new("otel_scope_version", "1.0"), .. attributes];
        }

        Assert.Equal(
            Spelling.Labels(attributes, application.Strategy, escaping, instrument.IsHistogram),
            Spelling.Sorted(found.Labels.Where(label => label.Key is not ("otel_duplicate" or "otel__duplicate"))));
        VerifyCreated(found.Created, isExpected: !IsText && (isKnownCounter || instrument.IsHistogram));
        if (instrument.IsHistogram)
        {
            VerifyHistogram(expected, found);
            return;
        }

        Assert.Equal(expected.Value, found.Value);
        VerifyExemplar(instrument, found.Exemplar, !IsText && isKnownCounter ? expected.Measurements : []);
    }

    private void VerifyHistogram(ExpectedPoint expected, Point found)
    {
        var instrument = expected.Instrument;
        Assert.Equal(IsOpenMetrics && instrument.Kind == InstrumentKind.NegativeBounds ? null : expected.Value, found.Sum);
        Assert.Equal(expected.Measurements.Count, found.Value);
        if (instrument.Kind != InstrumentKind.Exponential)
        {
            Assert.Equal([.. instrument.Bounds, double.PositiveInfinity], found.Buckets.Select(bucket => bucket.Bound));
        }
        else
        {
            Assert.InRange(found.Buckets.Count, found.Native is null || application.ClassicToo ? 1 : 0, application.MaxBuckets + 1);
            Assert.Equal(syntax == ExpositionSyntax.Protobuf && !expected.IsCoarse, found.Native is not null);
        }

        // The SDK keeps an exemplar for each explicit bucket, and for all exponential ones together as many as there may be buckets.
        var offered = expected.Measurements.Where(application.Offers).ToList();
        var kept = instrument.Kind == InstrumentKind.Exponential ? Math.Min(offered.Count, instrument.MaxSize) : offered.Count;
        var lower = double.NegativeInfinity;
        foreach (var (bound, count, exemplar) in found.Buckets)
        {
            Assert.Equal(expected.Measurements.Count(each => each.Value <= bound), count);
            if (exemplar is not null || kept == offered.Count)
            {
                VerifyExemplar(instrument, exemplar, IsText ? [] : [.. expected.Measurements.Where(each => each.Value > lower && each.Value <= bound)]);
            }

            lower = bound;
        }

        if (found.Native is { } native)
        {
            Assert.All(native.Buckets, bucket => Assert.Equal(
                (ulong)expected.Measurements.Count(each => each.Value > bucket.Lower && each.Value <= bucket.Upper), bucket.Count));
            Assert.Equal(kept, native.Exemplars.DistinctBy(exemplar => exemplar.Value).Count());
            Assert.All(native.Exemplars, exemplar => VerifyExemplar(instrument, exemplar, offered));
        }
    }

    /// <summary>One of the measurements, if any is offered, with its time, its trace, and the attributes that the view took away.</summary>
    private void VerifyExemplar(InstrumentSpec instrument, Exemplar? exemplar, List<RecordedValue> measurements)
    {
        var offered = measurements.Where(application.Offers).ToDictionary(each => each.Value);
        Assert.Equal(offered.Count > 0, exemplar is not null);
        if (exemplar is null)
        {
            return;
        }

        var measurement = offered[exemplar.Value];
        Assert.InRange(exemplar.Timestamp!.Value, Seconds(measurement.From) - 0.001m, Seconds(measurement.To));
        var attributes = measurement.Tags.Where(tag => !instrument.Keeps(tag.Key) && !(application.Hides && FormatApplication.IsSecret(tag.Key)));
        Assert.Equal(
            Spelling.ExemplarLabels(measurement.TraceId, measurement.SpanId, attributes, application.Strategy, escaping),
            Spelling.Sorted(exemplar.Labels));
    }

    private void VerifyCreated(decimal? created, bool isExpected)
    {
        Assert.Equal(isExpected, created is not null);
        if (created is { } time)
        {
            Assert.InRange(time, Seconds(start) - 0.001m, Seconds(DateTimeOffset.UtcNow));
        }
    }

    private static decimal Seconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond;

    /// <summary>The points of a family, under the name that it has in other formats than OpenMetrics too.</summary>
    private static IEnumerable<Point> PointsOf(Family family)
    {
        if (family.Type != "histogram")
        {
            return family.Samples.Select(sample => new Point(sample.Name, family.Type, sample.Labels, sample.Value)
            {
                Exemplar = sample.Exemplar,
                Created = sample.Created,
            });
        }

        var native = family.NativeHistograms.ToDictionary(histogram => Sample.Key(histogram.Labels));
        var classic = ExpositionRules.Points(family).ToDictionary(point => Sample.Key(point[0].Labels.Where(label => label.Key != "le")));
        return native.Keys.Union(classic.Keys).Select(key =>
        {
            var histogram = native.GetValueOrDefault(key);
            var samples = classic.GetValueOrDefault(key, []);
            var buckets = samples.Where(sample => sample.Name == family.Name + "_bucket").ToList();
            var labels = histogram?.Labels ?? Spelling.Sorted(buckets[0].Labels.Where(label => label.Key != "le"));
            return new Point(family.Name, family.Type, labels, histogram?.Count ?? buckets[^1].Value)
            {
                Sum = histogram?.Sum ?? samples.SingleOrDefault(sample => sample.Name == family.Name + "_sum")?.Value,
                Buckets = [.. buckets.Select(bucket => (bucket.UpperBound, bucket.Value, bucket.Exemplar))],
                Native = histogram,
                Created = histogram?.Created ?? samples[0].Created,
            };
        });
    }

    /// <summary>A point as read back.</summary>
    /// <param name="Family">The name of the family, or of its sample.</param>
    /// <param name="Type">The type.</param>
    /// <param name="Labels">The labels, but for <c>le</c>.</param>
    /// <param name="Value">The value, or the count of a histogram.</param>
    private sealed record Point(string Family, string Type, IReadOnlyDictionary<string, string> Labels, double Value)
    {
        public double? Sum { get; init; }

        public List<(double Bound, double Count, Exemplar? Exemplar)> Buckets { get; init; } = [];

        public NativeHistogram? Native { get; init; }

        public Exemplar? Exemplar { get; init; }

        public decimal? Created { get; init; }

        public string Series => Family + Sample.Key(Labels);
    }
}
