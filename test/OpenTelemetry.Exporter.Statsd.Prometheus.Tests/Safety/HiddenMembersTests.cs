using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Dynamic;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>What is excluded shows in no value that consists of keys and values either, whatever its type.</summary>
public sealed class HiddenMembersTests
{
    private const string Secret = "s3cret-4711";

    private static readonly KeyValuePair<string, object?>[] Pairs = [new("user.id", Secret), new("ok", 1)];
    private static readonly KeyValuePair<string, string?>[] Texts = [new("user.id", Secret), new("ok", "1"), new("none", null)];
    private static readonly Dictionary<string, string> Map = new() { ["user.id"] = Secret, ["ok"] = "1" };

    public static TheoryData<object, string> Values { get; } = new()
    {
        { Pairs, "{\"ok\":1}" },
        { Pairs.ToList(), "{\"ok\":1}" },
        { Pairs.Select(pair => pair), "{\"ok\":1}" },
        { new TagList(Pairs), "{\"ok\":1}" },
        { new ActivityTagsCollection(Pairs), "{\"ok\":1}" },
        { Pairs.ToDictionary(), "{\"ok\":1}" },
        { Pairs.ToFrozenDictionary(), "{\"ok\":1}" },
        { Expando(), "{\"ok\":1}" },
        { Pairs[0], "{}" },
        { Pairs[1], "{\"ok\":1}" },
        { Texts, "{\"ok\":\"1\",\"none\":null}" },
        { Texts.ToList(), "{\"ok\":\"1\",\"none\":null}" },
        { Texts[0], "{}" },
        { Texts[1], "{\"ok\":\"1\"}" },
        { Map, "{\"ok\":\"1\"}" },
        { Map.AsReadOnly(), "{\"ok\":\"1\"}" },
        { new SortedList<string, string>(Map), "{\"ok\":\"1\"}" },
        { new ConcurrentDictionary<string, int>([new("user.id", 4711), new("ok", 1)]), "{\"ok\":1}" },
        { new Dictionary<object, int> { ["user.id"] = 4711, [7] = 1, [1.5] = 2 }, "{\"7\":1,\"1.5\":2}" },
        { new Hashtable { ["user.id"] = Secret }, "{}" },
        { new DictionaryEntry("user.id", Secret), "{}" },
        { new DictionaryEntry("ok", 1), "{\"ok\":1}" },
        { new object?[] { Map, new Hashtable { ["user.id"] = Secret }, Pairs, Pairs[0], Texts, Texts[0], 1 }, "[{\"ok\":\"1\"},{},{\"ok\":1},{},{\"ok\":\"1\",\"none\":null},{},1]" },
        { new ArrayList { new DictionaryEntry("user.id", Secret), Pairs[1] }, "[{},{\"ok\":1}]" },
        { new KeyValuePair<string, object?>("a", new Hashtable { ["b"] = Pairs }), "{\"a\":{\"b\":{\"ok\":1}}}" },
        { default(KeyValuePair<string, object?>), "{\"\":null}" },
        { Array.Empty<KeyValuePair<string, object?>>(), "{}" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task Excluded_key_is_left_out(object value, string expected)
    {
        using var scrape = new Scrape(options =>
        {
            options.ScopeInfoEnabled = false;
            options.ExcludedAttributes = ["user.*"];
        });
        scrape.Meter().CreateGauge<int>("g").Record(1, new KeyValuePair<string, object?>("k", value));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal([new("k", expected)], sample.Labels);
    }

    [Fact]
    public async Task Map_that_contains_itself_ends_somewhere()
    {
        var map = new Hashtable();
        map["m"] = new DictionaryEntry("m", map);
        using var scrape = new Scrape(options => options.ScopeInfoEnabled = false);
        scrape.Meter().CreateGauge<int>("g").Record(1, new KeyValuePair<string, object?>("k", map));

        var sample = Assert.Single(Assert.Single(await scrape.FamiliesAsync()).Samples);

        Assert.Equal($"{string.Concat(Enumerable.Repeat("{\"m\":", 16))}null{new string('}', 16)}", sample.Labels["k"]);
    }

    private static ExpandoObject Expando()
    {
        var expando = new ExpandoObject();
        Array.ForEach(Pairs, pair => ((IDictionary<string, object?>)expando).Add(pair));
        return expando;
    }
}
