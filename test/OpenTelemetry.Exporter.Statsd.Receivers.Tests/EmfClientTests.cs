using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Our documents beside those of AWS's own client, of the same metrics.</summary>
public sealed class EmfClientTests
{
    private static readonly ReceiverOptions Agent = new() { ReadsAsCloudWatchAgent = true };

    private readonly DateTimeOffset started = DateTimeOffset.UtcNow;

    /// <remarks>
    /// What may differ: the client writes <c>_aws</c> behind dimensions and members, dimensions in the order given, and metrics of high resolution
    /// first; we write <c>_aws</c> first, dimensions in the order of their characters, and metrics in that of the SDK.
    /// </remarks>
    [Fact]
    public void A_document_says_the_same_as_that_of_the_client()
    {
        var theirs = TheirDocument();
        var ours = OurDocument();
        Assert.Empty(EmfValidator.Violations(ours));
        Assert.StartsWith("{\"_aws\":{\"Timestamp\":", System.Text.Encoding.UTF8.GetString(ours), StringComparison.Ordinal);
        Assert.Equal(Canonical(theirs), Canonical(ours));
    }

    private static byte[] TheirDocument()
    {
        var folder = Receiver.Folder("emf");
        if (!Directory.Exists(Path.Combine(folder, "node_modules/aws-embedded-metrics")))
        {
            Receiver.Missing("AWS's client is not installed: run build/test.sh, or npm ci in build/receivers/emf");
        }

        using var agent = new TcpReceiver(options: Agent);
        using var client = Process.Start(Receiver.Require("node"), [Path.Combine(folder, "client.js"), agent.Address]);
        try
        {
            return agent.WaitFor(1, TimeSpan.FromMinutes(2))[0];
        }
        finally
        {
            client.Kill();
            client.WaitForExit();
        }
    }

    private static byte[] OurDocument()
    {
        using var agent = new TcpReceiver(options: Agent);
        using var meter = new Meter("emf-client");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddEmfExporter(options =>
            {
                options.Endpoint = agent.Address;
                options.Namespace = "shop";
                options.LogGroupName = "till-metrics";
                options.LogStreamName = "stream";
                options.ExcludedDimensions.Add("note");
                options.HighResolutionMetrics.Add("took");
            })
            .Build();
        KeyValuePair<string, object?>[] attributes = [new("route", "/"), new("host", "a"), new("note", "x")];
        meter.CreateCounter<long>("requests", "{request}").Add(3, attributes);
        meter.CreateGauge<double>("took", "ms").Record(12.5, attributes);
        Assert.True(provider.ForceFlush());
        return Assert.Single(agent.WaitFor(1));
    }

    /// <summary>A document without its time, and without any order of its own.</summary>
    private string Canonical(byte[] document)
    {
        var root = JsonNode.Parse(document)!;
        var time = root["_aws"]!["Timestamp"]!.GetValue<long>();
        Assert.InRange(time, started.AddMinutes(-1).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        root["_aws"]!["Timestamp"] = 0;
        return Sorted(root)!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]),
        _ => node?.DeepClone(),
    };
}
