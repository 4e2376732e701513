using System.Text;

namespace TestSupport.Tests;

public class EmfDocumentTests
{
    private const string Text = """
        {"_aws":{"Timestamp":1700000000123,"LogGroupName":"g","CloudWatchMetrics":[{"Namespace":"one","Dimensions":[["route","host"],["host"],[]],"Metrics":[{"Name":"hits","Unit":"Count","StorageResolution":1},{"Name":"took"}]},{"Namespace":"two","Dimensions":[[]],"Metrics":[{"Name":"list"},{"Name":"set"}]}]},"route":"GET \/","host":"a","version":7,"hits":9223372036854775807,"took":{"Values":[1,2.5],"Counts":[2,1],"Max":3,"Min":0.5,"Count":3,"Sum":4.25},"list":[2,5,2],"set":{"Max":2,"Min":1,"Count":4,"Sum":6}}
        """;

    private static readonly EmfDocument Document = EmfDocument.Read(Encoding.UTF8.GetBytes(Text));

    [Fact]
    public void Every_metric_is_a_record()
    {
        var records = Document.Records();

        Assert.Equal(["hits", "took", "list", "set"], records.Select(record => record.Name));
        Assert.Equal(["one", "one", "two", "two"], records.Select(record => record.Namespace));
        Assert.Equal(["Count", "None", "None", "None"], records.Select(record => record.Unit));
        Assert.Equal([1, 60, 60, 60], records.Select(record => record.Resolution));
        Assert.All(records, record => Assert.Same(Document, record.Document));
    }

    [Fact]
    public void Sets_of_dimensions_have_their_values()
    {
        var record = Document.Records()[0];

        Assert.Equal(3, record.DimensionSets.Count);
        Assert.Equal([new("route", "GET /"), new("host", "a")], record.DimensionSets[0]);
        Assert.Equal([new("host", "a")], record.DimensionSets[1]);
        Assert.Empty(record.DimensionSets[2]);
        Assert.Empty(Document.Records()[2].Dimensions);
        Assert.Equal([new("route", "GET /"), new("host", "a"), new("version", "7")], record.Members);
    }

    [Fact]
    public void A_value_of_any_form_is_read()
    {
        var targets = Document.Records().Select(record => record.Target).ToArray();

        Assert.Equal("9223372036854775807", Document.Records()[0].Text);
        Assert.Equal([9223372036854775807d], targets[0].Values);
        Assert.Equal([1, 2.5], targets[1].Values);
        Assert.Equal([2, 1], targets[1].Counts);
        Assert.Equal(new EmfStatistics(3, 0.5, 3, 4.25), targets[1].Statistics);
        Assert.Equal([2, 5, 2], targets[2].Values);
        Assert.Empty(targets[3].Values);
        Assert.Equal([1, 3, 3, 4], targets.Select(target => target.Count));
        Assert.Equal([9223372036854775807d, 4.25, 9, 6], targets.Select(target => target.Sum));
        Assert.Equal([9223372036854775807d, 0.5, 2, 1], targets.Select(target => target.Min));
        Assert.Equal([9223372036854775807d, 3, 5, 2], targets.Select(target => target.Max));
    }

    [Fact]
    public void What_the_agent_is_told_is_read()
    {
        Assert.Equal("g", Document.LogGroupName);
        Assert.Null(Document.LogStreamName);
        Assert.Equal(1_700_000_000_123, Document.Time.ToUnixTimeMilliseconds());
    }
}
