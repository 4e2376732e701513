using System.Numerics;
using System.Text;

namespace TestSupport.Tests;

public class StatsdDecoderTests
{
    [Fact]
    public void A_full_DogStatsD_line_is_read_field_by_field()
    {
        const string line = "page.views:1.5|c|@0.25|#env:prod,url:http://x:80/y|c:ci-83ab|e:it-false,cn-nginx,pu-75a2|card:low";

        var record = Assert.Single(Decode(TagDialect.DogStatsd, line));

        Assert.Equal("page.views", record.Name);
        Assert.Equal("1.5", record.Value);
        Assert.Equal(1.5, record.Number);
        Assert.Null(record.Exact);
        Assert.Equal("c", record.Type);
        Assert.Equal("0.25", record.RateText);
        Assert.Equal(0.25, record.Rate);
        Assert.Equal([new("env", "prod"), new("url", "http://x:80/y")], record.Tags);
        Assert.Equal(record.TagPairs, record.Tags);
        Assert.Equal("ci-83ab", record.ContainerId);
        Assert.Equal("it-false,cn-nginx,pu-75a2", record.ExternalData);
        Assert.Equal("low", record.Cardinality);
        Assert.Null(record.Timestamp);
        Assert.Equal(line, record.Line);
    }

    [Fact]
    public void A_timestamp_is_read()
    {
        var record = Assert.Single(Decode(TagDialect.DogStatsd, "page.views:15|c|#env:dev|T1656581400"));

        Assert.Equal(1_656_581_400, record.Timestamp);
        Assert.Equal(1, record.Rate);
    }

    [Fact]
    public void A_packed_line_gives_one_record_a_value()
    {
        var records = Decode(TagDialect.DogStatsd, "fuel:0.5:-3:1e-7|d|#k:v");

        Assert.Equal([0.5, -3, 1e-7], records.Select(record => record.Number));
        Assert.All(records, record => Assert.Equal("v", record.Tags["k"]));
        Assert.All(records, record => Assert.Equal("d", record.Type));
    }

    [Fact]
    public void A_member_of_a_set_is_text()
    {
        var record = Assert.Single(Decode(TagDialect.DogStatsd, "users:a:b c|s"));

        Assert.Equal("a:b c", record.Value);
        Assert.True(double.IsNaN(record.Number));
        Assert.Null(record.Exact);
    }

    [Fact]
    public void Integers_are_exact_beyond_what_a_double_holds()
    {
        var records = Decode(TagDialect.None, "a:9007199254740993|c\nb:-9223372036854775808|g\nc:18446744073709551616|c\nd:+7|g");

        Assert.Equal(
            [9_007_199_254_740_993, long.MinValue, BigInteger.Pow(2, 64), 7],
            records.Select(record => Assert.NotNull(record.Exact)));
        Assert.Equal([false, true, false, true], records.Select(record => record.IsSigned));
    }

    [Fact]
    public void A_line_of_the_daemon_gives_one_record_a_part_with_its_own_type_and_rate()
    {
        const string Line = "a;k=v:1|ms|@0.5:2.5|ms:3|c";
        var records = Decode(TagDialect.Graphite, Line + "\nb:4|g");
        Assert.Equal(
            [("a", "1", "ms", 0.5), ("a", "2.5", "ms", 1), ("a", "3", "c", 1), ("b", "4", "g", 1)],
            records.Select(record => (record.Name, record.Value, record.Type, record.Rate)));
        Assert.All(records.Take(3), record => Assert.Equal((Line, "v"), (record.Line, record.Tags["k"])));
    }

    [Fact]
    public void Packing_is_refused_where_the_receiver_rejects_it()
    {
        var decoder = new StatsdDecoder(TagDialect.DogStatsd) { AllowPacking = false };
        Assert.Single(decoder.Decode("a:1|h"u8));
        Assert.Equal("several values, which the receiver rejects", Refuse(decoder, "a:1:2|h"));
    }

    [Fact]
    public void Graphite_and_Influx_tags_sit_in_the_name()
    {
        var graphite = Assert.Single(Decode(TagDialect.Graphite, "disk.used;host=a;path=/var=x:5|g"));
        Assert.Equal("disk.used", graphite.Name);
        Assert.Equal([new("host", "a"), new("path", "/var=x")], graphite.Tags);

        var influx = Assert.Single(Decode(TagDialect.Influx, "disk.used,host=a b,path=/var=x:320|ms|@0.1"));
        Assert.Equal("disk.used", influx.Name);
        Assert.Equal([new("host", "a b"), new("path", "/var=x")], influx.Tags);
        Assert.Equal(0.1, influx.Rate);
    }

    [Fact]
    public void Lines_keep_their_order_within_and_across_datagrams()
    {
        var records = new StatsdDecoder(TagDialect.None).DecodeAll(["a:1|c\nb:2|g"u8.ToArray(), "c:3|ms"u8.ToArray()]);

        Assert.Equal(["a", "b", "c"], records.Select(record => record.Name));
    }

    [Theory]
    [InlineData("", "empty line")]
    [InlineData("a:1|c\n", "trailing line feed")]
    [InlineData("a:1|c\n\nb:1|c", "empty line")]
    [InlineData("a:1|c\r\nb:1|c", "control character")]
    [InlineData("a\tb:1|c", "control character")]
    [InlineData("a:1|c|#k:v\u0085", "control character")]
    [InlineData("_sc|name|0", "reads as a service check")]
    [InlineData("_scfoo:1|c", "reads as a service check")]
    [InlineData("_e{1,1}:t|x", "reads as an event")]
    [InlineData("a:1", "no type")]
    [InlineData("a|c", "no value")]
    [InlineData(":1|c", "empty name")]
    [InlineData("a:|c", "empty value")]
    [InlineData("a:|s", "empty value")]
    [InlineData("a b:1|c", "name 'a b' outside the alphabet")]
    [InlineData("a#b:1|c", "name 'a#b' outside the alphabet")]
    [InlineData("a:1|", "unknown type ''")]
    [InlineData("a:1|kv", "unknown type 'kv'")]
    [InlineData("a:1|c ", "unknown type 'c '")]
    [InlineData("a:1|C", "unknown type 'C'")]
    [InlineData("a:1:|d", "empty value")]
    [InlineData("a:1::2|d", "empty value")]
    [InlineData("a:NaN|g", "value 'NaN' is not a plain number")]
    [InlineData("a:Infinity|g", "value 'Infinity' is not a plain number")]
    [InlineData("a:-inf|g", "value '-inf' is not a plain number")]
    [InlineData("a:0x10|c", "value '0x10' is not a plain number")]
    [InlineData("a: 1|c", "value ' 1' is not a plain number")]
    [InlineData("a:1,5|c", "value '1,5' is not a plain number")]
    [InlineData("a:1_000|c", "value '1_000' is not a plain number")]
    [InlineData("a:.5|c", "value '.5' is not a plain number")]
    [InlineData("a:5.|c", "value '5.' is not a plain number")]
    [InlineData("a:1e|c", "value '1e' is not a plain number")]
    [InlineData("a:--1|g", "value '--1' is not a plain number")]
    [InlineData("a:\u0661|c", "value '\u0661' is not a plain number")]
    [InlineData("a:1e400|g", "value '1e400' is beyond a double")]
    [InlineData("a:1|c|@1e-3", "sample rate '1e-3' is not a plain decimal")]
    [InlineData("a:1|c|@", "sample rate '' is not a plain decimal")]
    [InlineData("a:1|c|@-0.5", "sample rate '-0.5' is not a plain decimal")]
    [InlineData("a:1|c|@0", "sample rate '0' outside 0 to 1")]
    [InlineData("a:1|c|@2", "sample rate '2' outside 0 to 1")]
    [InlineData("a:1|g|@0.5", "sample rate on type 'g', where it means nothing")]
    [InlineData("a:1|c|@0.5|@0.5", "unknown or misplaced field '@0.5'")]
    [InlineData("a:1|c|#a:b|@0.5", "unknown or misplaced field '@0.5'")]
    [InlineData("a:1|c|#a:b|#c:d", "unknown or misplaced field '#c:d'")]
    [InlineData("a:1|c|c:ci-1|#a:b", "unknown or misplaced field '#a:b'")]
    [InlineData("a:1|c|", "unknown or misplaced field ''")]
    [InlineData("a:1|c|x:1", "unknown or misplaced field 'x:1'")]
    [InlineData("a:1|c|#", "empty tag")]
    [InlineData("a:1|c|#a:b,", "empty tag")]
    [InlineData("a:1|c|#a:b,,c:d", "empty tag")]
    [InlineData("a:1|c|#flag", "tag 'flag' without a value")]
    [InlineData("a:1|c|#:b", "empty tag key")]
    [InlineData("a:1|c|#a:", "empty value of tag 'a'")]
    [InlineData("a:1|c|#a:b:", "value 'b:' of tag 'a' outside the alphabet")]
    [InlineData("a:1|c|#a:b,a:c", "duplicate tag key 'a'")]
    [InlineData("a:1|c|c:", "container id '' is not one")]
    [InlineData("a:1|c|c:a b", "container id 'a b' is not one")]
    [InlineData("a:1|c|c:x|c:y", "repeated container id")]
    [InlineData("a:1|c|e:", "empty external data")]
    [InlineData("a:1|c|e:x|e:y", "repeated external data")]
    [InlineData("a:1|c|card:medium", "unknown cardinality 'medium'")]
    [InlineData("a:1|c|card:low|card:low", "repeated cardinality")]
    [InlineData("a:1|c|T", "timestamp '' is not positive Unix seconds")]
    [InlineData("a:1|c|T0", "timestamp '0' is not positive Unix seconds")]
    [InlineData("a:1|c|T-5", "timestamp '-5' is not positive Unix seconds")]
    [InlineData("a:1|c|T99999999999999999999", "timestamp '99999999999999999999' is not positive Unix seconds")]
    [InlineData("a:1|d|T1656581400", "timestamp on type 'd', which discards it")]
    [InlineData("a:1|c|@0.5|T1656581400", "timestamp beside a sample rate, which is then not applied")]
    [InlineData("a:1|c|T1656581400|T1656581400", "repeated timestamp")]
    public void Malformed_DogStatsD_is_refused(string datagram, string reason) =>
        Assert.Equal(reason, Refuse(new(TagDialect.DogStatsd) { AllowDatadogFields = true }, datagram));

    [Theory]
    [InlineData("c:ci-83ab")]
    [InlineData("e:it-false,cn-nginx")]
    [InlineData("card:low")]
    [InlineData("T1656581400")]
    public void Datadogs_own_fields_are_refused_where_no_Agent_reads_them(string field)
    {
        Assert.Equal($"field '{field}', which only a Datadog Agent reads", Refuse(new(TagDialect.DogStatsd), $"a:1|c|#k:v|{field}"));
        Assert.Equal($"field '{field}' unknown to the dialect", Refuse(new(TagDialect.Influx) { AllowDatadogFields = true }, $"a,k=v:1|c|{field}"));
    }

    [Theory]
    [InlineData(TagDialect.None, "a:1|c|#k:v", "field '#k' unknown to the dialect")]
    [InlineData(TagDialect.None, "a:1|c|c:id", "field 'c' unknown to the dialect")]
    [InlineData(TagDialect.None, "a:1|h", "unknown type 'h'")]
    [InlineData(TagDialect.None, "a:1|d", "unknown type 'd'")]
    [InlineData(TagDialect.None, "a:1:2|c", "no type")]
    [InlineData(TagDialect.None, "a:1|c:2", "no type")]
    [InlineData(TagDialect.None, "a:1|c:|c", "empty value")]
    [InlineData(TagDialect.None, "a:1|ms|@0.5:2|ms|@0.5|@0.5", "field '@0.5' unknown to the dialect")]
    [InlineData(TagDialect.None, "a:x:y|s", "no type")]
    [InlineData(TagDialect.None, "a:-1|ms", "signed 'ms' of '-1', which is rejected")]
    [InlineData(TagDialect.Graphite, "a:1|ms:-1|ms", "signed 'ms' of '-1', which is rejected")]
    [InlineData(TagDialect.Influx, "a:-1|h", "signed 'h' of '-1', which is rejected")]
    [InlineData(TagDialect.None, "a;k=v:1|c", "name 'a;k=v' outside the alphabet")]
    [InlineData(TagDialect.Graphite, "a;:1|c", "empty tag")]
    [InlineData(TagDialect.Graphite, "a;k:1|c", "tag 'k' without a value")]
    [InlineData(TagDialect.Graphite, "a;k=:1|c", "empty value of tag 'k'")]
    [InlineData(TagDialect.Graphite, "a;=v:1|c", "empty tag key")]
    [InlineData(TagDialect.Graphite, "a;k=v;k=w:1|c", "duplicate tag key 'k'")]
    [InlineData(TagDialect.Graphite, "a;k!=v:1|c", "tag key 'k!' outside the alphabet")]
    [InlineData(TagDialect.Graphite, "a;k=~v:1|c", "value '~v' of tag 'k' outside the alphabet")]
    [InlineData(TagDialect.Graphite, "a;k=\u00e9:1|c", "value '\u00e9' of tag 'k' outside the alphabet")]
    [InlineData(TagDialect.Graphite, ";k=v:1|c", "empty name")]
    [InlineData(TagDialect.Graphite, "a:1|c|@0.5|@0.5", "field '@0.5' unknown to the dialect")]
    [InlineData(TagDialect.Influx, "a,k:1|c", "tag 'k' without a value")]
    [InlineData(TagDialect.Influx, "a,k w=v:1|c", "tag key 'k w' outside the alphabet")]
    [InlineData(TagDialect.Influx, "a,k=v:w:1|c", "value 'w:1' is not a plain number")]
    [InlineData(TagDialect.Influx, "a:1|d", "unknown type 'd'")]
    public void Malformed_lines_of_the_other_dialects_are_refused(TagDialect dialect, string datagram, string reason) =>
        Assert.Equal(reason, Refuse(new(dialect), datagram));

    [Fact]
    public void Invalid_UTF8_is_refused()
    {
        var decoder = new StatsdDecoder(TagDialect.DogStatsd);

        foreach (var bytes in new byte[][] { [0xC3], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82] })
        {
            byte[] datagram = [.. "a:1|c|#k:v"u8, .. bytes];
            Assert.Equal("invalid UTF-8", Assert.Throws<MalformedLineException>(() => decoder.Decode(datagram)).Reason);
        }
    }

    [Fact]
    public void A_packet_may_be_as_long_as_the_limit_and_no_longer()
    {
        Assert.Single(new StatsdDecoder(TagDialect.None) { MaxPacketBytes = 5 }.Decode("a:1|c"u8));
        Assert.Equal("packet of 6 bytes where 5 are allowed", Refuse(new(TagDialect.None) { MaxPacketBytes = 5 }, "a:10|c"));
    }

    [Fact]
    public void Repeated_keys_are_kept_where_they_are_allowed()
    {
        var record = Assert.Single(new StatsdDecoder(TagDialect.DogStatsd) { AllowDuplicateTagKeys = true }.Decode("a:1|c|#k:v,k:w"u8));

        Assert.Equal([new("k", "v"), new("k", "w")], record.TagPairs);
        Assert.Equal([new("k", "w")], record.Tags);
    }

    [Theory]
    [InlineData("good_name.x:1|c|#env:prod,path:/a/b-c.d,\u00e9t\u00e9:v_1", true)]
    [InlineData("1name:1|c", false)]
    [InlineData("bad-name:1|c", false)]
    [InlineData("a:1|c|#1k:v", false)]
    [InlineData("a:1|c|#k:a b", false)]
    [InlineData("a:1|c|#k:a__b", false)]
    [InlineData("a:1|c|#k:a_", false)]
    public void Datadogs_alphabet_is_what_it_stores_unchanged(string line, bool unchanged)
    {
        var decoder = new StatsdDecoder(TagDialect.DogStatsd) { Alphabet = Alphabet.Datadog };

        Assert.Equal(unchanged, Record.Exception(() => decoder.Decode(Encoding.UTF8.GetBytes(line))) is not MalformedLineException);
    }

    [Theory]
    [InlineData("a.b-c_d;k=v.1:1|c", true)]
    [InlineData("a/b:1|c", false)]
    [InlineData("a;k=x/y:1|c", false)]
    public void The_daemons_alphabet_is_what_it_leaves_unchanged(string line, bool unchanged)
    {
        var decoder = new StatsdDecoder(TagDialect.Graphite) { Alphabet = Alphabet.StatsdDaemon };

        Assert.Equal(unchanged, Record.Exception(() => decoder.Decode(Encoding.UTF8.GetBytes(line))) is not MalformedLineException);
    }

    private static IReadOnlyList<StatsdRecord> Decode(TagDialect dialect, string datagram) =>
        new StatsdDecoder(dialect) { AllowDatadogFields = true }.Decode(Encoding.UTF8.GetBytes(datagram));

    private static string Refuse(StatsdDecoder decoder, string datagram) =>
        Assert.Throws<MalformedLineException>(() => decoder.Decode(Encoding.UTF8.GetBytes(datagram))).Reason;
}
