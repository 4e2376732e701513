using System.Text;

namespace TestSupport.Tests;

/// <summary>Bad documents, each of which differs from a good one in one place.</summary>
public class EmfValidatorTests
{
    private const string Good = """
        {"_aws":{"Timestamp":1700000000000,"LogGroupName":"my/app-metrics","LogStreamName":"host 1","CloudWatchMetrics":[{"Namespace":"My App/x","Dimensions":[["route","host"],[]],"Metrics":[{"Name":"hits","Unit":"Count"},{"Name":"took","Unit":"Bytes/Second","StorageResolution":1},{"Name":"list"},{"Name":"spread","StorageResolution":60}]}]},"route":"GET /","host":"a","note":"","hits":3,"took":{"Values":[1,2.5],"Counts":[2,1],"Max":2.5,"Min":1,"Count":3,"Sum":4.5},"list":[-1e-7,0],"spread":{"Max":2,"Min":1,"Count":3,"Sum":4.5}}
        """;

    private static readonly EmfRules Rules = new() { Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500) };

    [Fact]
    public void A_good_document_has_no_violation() => Assert.Empty(Violations(Good));

    [Theory]
    [InlineData("[[\"route\",\"host\"],[]]", "[[]]")]
    [InlineData(",\"Max\":2.5,\"Min\":1,\"Count\":3,\"Sum\":4.5", "")]
    [InlineData("\"hits\":3", "\"hits\":2.348542582773833e108")]
    [InlineData("1700000000000", "1700007200499")]
    [InlineData("1700000000000", "1698790400501")]
    public void What_is_allowed_is_no_violation(string text, string replacement)
    {
        Assert.Contains(text, Good, StringComparison.Ordinal);
        Assert.Empty(Violations(Good.Replace(text, replacement, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"_aws\"", " {\"_aws\"", "around the object")]
    [InlineData("\"Sum\":4.5}}", "\"Sum\":4.5}}\n", "around the object")]
    [InlineData("\"Sum\":4.5}}", "\"Sum\":4.5}}{}", "not JSON")]
    [InlineData("\"note\":\"\"", "\"note\":\"\",", "not JSON")]
    [InlineData("\"note\":\"\"", "\"note\":\n\"\"", "line break")]
    [InlineData("\"note\":\"\"", "\"note\":\"\\ud800\"", "half of a character")]
    [InlineData("\"note\":\"\"", "\"no\\u0074e\":\"\",\"note\":\"\"", "twice")]
    [InlineData("\"note\":\"\"", "\"note\":{\"a\":1,\"a\":2}", "twice")]
    [InlineData("\"note\":\"\"", "\"_aws\":{}", "twice")]
    [InlineData("\"note\":\"\"", "\"_AWS\":{}", "reserved")]
    [InlineData("\"note\":\"\"", "\"cloudWatchMetrics\":\"\"", "reserved")]
    [InlineData("\"note\":\"\"", "\"Log_Group_Name\":\"\"", "reserved")]
    [InlineData("\"note\":\"\"", "\"log_stream_name\":\"\"", "reserved")]
    [InlineData("{\"_aws\"", "{\"first\":1,\"_aws\"", "first member")]
    [InlineData("\"Timestamp\":1700000000000", "\"Timestamp\":1700000000", "Timestamp")]
    [InlineData("\"Timestamp\":1700000000000", "\"Timestamp\":\"1700000000000\"", "Timestamp")]
    [InlineData("\"Timestamp\":1700000000000", "\"Timestamp\":1700000000000.5", "Timestamp")]
    [InlineData("\"Timestamp\":1700000000000,", "", "Timestamp")]
    [InlineData("1700000000000", "1700007200501", "Timestamp")]
    [InlineData("1700000000000", "1698790400499", "Timestamp")]
    [InlineData("\"LogGroupName\":\"my/app-metrics\",", "", "LogGroupName")]
    [InlineData("my/app-metrics", "my app", "LogGroupName")]
    [InlineData("\"LogStreamName\":\"host 1\",", "", "LogStreamName")]
    [InlineData("host 1", "host:1", "LogStreamName")]
    [InlineData("CloudWatchMetrics\":[{", "Other\":[{", "CloudWatchMetrics")]
    [InlineData("CloudWatchMetrics\":[{", "CloudWatchMetrics\":[[],{", "directive")]
    [InlineData("My App/x", "", "Namespace")]
    [InlineData("My App/x", "  ", "Namespace")]
    [InlineData("My App/x", "AWS/x", "Namespace")]
    [InlineData("My App/x", "My,App", "Namespace")]
    [InlineData("\"My App/x\"", "7", "Namespace")]
    [InlineData("[[\"route\",\"host\"],[]]", "[]", "sets of dimensions")]
    [InlineData("[[\"route\",\"host\"],[]]", "[\"route\"]", "not a set")]
    [InlineData("[[\"route\",\"host\"],[]]", "[[7]]", "not a set")]
    [InlineData("[[\"route\",\"host\"],[]]", "7", "Dimensions")]
    [InlineData("[[\"route\",\"host\"],[]]", "[[\"route\",\"route\"]]", "twice")]
    [InlineData("[[\"route\",\"host\"],[]]", "[[\"route\",\"host\"],[\"host\",\"route\"]]", "twice")]
    [InlineData("[[\"route\",\"host\"],[]]", "[[\"none\"]]", "has no value")]
    [InlineData("\"route\"", "\"\"", "dimension's name")]
    [InlineData("\"route\"", "\" \"", "dimension's name")]
    [InlineData("\"route\"", "\":route\"", "dimension's name")]
    [InlineData("\"route\"", "\"r\u00f6ute\"", "dimension's name")]
    [InlineData("\"route\"", "\"r\\tute\"", "dimension's name")]
    [InlineData("\"GET /\"", "7", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "null", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "\"\"", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "\" \"", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "\"Z\u00fcrich\"", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "\"a\\u0001b\"", "of the dimension 'route'")]
    [InlineData("\"GET /\"", "\"a\\u007fb\"", "of the dimension 'route'")]
    [InlineData("\"Metrics\":[", "\"Others\":[", "Metrics")]
    [InlineData("{\"Name\":\"hits\",", "{", "has no name")]
    [InlineData("{\"Name\":\"hits\",", "{\"Name\":7,", "has no name")]
    [InlineData("{\"Name\":\"hits\",", "{\"Name\":\"\",", "metric's name")]
    [InlineData("{\"Name\":\"hits\",", "{\"Name\":\"list\",", "defined twice")]
    [InlineData("{\"Name\":\"hits\",", "{\"Name\":\"misses\",", "has no value")]
    [InlineData("\"Unit\":\"Count\"", "\"Unit\":\"count\"", "unit")]
    [InlineData("\"Unit\":\"Count\"", "\"Unit\":1", "unit")]
    [InlineData("\"StorageResolution\":1", "\"StorageResolution\":\"1\"", "resolution")]
    [InlineData("\"StorageResolution\":1", "\"StorageResolution\":10", "resolution")]
    [InlineData("\"hits\":3", "\"hits\":\"3\"", "'hits'")]
    [InlineData("\"hits\":3", "\"hits\":null", "'hits'")]
    [InlineData("\"hits\":3", "\"hits\":NaN", "not JSON")]
    [InlineData("\"hits\":3", "\"hits\":1e999", "out of range")]
    [InlineData("\"hits\":3", "\"hits\":-2.34854258277384e108", "out of range")]
    [InlineData("\"hits\":3", "\"hits\":4.2e-109", "out of range")]
    [InlineData("\"hits\":3", "\"hits\":3,\"late\":\"\"", "stands behind")]
    [InlineData("[-1e-7,0]", "[]", "0 values")]
    [InlineData("[-1e-7,0]", "[1,\"2\"]", "other than a number")]
    [InlineData("[-1e-7,0]", "[1,[2]]", "other than a number")]
    [InlineData("[-1e-7,0]", "[1,1e200]", "out of range")]
    [InlineData("\"Counts\":[2,1],", "", "only some of the members Values, Counts")]
    [InlineData("\"Counts\":[2,1]", "\"Counts\":[3]", "2 values and 1 counts")]
    [InlineData("\"Counts\":[2,1]", "\"Counts\":[3,0]", "count 0")]
    [InlineData("\"Counts\":[2,1]", "\"Counts\":[3.5,-0.5]", "count 3.5")]
    [InlineData("\"Counts\":[2,1]", "\"Counts\":[2,2]", "counts of 4")]
    [InlineData("\"Values\":[1,2.5]", "\"Values\":7", "no array")]
    [InlineData("\"Values\":[1,2.5]", "\"Values\":[0.5,2.5]", "outside")]
    [InlineData("\"Values\":[1,2.5]", "\"Values\":[1,2.6]", "outside")]
    [InlineData("\"Values\":[1,2.5],\"Counts\":[2,1]", "\"Values\":[],\"Counts\":[]", "0 values")]
    [InlineData("\"Values\":[1,2.5]", "\"Value\":[1,2.5]", "has the members")]
    [InlineData("\"Max\":2,", "", "only some of the members Max, Min, Count, Sum")]
    [InlineData("\"Max\":2,", "\"Max\":\"2\",", "other than a number")]
    [InlineData("\"Max\":2,\"Min\":1,\"Count\":3", "\"Max\":2,\"Min\":1,\"Count\":0", "count 0")]
    [InlineData("\"Max\":2,\"Min\":1,\"Count\":3", "\"Max\":2,\"Min\":1,\"Count\":2", "the sum 4.5 of 2")]
    [InlineData("\"Max\":2,\"Min\":1,\"Count\":3", "\"Max\":2,\"Min\":1,\"Count\":5", "the sum 4.5 of 5")]
    [InlineData("\"Max\":2,\"Min\":1", "\"Max\":1,\"Min\":2", "above the maximum")]
    [InlineData("\"Max\":2,", "\"Max\":1e200,", "out of range")]
    public void A_bad_document_is_found_out(string text, string replacement, string violation)
    {
        Assert.Contains(text, Good, StringComparison.Ordinal);
        var bad = Good.Replace(text, replacement, StringComparison.Ordinal);
        Assert.Contains(Violations(bad), found => found.Contains(violation, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(250, 251, "route", "dimension's name")]
    [InlineData(1024, 1025, "GET /", "of the dimension 'route'")]
    [InlineData(255, 256, "spread", "metric's name")]
    [InlineData(255, 256, "My App/x", "Namespace")]
    [InlineData(512, 513, "my/app-metrics", "LogGroupName")]
    [InlineData(512, 513, "host 1", "LogStreamName")]
    public void Texts_have_a_greatest_length(int longest, int tooLong, string text, string violation)
    {
        Assert.Empty(Violations(Good.Replace(text, new string('x', longest), StringComparison.Ordinal)));
        Assert.Contains(
            Violations(Good.Replace(text, new string('x', tooLong), StringComparison.Ordinal)),
            found => found.Contains(violation, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "101 values")]
    public void A_metric_has_a_hundred_values_at_most(int count, string? violation) =>
        AssertOnly(violation, Good.Replace("[-1e-7,0]", $"[{string.Join(',', Enumerable.Repeat(1, count))}]", StringComparison.Ordinal));

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "101 values")]
    public void A_metric_has_a_hundred_pairs_at_most(int count, string? violation)
    {
        var ones = $"[{string.Join(',', Enumerable.Repeat(1, count))}]";
        AssertOnly(violation, Good.Replace("[-1e-7,0]", $"{{\"Values\":{ones},\"Counts\":{ones}}}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "101 metrics")]
    public void A_directive_has_a_hundred_metrics_at_most(int count, string? violation)
    {
        var more = Enumerable.Range(4, count - 4).ToArray();
        AssertOnly(violation, Good
            .Replace("\"Metrics\":[", $"\"Metrics\":[{string.Concat(more.Select(i => $"{{\"Name\":\"{i}\"}},"))}", StringComparison.Ordinal)
            .Replace("\"hits\":3", $"\"hits\":3{string.Concat(more.Select(i => $",\"{i}\":1"))}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30, null)]
    [InlineData(31, "31 dimensions")]
    public void A_set_has_thirty_dimensions_at_most(int count, string? violation)
    {
        var names = Enumerable.Range(0, count).Select(i => $"\"d{i}\"").ToArray();
        AssertOnly(violation, Good
            .Replace("[[\"route\",\"host\"],[]]", $"[[{string.Join(',', names)}]]", StringComparison.Ordinal)
            .Replace("\"note\":\"\"", string.Join(',', names.Select(name => $"{name}:\"v\"")), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30, null)]
    [InlineData(31, "31 sets")]
    public void There_are_thirty_sets_at_most(int count, string? violation)
    {
        var names = Enumerable.Range(0, count).Select(i => $"\"d{i}\"").ToArray();
        AssertOnly(violation, Good
            .Replace("[[\"route\",\"host\"],[]]", $"[{string.Join(',', names.Select(name => $"[{name}]"))}]", StringComparison.Ordinal)
            .Replace("\"note\":\"\"", string.Join(',', names.Select(name => $"{name}:\"v\"")), StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_is_no_longer_than_its_way_allows()
    {
        var length = Encoding.UTF8.GetByteCount(Good);
        Assert.Empty(EmfValidator.Violations(Encoding.UTF8.GetBytes(Good), Rules with { MaxBytes = length }));
        var violation = Assert.Single(EmfValidator.Violations(Encoding.UTF8.GetBytes(Good), Rules with { MaxBytes = length - 1 }));
        Assert.Contains("bytes", violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_names_are_not_asked_for_where_no_agent_reads_them() => Assert.Empty(EmfValidator.Violations(
        Encoding.UTF8.GetBytes(Good.Replace("\"LogGroupName\":\"my/app-metrics\",\"LogStreamName\":\"host 1\",", string.Empty, StringComparison.Ordinal)),
        Rules with { RequiresLogNames = false }));

    [Fact]
    public void Bytes_that_are_no_text_are_found_out()
    {
        var bad = Encoding.UTF8.GetBytes(Good);
        bad[bad.AsSpan().IndexOf("GET"u8)] = 0xff;
        Assert.Contains("UTF-8", Assert.Single(EmfValidator.Violations(bad, Rules)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Violations(string document) => EmfValidator.Violations(Encoding.UTF8.GetBytes(document), Rules);

    private static void AssertOnly(string? violation, string document)
    {
        if (violation is null)
        {
            Assert.Empty(Violations(document));
        }
        else
        {
            Assert.Contains(violation, Assert.Single(Violations(document)), StringComparison.Ordinal);
        }
    }
}
