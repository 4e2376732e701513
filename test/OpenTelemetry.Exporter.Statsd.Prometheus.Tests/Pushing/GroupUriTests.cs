using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Pushing;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

public sealed class GroupUriTests
{
    private static readonly string[] Odd =
        ["", ".", "..", "...", "/", "//", "a/b", "\\", "%", "%2F", "%2e", "+", " ", "=", "@base64", "a?b#c", "\0", "\n", "\u007f", "\u0085", "\u200e", "\u202e", "é", "日本", "\ud83d\ude00", "\ud800", "\uffff", ";", ":", "~", "*'()!"];

    private static Gen<string> Value => Gen.OneOf(
        Gen.Elements(Odd),
        ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty),
        Gen.Elements(Odd).ListOf(3).Select(string.Concat));

    private static Gen<(string Job, string[] Values)> Groups =>
        from job in Value
        from values in Value.ListOf()
        select (job.Length == 0 ? "j" : job, values.Take(5).ToArray());

    [Theory]
    [InlineData("http://localhost:9091", "batch", "http://localhost:9091/metrics/job/batch")]
    [InlineData("http://localhost:9091/", "batch", "http://localhost:9091/metrics/job/batch")]
    [InlineData("https://example.org/push/gateway/", "batch", "https://example.org/push/gateway/metrics/job/batch")]
    [InlineData("http://[::1]:9091/p%20q", "batch", "http://[::1]:9091/p%20q/metrics/job/batch")]
    [InlineData("http://g", "two words", "http://g/metrics/job/two%20words")]
    [InlineData("http://g", "a+b%c;d?e#f", "http://g/metrics/job/a%2Bb%25c%3Bd%3Fe%23f")]
    [InlineData("http://g", "Küche", "http://g/metrics/job/K%C3%BCche")]
    [InlineData("http://g", "...", "http://g/metrics/job/...")]
    [InlineData("http://g", "/var/tmp", "http://g/metrics/job@base64/L3Zhci90bXA")]
    [InlineData("http://g", ".", "http://g/metrics/job@base64/Lg")]
    [InlineData("http://g", "..", "http://g/metrics/job@base64/Li4")]
    [InlineData("http://g", "a\\b", "http://g/metrics/job@base64/YVxi")]
    [InlineData("http://g", "a\nb", "http://g/metrics/job@base64/YQpi")]
    [InlineData("http://g", "/?>", "http://g/metrics/job@base64/Lz8-")]
    [InlineData("http://g", "/\ud83d\ude00\ud83d\ude00\uffff", "http://g/metrics/job@base64/L_CfmIDwn5iA77-_")]
    public void Job_is_a_path_segment(string endpoint, string job, string expected) =>
        Assert.Equal(expected, GroupUri.Create(new Uri(endpoint), job, []).AbsoluteUri);

    [Fact]
    public void Labels_follow_in_their_order() => Assert.Equal(
        "http://g/metrics/job/j/zone/eu/empty@base64/=/path@base64/YS9i/instance/i%3A1",
        GroupUri.Create(new Uri("http://g"), "j", [new("zone", "eu"), new("empty", ""), new("path", "a/b"), new("instance", "i:1")]).AbsoluteUri);

    [Fact]
    public void Any_labels_come_through() => Check.One(RandomCases.Of(2000), Prop.ForAll(Groups.ToArbitrary(), group =>
    {
        var labels = group.Values.Select((value, index) => KeyValuePair.Create($"l{index}", value));

        var path = GroupUri.Create(new Uri("http://g/"), group.Job, labels).PathAndQuery;

        Assert.Equal(
            [("job", AsUnicode(group.Job)), .. group.Values.Select((value, index) => ($"l{index}", AsUnicode(value)))],
            GroupPath.Decode(path));
    }));

    [Fact]
    public async Task Any_label_comes_through_http()
    {
        await using var gateway = await Gateway.StartAsync();
        using var client = new HttpClient();
        foreach (var value in Odd)
        {
            using var response = await client.GetAsync(
                GroupUri.Create(gateway.Address, "j", [new("l", value)]), TestContext.Current.CancellationToken);

            Assert.Equal([("job", "j"), ("l", AsUnicode(value))], GroupPath.Decode((await gateway.NextAsync()).Target));
        }
    }

    /// <summary>A lone surrogate has no UTF-8.</summary>
    private static string AsUnicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
