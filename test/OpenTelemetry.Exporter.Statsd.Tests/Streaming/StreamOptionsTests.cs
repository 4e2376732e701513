using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

public sealed class StreamOptionsTests
{
    [Theory]
    [InlineData("StreamFlushInterval is '00:00:00'. Valid: 00:00:00.0010000 to 00:00:10.")]
    [InlineData("MaxStreamBufferBytes is '262143'. Valid: 262144 to 1073741824 bytes.")]
    [InlineData("MaxStreamPacketsPerSecond is '0'. Valid: 1 to 10000000 packets.")]
    [InlineData("Stream(\"\", \"x\").Meter is ''. Valid: a name that is not empty, in which * stands for any characters.")]
    [InlineData("Stream(\"x\", \"\").Instrument is ''. Valid: a name that is not empty, in which * stands for any characters.")]
    [InlineData("Stream(\"a\", \"b\").Priority is '7'. Valid: Low, Normal, High.")]
    [InlineData("Stream(\"a\", \"b\").SampleOneIn is '0'. Valid: 1 to 1000000.")]
    [InlineData("Stream(\"a\", \"b\").CardinalityLimit is '100001'. Valid: 1 to 100000 series.")]
    public void What_is_not_valid_is_said_with_what_would_be(string message)
    {
        var options = new StatsdExporterOptions
        {
            Endpoint = "udp://127.0.0.1:8125",
            StreamFlushInterval = TimeSpan.Zero,
            MaxStreamBufferBytes = 262_143,
            MaxStreamPacketsPerSecond = 0,
        };
        options.Stream(string.Empty, "x").Stream("x", string.Empty).Stream("a", "b", stream =>
        {
            stream.Priority = (StreamPriority)7;
            stream.SampleOneIn = 0;
            stream.CardinalityLimit = 100_001;
        });
        var result = new StatsdExporterOptionsValidator().Validate(Options.DefaultName, options);
        Assert.Contains($"StatsdExporterOptions: {message}", result.Failures!);
        Assert.Equal(8, result.Failures!.Count());
    }

    [Fact]
    public void The_bounds_are_valid()
    {
        var options = new StatsdExporterOptions
        {
            Endpoint = "udp://127.0.0.1:8125",
            StreamFlushInterval = TimeSpan.FromSeconds(10),
            MaxStreamBufferBytes = 262_144,
            MaxStreamPacketsPerSecond = 1,
        };
        options.Stream("*", "*", stream => (stream.Priority, stream.SampleOneIn, stream.CardinalityLimit) = (StreamPriority.High, 1_000_000, 100_000));
        Assert.True(new StatsdExporterOptionsValidator().Validate(Options.DefaultName, options).Succeeded);
        var settings = options.ToSettings();
        var lanes = options.ToStreamSettings(settings.Delivery)!.CreateLanes();
        Assert.InRange(lanes.MemoryBytes, 1, 300_000);
    }

    [Fact]
    public void To_drop_from_the_SDK_what_is_streamed_needs_something_that_is()
    {
        var options = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:8125", DropStreamedFromSdk = true };
        Assert.Equal(
            ["StatsdExporterOptions: DropStreamedFromSdk is 'True'. Valid: False, unless Stream says what is streamed."],
            new StatsdExporterOptionsValidator().Validate(Options.DefaultName, options).Failures!);
        options.Stream("a");
        Assert.True(new StatsdExporterOptionsValidator().Validate(Options.DefaultName, options).Succeeded);
    }

    [Fact]
    public void Without_a_call_of_Stream_nothing_is_streamed() =>
        Assert.Null(new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:8125" }.ToStreamSettings(
            new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:8125" }.ToSettings().Delivery));
}
