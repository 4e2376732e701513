using System.Text.Json;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What CloudWatch does not take is written in another way, and counted: for each reason, once for each point of each export.</summary>
/// <remarks>In each test three points are altered in two exports, and one is not.</remarks>
public sealed class EmfAlterationTests : IDisposable
{
    private readonly DocumentSession session = new(build: builder => builder.AddView(
        "histogram", new ExplicitBucketHistogramConfiguration { Boundaries = [2, 10] }));

    public void Dispose() => session.Dispose();

    [Fact]
    public void An_attribute_without_a_visible_character_is_in_no_set()
    {
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new("host", "web-1"), new("shop", string.Empty));
        counter.Add(2, new("host", "web-2"), new("shop", "   "));
        counter.Add(3, new("host", "web-3"), new("shop", "."));
        var first = ByValue(session.Flush());
        counter.Add(4, new("host", "web-1"), new("shop", string.Empty));
        var second = ByValue(session.Flush());

        Assert.Equal("""[["host"]]""", DocumentSession.Dimensions(first[1]));
        Assert.Equal("""[["host"]]""", DocumentSession.Dimensions(first[2]));
        Assert.Equal("""[["host","shop"]]""", DocumentSession.Dimensions(first[3]));
        Assert.Equal("""[["host"]]""", DocumentSession.Dimensions(second[4]));
        Assert.Equal(["", "", "."], first.OrderBy(each => each.Key).Select(each => Member(each.Value, "shop")));
        AssertAltered("blank_dimension");
    }

    [Fact]
    public void Characters_beyond_ASCII_are_percent_encoded()
    {
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("city", "Zürich"));
        counter.Add(2, new KeyValuePair<string, object?>("größe", "groß\t"));
        counter.Add(3, new KeyValuePair<string, object?>("city", "50%"));
        var first = ByValue(session.Flush());
        counter.Add(4, new KeyValuePair<string, object?>("city", "Zürich"));
        var second = ByValue(session.Flush());

        Assert.Equal("Z%C3%BCrich", Member(first[1], "city"));
        Assert.Equal("gro%C3%9F%09", Member(first[2], "gr%C3%B6%C3%9Fe"));
        Assert.Equal("""[["gr%C3%B6%C3%9Fe"]]""", DocumentSession.Dimensions(first[2]));
        Assert.Equal("50%", Member(first[3], "city"));
        Assert.Equal("Z%C3%BCrich", Member(second[4], "city"));
        AssertAltered("non_ascii");
    }

    /// <remarks>The digits are those of FNV-1a, as it is computed elsewhere.</remarks>
    [Fact]
    public void What_is_too_long_is_cut_and_ends_in_its_hash()
    {
        var (value, name) = (new string('x', 1025), new string('n', 251));
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("a", value));
        counter.Add(2, new KeyValuePair<string, object?>(name, "a"));
        counter.Add(3, new KeyValuePair<string, object?>(name[1..], value[1..]));
        var first = ByValue(session.Flush());
        counter.Add(4, new KeyValuePair<string, object?>("a", value));
        var second = ByValue(session.Flush());

        Assert.Equal(value[..1015] + "~7180c087", Member(first[1], "a"));
        Assert.Equal("a", Member(first[2], name[..241] + "~d44fe439"));
        Assert.Equal($"""[["{name[..241]}~d44fe439"]]""", DocumentSession.Dimensions(first[2]));
        Assert.Equal(value[1..], Member(first[3], name[1..]));
        Assert.Equal(value[..1015] + "~7180c087", Member(second[4], "a"));
        AssertAltered("too_long");
    }

    [Fact]
    public void Of_more_attributes_than_a_set_may_have_the_rest_are_members()
    {
        KeyValuePair<string, object?>[] many = [.. Enumerable.Range(0, 31).Select(i => new KeyValuePair<string, object?>($"d{i:D2}", $"v{i}"))];
        var known = $"[[{string.Join(',', many[..30].Select(each => $"\"{each.Key}\""))}]]";
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, many);
        counter.Add(2, [.. many[..30], new("d30", "other")]);
        counter.Add(3, many[..30]);
        var first = ByValue(session.Flush());
        counter.Add(4, many);
        var second = ByValue(session.Flush());

        Assert.All(first.Values.Concat(second.Values), document => Assert.Equal(known, DocumentSession.Dimensions(document)));
        Assert.Equal("v30", Member(first[1], "d30"));
        Assert.Equal("other", Member(first[2], "d30"));
        Assert.False(first[3].TryGetProperty("d30", out _));
        Assert.Equal("v30", Member(second[4], "d30"));
        AssertAltered("too_many_dimensions");
    }

    [Fact]
    public void A_name_that_is_taken_or_reserved_becomes_another()
    {
        var counter = session.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("_AWS", "a"));
        counter.Add(2, new KeyValuePair<string, object?>("c", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("C", "a"));
        var first = session.Flush();
        counter.Add(4, new KeyValuePair<string, object?>(":c", "a"));
        var second = Assert.Single(session.Flush());

        var reserved = Assert.Single(first, document => document.TryGetProperty("_AWS_", out _));
        Assert.Equal(("a", 1), (Member(reserved, "_AWS_"), reserved.GetProperty("c").GetInt64()));
        Assert.Equal("""[["_AWS_"]]""", DocumentSession.Dimensions(reserved));
        var taken = Assert.Single(first, document => document.TryGetProperty("c_value", out _));
        Assert.Equal(("a", 2), (Member(taken, "c"), taken.GetProperty("c_value").GetInt64()));
        Assert.Equal(["c_value"], DocumentSession.Metrics(taken));
        var other = Assert.Single(first, document => document.TryGetProperty("C", out _));
        Assert.Equal(3, other.GetProperty("c").GetInt64());
        Assert.Equal(("a", 4), (Member(second, "_c"), second.GetProperty("c").GetInt64()));
        AssertAltered("renamed");
    }

    /// <remarks>What is not a number takes the smallest value with it, in the SDK: then the first range begins at 0.</remarks>
    [Theory]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NaN, 0)]
    public void Of_a_histogram_what_is_finite_is_written(double value, double min)
    {
        var histogram = session.Meter.CreateHistogram<double>("histogram");
        Record("a", value);
        Record("b", value);
        Record("c", 11);
        var first = session.Flush();
        Record("a", value);
        var second = session.Flush();

        Assert.Equal(3, first.Length);
        foreach (var document in first.Concat(second).Where(document => Member(document, "series") != "c"))
        {
            var written = document.GetProperty("histogram");
            var counts = Numbers(written, "Counts");
            var values = Numbers(written, "Values");
            Assert.Equal(3, written.GetProperty("Count").GetInt64());
            Assert.Equal(3, counts.Sum());
            Assert.Equal(min, written.GetProperty("Min").GetDouble());
            Assert.InRange(values.Min(), min, 2);
            Assert.Equal(10, written.GetProperty("Max").GetDouble());
            Assert.Equal(10, values.Max());
            Assert.Equal(values.Zip(counts, (one, times) => one * times).Sum(), written.GetProperty("Sum").GetDouble(), 1e-9);
        }

        AssertAltered("non_finite");

        void Record(string series, double value)
        {
            foreach (var one in (double[])[1, 3, value])
            {
                histogram.Record(one, new KeyValuePair<string, object?>("series", series));
            }
        }
    }

    private static Dictionary<long, JsonElement> ByValue(JsonElement[] documents) =>
        documents.ToDictionary(document => document.GetProperty("c").GetInt64());

    private static string Member(JsonElement document, string name) => document.GetProperty(name).GetString()!;

    private static double[] Numbers(JsonElement value, string name) => [.. value.GetProperty(name).EnumerateArray().Select(each => each.GetDouble())];

    private void AssertAltered(string reason)
    {
        var statistics = session.Statistics;
        Assert.Equal(new Dictionary<string, long> { [reason] = 3 }, statistics.PointsAlteredByReason);
        Assert.Equal((3, 4, 0), (statistics.PointsAltered, statistics.PointsExported, statistics.PointsDropped));
        Assert.Equal(3, session.Self["statsd.exporter.points.altered", reason]);
        Assert.Equal(3, session.Self.All("statsd.exporter.points.altered"));
    }
}
