using System.Diagnostics.Metrics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Streaming;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>Whatever tags come in whatever order and as whatever objects: equal ones are one series, others are not.</summary>
public sealed class SeriesLookupProperties
{
    private static readonly Config ManyCases = RandomCases.Of(1000);

    private static readonly Gen<object?> Values = Gen.Elements<object?>(
        null, string.Empty, "a", "b", "aaaa", "aaab", "a longer value", "a longer valuf", true, false, 1, 1L, 1.0, 'a', DayOfWeek.Monday, (byte)1);

    private static readonly Gen<Tag> AnyTag =
        from key in Gen.Elements("a", "b", "ab", "key", "a key of more than eight", "A", string.Empty)
        from value in Values
        select new Tag(key, value);

    private static readonly Gen<Tag[][]> Cases =
        from lists in Tags.ListOf(8)
        from picks in (from list in Gen.Elements(lists.AsEnumerable())
                       from shuffled in Gen.Shuffle(list)
                       from copies in Gen.Elements(true, false)
                       select copies ? [.. shuffled.Select(Copy)] : shuffled).ListOf(60)
        select picks.ToArray();

    private static Gen<Tag[]> Tags => Gen.Choose(0, 10).SelectMany(count => AnyTag.ListOf(count / 2).Select(tags => tags.ToArray()));

    [Fact]
    public void Equal_tags_are_one_series_in_any_order_and_of_any_objects() => Prop.ForAll(Cases.ToArbitrary(), Run).Check(ManyCases);

    private static void Run(Tag[][] measurements)
    {
        using var run = new RecorderRun(RecorderRun.Rule("lookup"));
        using var meter = new Meter("lookup");
        var counter = meter.CreateCounter<long>("counter");
        for (var i = 0; i < measurements.Length; i++)
        {
            var caller = measurements[i].ToArray();
            counter.Add(i, caller);

            // What the caller does with its array afterwards is its own affair.
            Array.Fill(caller, new Tag("changed", "since"));
        }

        var records = run.Drain();
        Assert.Equal(Enumerable.Range(0, measurements.Length).Select(i => (long)i), records.Select(record => record.Bits));
        var series = new Dictionary<string, StreamSeries>();
        foreach (var (found, number) in records)
        {
            var name = Canonical(measurements[number]);
            Assert.Equal(name, Canonical(found.Tags.ToArray()));
            Assert.Same(series.TryAdd(name, found) ? found : series[name], found);
        }

        Assert.Equal(series.Count, series.Values.Distinct().Count());
    }

    /// <summary>By key, those of one key in their order; of a value its type, too.</summary>
    private static string Canonical(Tag[] tags) => string.Join(
        '\n',
        tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag =>
            string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value?.GetType().Name}:{tag.Value}")));

    /// <summary>An equal tag of other objects.</summary>
    private static Tag Copy(Tag tag) => new(new string(tag.Key.AsSpan()), tag.Value switch
    {
        string text => new string(text.AsSpan()),
        bool truth => truth,
        int number => number,
        long number => number,
        double number => number,
        char letter => letter,
        byte number => number,
        DayOfWeek day => day,
        _ => tag.Value,
    });
}
