namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>How long, how many and how large options may be.</summary>
public sealed class EmfOptionBoundsTests
{
    [Fact]
    public void A_text_may_be_as_long_as_CloudWatch_takes_it()
    {
        var options = Valid();
        options.Namespace = new string('n', 255);
        options.LogGroupName = options.LogStreamName = new string('n', 512);
        Assert.Empty(Failures(options));
        options.Namespace += 'n';
        Assert.Single(Failures(options));
        options.LogGroupName += 'n';
        Assert.Equal(2, Failures(options).Length);
        options.LogStreamName += 'n';
        Assert.Equal(3, Failures(options).Length);
    }

    [Fact]
    public void Dimensions_may_be_as_long_and_as_many_as_CloudWatch_takes_them()
    {
        var options = Valid();
        options.Dimensions[new string('n', 250)] = new string('v', 1024);
        foreach (var i in Enumerable.Range(0, 29))
        {
            options.ResourceDimensions[$"attribute.{i}"] = $"dimension.{i}";
        }

        // One of the resource gives way to a constant of its name.
        options.Dimensions["dimension.0"] = "constant";
        options.UseDimensionSets("*", [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 30).Select(i => $"{i}").ToArray())]);
        Assert.Empty(Failures(options));

        options.Dimensions["one.more"] = "x";
        options.UseDimensionSets("*", [.. Enumerable.Range(0, 31).Select(i => $"{i}")]);
        Assert.Equal(
            [
                "EmfExporterOptions: Dimensions is '31 dimensions'. Valid: at most 30 with those of ResourceDimensions.",
                $"EmfExporterOptions: UseDimensionSets(\"*\") is '{string.Join(", ", Enumerable.Range(0, 31))}'. "
                    + "Valid: at most 30 names that are not empty, none twice.",
            ],
            Failures(options));

        options = Valid();
        options.Dimensions[new string('n', 251)] = "x";
        options.Dimensions["n"] = new string('v', 1025);
        options.ResourceDimensions["a"] = new string('n', 251);
        Assert.Equal(3, Failures(options).Length);
    }

    [Theory]
    [InlineData("udp://127.0.0.1", 65_507)]
    [InlineData("unix:///run/emf.socket", 65_507)]
    [InlineData("unixstream:///run/emf.socket", 262_118)]
    [InlineData("tcp://127.0.0.1", 262_118)]
    [InlineData("pipe://emf", 262_118)]
    [InlineData("stdout:", 262_118)]
    public void The_transport_bounds_a_packet_and_the_buffer_holds_four(string endpoint, int largest)
    {
        var options = new EmfExporterOptions { Endpoint = endpoint, MaxBufferBytes = 4 * largest };
        Assert.Empty(Failures(options));
        options.MaxPacketBytes = largest;
        Assert.Empty(Failures(options));

        options.MaxBufferBytes--;
        Assert.StartsWith(
            $"EmfExporterOptions: MaxBufferBytes is '{(4 * largest) - 1}'. Valid: {4 * largest} to", Assert.Single(Failures(options)), StringComparison.Ordinal);
        options.MaxPacketBytes = null;
        Assert.StartsWith(
            $"EmfExporterOptions: MaxBufferBytes is '{(4 * largest) - 1}'. Valid: {4 * largest} to", Assert.Single(Failures(options)), StringComparison.Ordinal);

        options.MaxBufferBytes = 4 * largest;
        options.MaxPacketBytes = largest + 1;
        Assert.Equal(
            [$"EmfExporterOptions: MaxPacketBytes is '{largest + 1}'. Valid: 1024 to {largest} bytes."], Failures(options));
    }

    [Fact]
    public void The_smallest_buffer_is_65536_bytes()
    {
        var options = new EmfExporterOptions { Endpoint = "tcp://agent", MaxPacketBytes = 16_384, MaxBufferBytes = 65_536 };
        Assert.Empty(Failures(options));
        options.MaxPacketBytes = 1024;
        options.MaxBufferBytes = 65_535;
        Assert.Contains("Valid: 65536 to 1073741824 bytes", Assert.Single(Failures(options)), StringComparison.Ordinal);
    }

    private static EmfExporterOptions Valid() => new() { Endpoint = "tcp://127.0.0.1" };

    private static string[] Failures(EmfExporterOptions options) => [.. new EmfExporterOptionsValidator().Validate(null, options).Failures ?? []];
}
