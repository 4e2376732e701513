using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A line, or the pair of a gauge that is set to zero first: what a packet holds whole or not at all.</summary>
/// <param name="Stream">Whose it is.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Tags">In order.</param>
/// <param name="Type">c or g.</param>
/// <param name="Value">As documented.</param>
/// <param name="Level">The value as a receiver reads it.</param>
/// <param name="AfterReset">Whether a line that sets it to zero comes first.</param>
/// <param name="Fields">What each line ends in.</param>
internal sealed record Chunk(
    Recorded Stream, string Name, IReadOnlyList<Tag> Tags, string Type, string Value, double Level, bool AfterReset, string Fields)
{
    public string Text(DocumentedRules rules)
    {
        var line = rules.Line(Name, Tags, Value, Type) + Fields;
        return AfterReset ? $"{rules.Line(Name, Tags, "0", Type)}{Fields}\n{line}" : line;
    }
}

/// <summary>What an export has to put on the wire and into the exporter's own counters.</summary>
internal sealed class ExpectedExport
{
    public List<Chunk> Chunks { get; } = [];

    /// <summary>Lines that no packet holds.</summary>
    public List<Chunk> TooLong { get; } = [];

    /// <summary>What arrives in lines that are not known to the character.</summary>
    public List<ExpectedValues> Values { get; } = [];

    /// <summary>Of points that are neither made of values nor among those counted below: what may become of each.</summary>
    public List<IReadOnlyCollection<string?>> Open { get; } = [];

    public long PointsExported { get; set; }

    /// <summary>By reason.</summary>
    public Dictionary<string, long> PointsDropped { get; } = [];
}

/// <summary>Turns a recording into expected exports, by <see cref="SdkModel"/> and <see cref="DocumentedRules"/>.</summary>
internal sealed class Expectation(Recording recording, Func<Recorded, string> meterName, Func<Recorded, string> instrumentName)
{
    private static readonly string[] NumberSuffixes = [".count", ".sum", ".min", ".max", ".avg"];

    private readonly DocumentedRules rules = DocumentedRules.Of[recording.Profile];
    private readonly SdkModel sdk = new();
    private readonly string fields = DocumentedRules.Fields(
        DocumentedRules.ExternalData(recording.ExternalData), recording.Cardinality?.ToString().ToLowerInvariant());

    private readonly List<(string Name, string Scope, Owner Owner)> claims = [];
    private readonly Dictionary<Recorded, (string[] Names, Tag[] Constants)> streams = new(ReferenceEqualityComparer.Instance);
    private ExpectedExport current = new();
    private Recorded? stream;
    private string? lossOfPoint;
    private IReadOnlyCollection<string?>? open;

    /// <summary>The expectation of the next export.</summary>
    public ExpectedExport Export(int number)
    {
        current = new ExpectedExport();
        foreach (var instrument in recording.Instruments)
        {
            var points = sdk.Points(instrument, number).ToList();
            if (points.Count > 0 && !streams.ContainsKey(instrument))
            {
                streams[instrument] = Claim(instrument);
            }

            foreach (var point in points)
            {
                Write(instrument, point);
            }
        }

        return current;
    }

    private void Write(Recorded instrument, Point point)
    {
        var (names, constants) = streams[instrument];
        var tags = rules.Tags(point.Attributes, constants);
        var isCounter = KindOf(instrument) == "counter";
        stream = instrument;
        lossOfPoint = null;
        open = null;
        if (point.Distribution is { } values)
        {
            WriteHistogram(instrument, names, tags, values);
        }
        else if (isCounter && (point.Whole ?? point.Real) == 0)
        {
            return;
        }
        else if (point.Whole is { } whole)
        {
            Write(names[0], tags, isCounter, whole.ToString(CultureInfo.InvariantCulture), whole);
        }
        else
        {
            Write(names[0], tags, isCounter, point.Real!.Value);
        }

        if (open is { } undecided && lossOfPoint is null)
        {
            current.Open.AddRange(undecided.Count > 0 ? [undecided] : []);
        }
        else if (lossOfPoint is null)
        {
            current.PointsExported++;
        }
        else
        {
            current.PointsDropped[lossOfPoint] = current.PointsDropped.GetValueOrDefault(lossOfPoint) + 1;
        }
    }

    private void WriteHistogram(Recorded instrument, string[] names, IReadOnlyList<Tag> tags, double[] values)
    {
        var sum = values.Aggregate(0d, (total, value) => total + value);
        var form = FormOf(instrument);
        if (TypeOf(form) is { } type)
        {
            WriteValues(instrument, names[0], tags, type, values, double.IsFinite(sum));
            return;
        }

        Write(names[0], tags, isCounter: true, values.Length);
        Write(names[1], tags, isCounter: true, sum);
        if (instrument.RecordMinMax)
        {
            Write(names[2], tags, isCounter: false, values.Aggregate(double.PositiveInfinity, Math.Min));
            Write(names[3], tags, isCounter: false, values.Aggregate(double.NegativeInfinity, Math.Max));
        }

        Write(names[4], tags, isCounter: false, sum / values.Length);
        if (form != HistogramForm.Buckets)
        {
            WriteQuantiles(instrument, names[5..], tags, values, double.IsFinite(sum));
            return;
        }

        var buckets = instrument.Kind == InstrumentKind.ExponentialHistogram
            ? PowersOfTwo(values)
            : Explicit(values, instrument.Bounds);
        foreach (var (bound, count) in buckets)
        {
            WriteBucket(names[5], tags, bound, count);
        }
    }

    private void WriteValues(Recorded instrument, string name, IReadOnlyList<Tag> tags, string type, double[] values, bool isSumFinite)
    {
        double Converted(double value) => type != "ms" ? value : instrument.Unit switch
        {
            "s" => Decimal(value * 1000),
            "d" => Decimal(value * 86_400_000),
            "\u00b5s" => Decimal(value / 1000),
            "ns" => Decimal(value / 1_000_000),
            _ => value,
        };

        // The number of 15 digits that a product is but for the last places of a double.
        static double Decimal(double product)
        {
            var digits = double.Parse(product.ToString("g15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            return Math.Abs(product) is >= 1e-7 and < 1e36 && Math.Abs(digits - product) <= 4e-16 * Math.Abs(product) ? digits : product;
        }

        var expected = new ExpectedValues(
            instrument, name, tags, type, fields, [.. values.Select(Converted)], BoundsOf(instrument, values, Converted), instrument.RecordMinMax)
        {
            Outcomes = [],
        };
        expected = expected with { Outcomes = ExpectedValues.OutcomesOf(expected, isSumFinite, rules, recording.MaxPacketBytes) };
        current.Values.Add(expected);
        open = [];
    }

    private void WriteQuantiles(Recorded instrument, string[] names, IReadOnlyList<Tag> tags, double[] values, bool isSumFinite)
    {
        var reasons = new HashSet<string?>();
        double[] sorted = [.. values.Order()];
        foreach (var (name, quantile) in names.Zip(recording.Histograms.Quantiles))
        {
            var expected = new ExpectedValues(instrument, name, tags, "g", fields, values, BoundsOf(instrument, values, value => value), instrument.RecordMinMax)
            {
                Outcomes = [],
                Estimates = Array.TrueForAll(values, double.IsFinite) ? EstimatesOf(instrument, sorted, quantile) : default,
            };
            expected = expected with { Outcomes = ExpectedValues.OutcomesOf(expected, isSumFinite, rules, recording.MaxPacketBytes) };
            current.Values.Add(expected);
            reasons.UnionWith(expected.Outcomes);
        }

        // One that is certain to fail is enough for the point.
        if (current.Values.TakeLast(names.Length).FirstOrDefault(each => !each.Outcomes.Contains(null)) is { } failed)
        {
            lossOfPoint ??= failed.Outcomes.First();
        }
        else if (reasons.Count > 1)
        {
            open = reasons;
        }
    }

    /// <summary>Explicit bounds, and how many values lie at or below each.</summary>
    private static (double Bound, int Count)[] BoundsOf(Recorded instrument, double[] values, Func<double, double> converted) =>
    [
        .. (instrument.Kind == InstrumentKind.ExplicitHistogram ? instrument.Bounds : [])
            .Select(bound => (converted(bound), values.Count(value => value <= bound))),
    ];

    /// <summary>With room for rounding to six digits.</summary>
    private static (double Lower, double Upper) EstimatesOf(Recorded instrument, double[] sorted, double quantile)
    {
        const double rounding = 1e-5;
        var rank = quantile * (sorted.Length - 1);
        var (low, high) = (sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
        if (instrument.Kind == InstrumentKind.ExponentialHistogram)
        {
            var width = BucketWidth(sorted);
            (low, high) = (low / width, high * width);
        }
        else
        {
            low = instrument.Bounds.LastOrDefault(bound => bound < low, double.NegativeInfinity);
            high = instrument.Bounds.FirstOrDefault(bound => bound >= high, double.PositiveInfinity);
        }

        return (Math.Max(low - Math.Abs(low * rounding), sorted[0]), Math.Min(high + Math.Abs(high * rounding), sorted[^1]));
    }

    /// <summary>The ratio of bounds in 160 exponential buckets; of a scale below the finest possible, for one is as good as the other at its edge.</summary>
    private static double BucketWidth(double[] sorted)
    {
        double[] logs = [.. sorted.Where(value => value > 0).Select(Math.Log2)];
        var scale = 20;
        while (logs.Length > 0 && Math.Ceiling(logs[^1] * Math.Pow(2, scale)) - Math.Ceiling(logs[0] * Math.Pow(2, scale)) >= 160)
        {
            scale--;
        }

        return Math.Pow(2, Math.Pow(2, 1 - scale));
    }

    private HistogramForm FormOf(Recorded instrument) => recording.Histograms.FormOf(instrument.ViewName ?? instrumentName(instrument), rules);

    /// <summary>What values are written as, in the forms that write any.</summary>
    private static string? TypeOf(HistogramForm form) => form switch
    {
        HistogramForm.Distribution => "d",
        HistogramForm.Histogram => "h",
        HistogramForm.Timing => "ms",
        _ => null,
    };

    private string[] SuffixesOf(Recorded instrument) => FormOf(instrument) switch
    {
        HistogramForm.Summary => [.. NumberSuffixes, .. recording.Histograms.Quantiles.Select(quantile =>
            ".p" + quantile.ToString("F6", CultureInfo.InvariantCulture)[2..].TrimEnd('0').PadRight(2, '0'))],
        HistogramForm.Buckets => [.. NumberSuffixes, ".bucket"],
        HistogramForm.Histogram or HistogramForm.Timing when recording.Profile == StatsdProfile.DatadogAgent =>
            [string.Empty, ".count", ".avg", ".median", ".max", ".95percentile"],
        _ => [string.Empty],
    };

    private static IEnumerable<(double Bound, int Count)> Explicit(double[] values, double[] bounds) => bounds.Length == 0 ? [] : values
        .CountBy(value => bounds.FirstOrDefault(bound => value <= bound, double.PositiveInfinity))
        .Select(pair => (pair.Key, pair.Value));

    /// <summary>Each value counts below the next power of two, or a coarser power where they would make more than 160 buckets.</summary>
    private static IEnumerable<(double Bound, int Count)> PowersOfTwo(double[] values)
    {
        var finite = values.Where(double.IsFinite).ToList();
        var zeros = finite.Count(value => value == 0);
        var exponents = finite.Where(value => value > 0).Select(CeilingExponent).Order().ToList();
        var shift = 0;
        while (exponents.Count > 0 && ((exponents[^1] - 1) >> shift) - ((exponents[0] - 1) >> shift) >= 160)
        {
            shift++;
        }

        var buckets = exponents
            .CountBy(exponent => (((exponent - 1) >> shift) + 1) << shift)
            .Select(pair => (Math.Pow(2, pair.Key), pair.Value));
        return zeros > 0 ? buckets.Prepend((0, zeros)) : buckets;
    }

    /// <summary>The least n with value &lt;= 2^n.</summary>
    private static int CeilingExponent(double value)
    {
        var floor = Math.ILogB(value);
        return Math.ScaleB(1, floor) == value ? floor : floor + 1;
    }

    private void WriteBucket(string name, IReadOnlyList<Tag> tags, double bound, int count)
    {
        var text = double.IsPositiveInfinity(bound) ? "inf" : NumberText.Of(bound, isPlain: false).Replace("+", string.Empty, StringComparison.Ordinal);
        if (rules.Dialect == TestSupport.TagDialect.None)
        {
            Write($"{name}.{text.Replace('.', '_')}", tags, isCounter: true, count);
        }
        else
        {
            Write(name, [.. tags, new Tag("upper_bound", text)], isCounter: true, count);
        }
    }

    private void Write(string name, IReadOnlyList<Tag> tags, bool isCounter, double value)
    {
        if (!double.IsFinite(value))
        {
            lossOfPoint ??= "invalid_value";
        }
        else
        {
            Write(name, tags, isCounter, NumberText.Of(value, rules.NumbersArePlain), value);
        }
    }

    private void Write(string name, IReadOnlyList<Tag> tags, bool isCounter, string text, double value)
    {
        if (isCounter && value < 0 && rules.RejectsNegativeCounters)
        {
            lossOfPoint ??= "negative_counter";
            return;
        }

        var isReset = !isCounter && value < 0 && rules.SignedGaugeIsDelta;
        var chunk = new Chunk(stream!, name, tags, isCounter ? "c" : "g", text, value, isReset, fields);
        if (Encoding.UTF8.GetByteCount(chunk.Text(rules)) > recording.MaxPacketBytes)
        {
            lossOfPoint ??= "line_too_long";
            current.TooLong.Add(chunk);
        }
        else
        {
            current.Chunks.Add(chunk);
        }
    }

    /// <summary>The first stream to be exported keeps the name; a later one that would be mistaken for it is made distinct.</summary>
    private (string[] Names, Tag[] Constants) Claim(Recorded instrument)
    {
        var kind = KindOf(instrument);
        var type = kind == "histogram" ? TypeOf(FormOf(instrument)) : null;
        var own = new Owner(kind, instrument.Unit, type, meterName(instrument), instrument.MeterVersion ?? string.Empty);
        var scope = string.Join('\n', ScopeOf(own).Select(tag => tag.Value));
        var suffixes = own.Kind == "histogram" ? SuffixesOf(instrument) : [string.Empty];
        var hasTags = rules.Dialect != TestSupport.TagDialect.None;
        string[] scopes = !hasTags ? [string.Empty] : recording.IncludeScopeTags ? [scope] : [string.Empty, scope];
        var (stem, ordinal) = (instrument.ViewName ?? instrumentName(instrument), 1);
        var given = new HashSet<string>();
        while (true)
        {
            var names = Named(ordinal == 1 ? stem : $"{stem}.{ordinal}", suffixes);
            var mixedUp = scopes.Select(each => MixedUp(names, each, own)).ToList();
            var owner = mixedUp[0];
            var free = owner is null ? 0 : !own.IsTwinOfOtherMeter(owner) ? -1 : mixedUp.IndexOf(null);
            if (free >= 0)
            {
                claims.AddRange(names.Select(name => (name, scopes[free], own)));
                return (names, [.. Constants(own, withScope: scopes[free].Length > 0)]);
            }

            var difference = own.Kind != owner!.Kind ? own.Kind
                : own.Unit != owner.Unit ? (own.Unit.Length > 0 ? own.Unit : "unitless")
                : hasTags || !own.IsOfOtherMeter(owner) ? null
                : own.Meter;
            (stem, ordinal) = difference is not null && given.Add(difference) ? ($"{stem}.{difference}", 1) : (stem, ordinal + 1);
        }
    }

    /// <summary>The first owner of one of the names, in their order, who means something else by it or has the same scope.</summary>
    private Owner? MixedUp(string[] names, string scope, Owner own) => names
        .SelectMany(name => claims.Where(claim => claim.Name == name).Concat(claims.Where(claim => IsMistakenForBucket(claim.Name, claim.Owner, name, own))))
        .Where(claim => claim.Scope == scope || !claim.Owner.IsLike(own))
        .Select(claim => claim.Owner)
        .FirstOrDefault();

    /// <summary>Without tags, a histogram writes names a level below its buckets'.</summary>
    private bool IsMistakenForBucket(string name, Owner owner, string later, Owner own)
    {
        if (rules.Dialect != TestSupport.TagDialect.None || (owner.Kind == "histogram") == (own.Kind == "histogram"))
        {
            return false;
        }

        var (buckets, other) = owner.Kind == "histogram" ? (name, later) : (later, name);
        return buckets.EndsWith(".bucket", StringComparison.Ordinal) && other.LastIndexOf('.') is var dot and > 0 && other[..dot] == buckets;
    }

    private string[] Named(string name, string[] suffixes) => [.. suffixes.Select(suffix => rules.Name(recording.Prefix, name, suffix))];

    private IEnumerable<Tag> Constants(Owner scope, bool withScope)
    {
        foreach (var (key, value) in recording.Tags)
        {
            yield return rules.Constant(key, value);
        }

        if (recording.ServiceName is not null && !recording.Tags.Any(tag => tag.Key == "service"))
        {
            yield return rules.Constant("service", recording.ServiceName);
        }

        foreach (var tag in withScope ? ScopeOf(scope) : [])
        {
            yield return tag;
        }
    }

    private IEnumerable<Tag> ScopeOf(Owner owner)
    {
        yield return rules.Scope("otel.scope.name", owner.Meter);
        if (owner.MeterVersion.Length > 0)
        {
            yield return rules.Scope("otel.scope.version", owner.MeterVersion);
        }
    }

    private static string KindOf(Recorded instrument) => instrument.Kind switch
    {
        InstrumentKind.LongCounter or InstrumentKind.DoubleCounter => "counter",
        InstrumentKind.LongObservableCounter or InstrumentKind.DoubleObservableCounter => "counter",
        InstrumentKind.LongUpDownCounter or InstrumentKind.DoubleUpDownCounter or InstrumentKind.LongObservableUpDownCounter => "updowncounter",
        InstrumentKind.LongGauge or InstrumentKind.DoubleGauge or InstrumentKind.DoubleObservableGauge => "gauge",
        _ => "histogram",
    };

    private sealed record Owner(string Kind, string Unit, string? Type, string Meter, string MeterVersion)
    {
        public bool IsLike(Owner other) => (Kind, Unit, Type) == (other.Kind, other.Unit, other.Type);

        public bool IsOfOtherMeter(Owner other) => (Meter, MeterVersion) != (other.Meter, other.MeterVersion);

        public bool IsTwinOfOtherMeter(Owner other) => IsLike(other) && IsOfOtherMeter(other);
    }
}
