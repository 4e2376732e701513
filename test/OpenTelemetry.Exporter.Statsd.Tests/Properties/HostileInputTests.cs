using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>What comes out of input that means something to a receiver or that it cannot carry, per profile, to the character.</summary>
public sealed class HostileInputTests
{
    private static readonly StatsdProfile[] All = Enum.GetValues<StatsdProfile>();

    private static readonly StatsdProfile[] Tagged = [.. All.Where(profile => profile != StatsdProfile.StatsD)];

    // The input, then what Datadog, the StatsD daemon with and without Graphite, Prometheus and Telegraf, and the Collector get.
    private static readonly Dictionary<string, (string Input, string Datadog, string Most, string Collector)> Names = new()
    {
        ["line feed"] = ("a\nb:1|c", "a_b_1_c", "a_b_1_c", "a_b_1_c"),
        ["separators"] = ("a:b|c#d@e,f=g;h i", "a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i"),
        ["allowed in instruments"] = ("a-b/c.d_e", "a_b_c.d_e", "a-b_c.d_e", "a-b/c.d_e"),
        ["control characters"] = ("a\0\t\u0085b", "a___b", "a___b", "a___b"),
        ["not ASCII"] = ("caf\u00e9", "caf__4e17c578", "caf__4e17c578", "caf__4e17c578"),
        ["not ASCII at the start"] = ("\u00e9", "otel.__44e549c8", "otel.__44e549c8", "otel.__44e549c8"),
        ["lone surrogate"] = ("a\ud800", "a__bde30ebc", "a__bde30ebc", "a__bde30ebc"),
        ["empty"] = (string.Empty, "otel.", "otel.", "otel."),
        ["service check"] = ("_sc|x|0", "otel._sc_x_0", "otel._sc_x_0", "otel._sc_x_0"),
        ["event"] = ("_e{5,4}:title|text", "otel._e_5_4__title_text", "otel._e_5_4__title_text", "otel._e_5_4__title_text"),
        ["digit at the start"] = ("9lives", "otel.9lives", "otel.9lives", "otel.9lives"),
        ["10,000 characters"] = (Times(10_000, "n"), Times(175, "n") + "_9f467045", Times(230, "n") + "_9f467045", Times(230, "n") + "_9f467045"),
    };

    // The input, then the value of a tag with the key k for Datadog, Graphite, Prometheus, Telegraf and the Collector.
    private static readonly Dictionary<string, (object? Input, string[] Expected)> Values = new()
    {
        ["line feed"] = ("a\nb:2|c", ["a_b:2_c", "a_b_2_c", "a_b:2_c", "a_b_2_c", "a_b:2_c"]),
        ["bar"] = ("a|b", ["a_b", "a_b", "a_b", "a_b", "a_b"]),
        ["colon"] = ("a:b", ["a:b", "a_b", "a:b", "a_b", "a:b"]),
        ["colon at the end"] = ("ends:", ["ends_", "ends_", "ends:", "ends_", "ends:"]),
        ["hash and at"] = ("a#b@c", ["a#b@c", "a_b_c", "a#b@c", "a#b@c", "a#b@c"]),
        ["comma"] = ("a,b", ["a_b", "a_b", "a_b", "a_b", "a_b"]),
        ["equals sign and semicolon"] = ("a=b;c", ["a=b;c", "a=b_c", "a=b;c", "a=b;c", "a=b;c"]),
        ["blank"] = (" a b ", [" a b ", "_a_b_", " a b ", " a b ", " a b "]),
        ["control characters"] = ("\0\t\u007f\u0085", ["____", "____", "____", "____", "____"]),
        ["not ASCII"] = ("\u6f22\u00e9", ["\u6f22\u00e9", "___bc91ca6f", "\u6f22\u00e9", "\u6f22\u00e9", "\u6f22\u00e9"]),
        ["lone surrogate"] = ("a\ud800", ["a\ufffd", "a__bde30ebc", "a\ufffd", "a\ufffd", "a\ufffd"]),
        ["10,000 characters"] = (Times(10_000, "v"), [Times(189, "v") + "_2bc952c5", .. Enumerable.Repeat(Times(501, "v") + "_2bc952c5", 4)]),
        ["no character cut"] = (Times(100, "\U0001f600"), [Times(47, "\U0001f600") + "_881843cd", Times(101, "_") + "881843cd", .. Enumerable.Repeat(Times(100, "\U0001f600"), 3)]),
        ["empty"] = (string.Empty, ["n/a", "n_a", "n/a", "n/a", "n/a"]),
        ["null"] = (null, ["n/a", "n_a", "n/a", "n/a", "n/a"]),
        ["no text"] = (new Untellable(), ["Untellable", "Untellable", "Untellable", "Untellable", "Untellable"]),
        ["bytes"] = (new byte[] { 1, 2, 255 }, ["AQL/", "AQL_", "AQL/", "AQL/", "AQL/"]),
        ["boolean"] = (true, ["true", "true", "true", "true", "true"]),
        ["array"] = (new[] { "a", null, "b;c" }, ["a;;b;c", "a__b_c", "a;;b;c", "a;;b;c", "a;;b;c"]),
        ["URL"] = ("http://x:80/a?b=c,d", ["http://x:80/a?b=c_d", "http___x_80_a_b=c_d", "http://x:80/a?b=c_d", "http_//x_80/a?b=c_d", "http://x:80/a?b=c_d"]),
        ["tilde at the start"] = ("~x", ["~x", "_x", "~x", "~x", "~x"]),
    };

    // The input, then the key of a tag for Datadog, Graphite, Prometheus, Telegraf and the Collector.
    private static readonly Dictionary<string, (string Input, string[] Expected)> Keys = new()
    {
        ["line feed"] = ("a\nb", ["a_b", "a_b", "a_b", "a_b", "a_b"]),
        ["separators"] = ("a:b|c,d=e;f g#h@i", ["a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i", "a_b_c_d_e_f_g_h_i"]),
        ["punctuation"] = ("a.b-c/d", ["a.b-c/d", "a.b-c_d", "a_b_c_d", "a.b-c_d", "a.b-c/d"]),
        ["not ASCII"] = ("\u00e9", ["\u00e9", "otel.__44e549c8", "otel___44e549c8", "otel.__44e549c8", "\u00e9"]),
        ["lone surrogate"] = ("a\ud800", ["a\ufffd", "a__bde30ebc", "a__bde30ebc", "a__bde30ebc", "a\ufffd"]),
        ["10,000 characters"] = (Times(10_000, "k"), [Times(91, "k") + "_7c774685", .. Enumerable.Repeat(Times(247, "k") + "_7c774685", 4)]),
        ["empty"] = (string.Empty, ["otel.", "otel.", "otel_", "otel.", "otel."]),
        ["digit at the start"] = ("1st", ["otel.1st", "otel.1st", "otel_1st", "otel.1st", "otel.1st"]),
        ["host"] = ("host", ["otel.host", "host", "host", "host", "host"]),
        ["host in capitals"] = ("HOST", ["otel.HOST", "HOST", "HOST", "HOST", "HOST"]),
        ["device"] = ("device", ["otel.device", "device", "device", "device", "device"]),
        ["Datadog's own"] = ("dd.internal.entity_id", ["otel.dd.internal.entity_id", "dd.internal.entity_id", "dd_internal_entity_id", "dd.internal.entity_id", "dd.internal.entity_id"]),
        ["name"] = ("name", ["name", "otel.name", "name", "name", "name"]),
        ["le"] = ("le", ["le", "le", "otel_le", "le", "le"]),
        ["quantile"] = ("quantile", ["quantile", "quantile", "otel_quantile", "quantile", "quantile"]),
        ["__name__"] = ("__name__", ["otel.__name__", "otel.__name__", "otel___name__", "otel.__name__", "otel.__name__"]),
        ["metric_type"] = ("metric_type", ["metric_type", "metric_type", "metric_type", "otel.metric_type", "metric_type"]),
        ["metric_type once sanitised"] = ("metric type", ["metric_type", "metric_type", "metric_type", "otel.metric_type", "metric_type"]),
        ["upper_bound"] = ("upper_bound", ["otel.upper_bound", "otel.upper_bound", "otel_upper_bound", "otel.upper_bound", "otel.upper_bound"]),
        ["otel.scope.name"] = ("otel.scope.name", ["otel.otel.scope.name", "otel.otel.scope.name", "otel_otel_scope_name", "otel.otel.scope.name", "otel.otel.scope.name"]),
        ["otel.scope.version"] = ("otel.scope.version", ["otel.otel.scope.version", "otel.otel.scope.version", "otel_otel_scope_version", "otel.otel.scope.version", "otel.otel.scope.version"]),
    };

    public static TheoryData<string, StatsdProfile> NameRows => Rows(Names.Keys, All);

    public static TheoryData<string, StatsdProfile> ValueRows => Rows(Values.Keys, Tagged);

    public static TheoryData<string, StatsdProfile> KeyRows => Rows(Keys.Keys, Tagged);

    [Theory]
    [MemberData(nameof(NameRows))]
    public void A_name_becomes(string row, StatsdProfile profile)
    {
        var (input, datadog, most, collector) = Names[row];
        var expected = profile switch
        {
            StatsdProfile.DatadogAgent => datadog,
            StatsdProfile.OpenTelemetryCollector => collector,
            _ => most,
        };

        Assert.Equal($"{expected}:1|c", Sent(profile, input));
    }

    [Theory]
    [MemberData(nameof(ValueRows))]
    public void A_tag_value_becomes(string row, StatsdProfile profile)
    {
        var (input, expected) = Values[row];
        Assert.Equal(Line(profile, ("k", expected[Array.IndexOf(Tagged, profile)])), Sent(profile, "m", new Attribute("k", input)));
    }

    [Theory]
    [MemberData(nameof(KeyRows))]
    public void A_tag_key_becomes(string row, StatsdProfile profile)
    {
        var (input, expected) = Keys[row];
        Assert.Equal(Line(profile, (expected[Array.IndexOf(Tagged, profile)], "v")), Sent(profile, "m", new Attribute(input, "v")));
    }

    [Theory]
    [MemberData(nameof(TaggedProfiles))]
    public void Of_two_tags_with_one_key_the_later_counts(StatsdProfile profile) =>
        Assert.Equal(Line(profile, ("k", "2")), Sent(profile, "m", new Attribute("k", 1), new Attribute("k", 2)));

    [Theory]
    [MemberData(nameof(TaggedProfiles))]
    public void Two_keys_that_become_one_stay_two(StatsdProfile profile) =>
        Assert.Equal(Line(profile, ("a_b", "1"), ("a_b_2", "2")), Sent(profile, "m", new Attribute("a b", 1), new Attribute("a_b", 2)));

    [Fact]
    public void The_daemon_without_tags_gets_none() =>
        Assert.Equal("m:1|c", Sent(StatsdProfile.StatsD, "m", new Attribute("k", "v")));

    public static TheoryData<StatsdProfile> TaggedProfiles => [.. Tagged];

    private static TheoryData<string, StatsdProfile> Rows(IEnumerable<string> inputs, StatsdProfile[] profiles)
    {
        var rows = new TheoryData<string, StatsdProfile>();
        foreach (var input in inputs)
        {
            foreach (var profile in profiles)
            {
                rows.Add(input, profile);
            }
        }

        return rows;
    }

    private static string Line(StatsdProfile profile, params (string Key, string Value)[] tags) => profile switch
    {
        StatsdProfile.StatsDGraphite => $"m;{string.Join(';', tags.Select(tag => $"{tag.Key}={tag.Value}"))}:1|c",
        StatsdProfile.Telegraf => $"m,{string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"))}:1|c",
        _ => $"m:1|c|#{string.Join(',', tags.Select(tag => $"{tag.Key}:{tag.Value}"))}",
    };

    /// <summary>What a counter of the name, counted once with the tags, puts on the wire.</summary>
    private static string Sent(StatsdProfile profile, string name, params Attribute[] attributes)
    {
        Measured[] once = [new(1, 1)];
        var counter = new Recorded(
            InstrumentKind.LongCounter, null, "meter", null, null, name, string.Empty, [], true, [new Series(attributes, [once, [], []])]);
        using var run = new ProviderRun(new Recording(profile, 1432, string.Empty, [], null, false, new HistogramChoice(null, [], []), null, null, [counter]));
        return Encoding.UTF8.GetString(Assert.Single(run.Export().Datagrams));
    }

    private static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    private sealed class Untellable
    {
        public override string ToString() => throw new InvalidOperationException("No text.");
    }
}
