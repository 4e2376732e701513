using System.Diagnostics.Metrics;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using Sample = OpenTelemetry.Exporter.Prometheus.Tests.Parsing.Sample;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Metrics of names that are hard to tell apart come and go, scraped in one format and another: what is shown stays what it is called.</summary>
public sealed class StabilityPropertyTests
{
    private static readonly string[] Names = ["load.a", "load_a", "load-a", "load.a.total", "load_a_value"];

    private static readonly string[] Kinds = ["counter", "gauge", "histogram"];

    private static readonly ExpositionSyntax[] Syntaxes = Enum.GetValues<ExpositionSyntax>();

    private static Gen<History> Histories =>
        from names in Gen.Elements(Names).ListOf(6)
        from counters in Gen.Choose(0, 63)
        from steps in (from shown in Gen.Choose(0, 63) from syntaxes in Gen.Elements(Syntaxes).ListOf(2) select new Step(shown, [.. syntaxes])).NonEmptyListOf()
        select new History([.. names], counters, [.. steps.Take(8)]);

    private static Gen<Reloads> AllReloads =>
        from instruments in (from name in Gen.Elements(Names) from kind in Gen.Elements(Kinds) select new Instrument(name, kind)).ListOf(5)
        from steps in (from index in Gen.Choose(0, 4)
                       from kind in Gen.Elements(Kinds)
                       from retypes in Gen.Elements(true, false)
                       from syntaxes in Gen.Elements(Syntaxes).ListOf(2)
                       select new Reload(index, retypes ? kind : null, [.. syntaxes])).NonEmptyListOf()
        select new Reloads([.. instruments], [.. steps.Take(8)]);

    [Fact]
    public void Metrics_of_recreated_meters_are_called_as_if_the_old_ones_had_been_gone_before() =>
        Check.One(RandomCases.Of(300), Prop.ForAll(AllReloads.ToArbitrary(), reloads =>
        {
            using var scraped = new Reloadable(reloads.Instruments);
            using var between = new Reloadable(reloads.Instruments);
            Assert.Equal(between.Show(ExpositionSyntax.Text004), scraped.Show(ExpositionSyntax.Text004));
            foreach (var reload in reloads.Steps)
            {
                // The SDK shows what was disposed of once; here that is over before the next meter is there.
                between.Dispose(reload.Index);
                between.Show(reload.Syntaxes[0]);
                between.Show(reload.Syntaxes[0]);
                between.Create(reload.Index, reload.Kind);
                scraped.Dispose(reload.Index);
                scraped.Create(reload.Index, reload.Kind);
                for (var index = 0; index < reload.Syntaxes.Length; index++)
                {
                    var expected = between.Show(reload.Syntaxes[index]);
                    var called = scraped.Show(reload.Syntaxes[index]);
                    Assert.Equal(expected, called.Where(each => expected.ContainsKey(each.Key)));

                    // Nothing recorded is lost: the old values are there once.
                    Assert.Equal(expected.Count + (index == 0 ? 1 : 0), called.Count);
                }
            }
        }));

    [Fact]
    public void Series_keep_their_names_while_they_are_shown_and_have_them_in_every_format() =>
        Check.One(RandomCases.Of(500), Prop.ForAll(Histories.ToArbitrary(), history =>
        {
            using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
            var shown = 0;
            for (var index = 0; index < history.Names.Length; index++)
            {
                Observe(scrape.Meter($"m{index}"), history.Names[index], index, isCounter: (history.Counters >> index & 1) != 0, () => shown);
            }

            var last = new Dictionary<double, string>();
            foreach (var step in history.Steps)
            {
                shown = step.Shown;
                var expected = Enumerable.Range(0, history.Names.Length).Where(index => (shown >> index & 1) != 0).Select(index => index + 1d);
                Dictionary<double, string>? called = null;
                foreach (var syntax in step.Syntaxes)
                {
                    var now = Parse(scrape, syntax).SelectMany(family => family.Samples).ToDictionary(sample => sample.Value, sample => sample.Series);
                    Assert.Equal(expected, now.Keys.Order());
                    called ??= now;
                    Assert.Equal(called.OrderBy(each => each.Key), now.OrderBy(each => each.Key));
                }

                Assert.All(called!.Where(each => last.ContainsKey(each.Key)), each => Assert.Equal(last[each.Key], each.Value));
                last = called!;
            }
        }));

    /// <summary>An instrument whose one value tells which it is.</summary>
    private static void Observe(Meter meter, string name, int index, bool isCounter, Func<int> shown)
    {
        if (isCounter)
        {
            meter.CreateObservableCounter(name, Values);
        }
        else
        {
            meter.CreateObservableGauge(name, Values);
        }

        IEnumerable<Measurement<long>> Values() => (shown() >> index & 1) != 0 ? [new Measurement<long>(index + 1)] : [];
    }

    private static List<Family> Parse(Scrape scrape, ExpositionSyntax syntax)
    {
        var body = scrape.Bytes(syntax);
        return syntax switch
        {
            ExpositionSyntax.Text004 or ExpositionSyntax.Text100 => TextParser.Parse(body),
            ExpositionSyntax.Protobuf => ProtobufParser.Parse(body),
            _ => OpenMetricsParser.Parse(body),
        };
    }

    private sealed record Instrument(string Name, string Kind);

    /// <param name="Index">Whose meter is disposed of and created again.</param>
    /// <param name="Kind">The kind of its instrument from then on, or <see langword="null"/> for that which it was.</param>
    /// <param name="Syntaxes">What is scraped then.</param>
    private sealed record Reload(int Index, string? Kind, ExpositionSyntax[] Syntaxes);

    private sealed record Reloads(Instrument[] Instruments, Reload[] Steps)
    {
        public override string ToString() =>
            $"{string.Join<Instrument>(' ', Instruments)}: {string.Join(", ", Steps.Select(step => $"{step.Index} {step.Kind} {string.Join('|', step.Syntaxes)}"))}";
    }

    /// <summary>A provider, and for each instrument a meter that can be disposed of and created again.</summary>
    private sealed class Reloadable : IDisposable
    {
        private const int FirstValue = 100;

        private readonly Scrape scrape = new(options => options.ScopeInfoEnabled = false);
        private readonly Instrument[] instruments;
        private readonly Meter[] meters;
        private int value = FirstValue;

        public Reloadable(Instrument[] instruments)
        {
            this.instruments = [.. instruments];
            meters = new Meter[instruments.Length];
            for (var index = 0; index < instruments.Length; index++)
            {
                Create(index, null);
            }
        }

        public void Dispose(int index) => meters[index].Dispose();

        /// <summary>Records one value that none has recorded before.</summary>
        public void Create(int index, string? kind)
        {
            var (name, current) = instruments[index] = instruments[index] with { Kind = kind ?? instruments[index].Kind };
            meters[index] = scrape.Meter($"m{index}");
            switch (current)
            {
                case "counter":
                    meters[index].CreateCounter<long>(name).Add(value++);
                    break;
                case "gauge":
                    meters[index].CreateGauge<long>(name).Record(value++);
                    break;
                default:
                    meters[index].CreateHistogram<long>(name).Record(value++);
                    break;
            }
        }

        /// <summary>What has each value: of a histogram its sum.</summary>
        public SortedDictionary<double, string> Show(ExpositionSyntax syntax) => new(Parse(scrape, syntax)
            .SelectMany(family => family.Samples)
            .Where(sample => sample.Value >= FirstValue)
            .ToDictionary(sample => sample.Value, sample => sample.Series));

        public void Dispose() => scrape.Dispose();
    }

    /// <param name="Shown">A bit for each instrument that reports.</param>
    /// <param name="Syntaxes">What is scraped then.</param>
    private sealed record Step(int Shown, ExpositionSyntax[] Syntaxes);

    private sealed record History(string[] Names, int Counters, Step[] Steps)
    {
        public override string ToString() =>
            $"{string.Join(' ', Names)}, counters {Counters:b6}: {string.Join(", ", Steps.Select(step => $"{step.Shown:b6} {string.Join('|', step.Syntaxes)}"))}";
    }
}
