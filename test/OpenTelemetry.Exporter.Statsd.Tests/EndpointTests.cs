using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Which texts are endpoints, and what they mean.</summary>
public sealed class EndpointTests
{
    private static readonly string[] Beginnings =
    [
        "udp://", "UDP://", "tcp://", "unix://", "unix:///", "unixgram:///", "unixstream:///", "pipe://", @"\\.\pipe\", "stdout:", "udp:", "://", "[",
        string.Empty,
    ];

    private static readonly string[] Ends = [":8125", ":0", ":-1", ":65536", "]:1", "]", ":", "/", string.Empty];

    private static readonly Gen<Endpoint> Endpoints = Gen.OneOf(
        from kind in Gen.Elements(EndpointKind.Udp, EndpointKind.Tcp)
        from host in Gen.Elements("agent", "my_agent", "dd.svc.cluster.local.", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1")
        from port in Gen.Choose(1, 65_535)
        select new Endpoint(kind, host, port, string.Empty),
        from kind in Gen.Elements(EndpointKind.UnixDatagram, EndpointKind.UnixStream)
        from name in HostileText.Any
        where name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= 106
        select new Endpoint(kind, string.Empty, 0, "/" + name),
        from name in HostileText.Any
        where name.Length is > 0 and < 248 && !name.AsSpan().ContainsAny('\0', '/', '\\')
        select new Endpoint(EndpointKind.NamedPipe, string.Empty, 0, name),
        Gen.Constant(new Endpoint(EndpointKind.StandardOutput, string.Empty, 0, string.Empty)));

    [Theory]
    [InlineData("udp://agent:9125", "Udp", "agent", 9125, "")]
    [InlineData("UDP://agent", "Udp", "agent", 8125, "")]
    [InlineData("udp://my_agent", "Udp", "my_agent", 8125, "")]
    [InlineData("udp://127.0.0.1:1", "Udp", "127.0.0.1", 1, "")]
    [InlineData("udp://[::1]:65535", "Udp", "::1", 65_535, "")]
    [InlineData("tcp://[fe80::1%eth0]", "Tcp", "fe80::1%eth0", 8125, "")]
    [InlineData("Tcp://statsd.internal:8126", "Tcp", "statsd.internal", 8126, "")]
    [InlineData("unix:///var/run/datadog/dsd.socket", "UnixDatagram", "", 0, "/var/run/datadog/dsd.socket")]
    [InlineData("unixgram:///a b/%20:é", "UnixDatagram", "", 0, "/a b/%20:é")]
    [InlineData("UnixStream:///var/run/dsd", "UnixStream", "", 0, "/var/run/dsd")]
    [InlineData("unix:////x", "UnixDatagram", "", 0, "//x")]
    [InlineData("pipe://dogstatsd", "NamedPipe", "", 0, "dogstatsd")]
    [InlineData(@"\\.\pipe\dogstatsd", "NamedPipe", "", 0, "dogstatsd")]
    [InlineData(@"\\.\PIPE\a b", "NamedPipe", "", 0, "a b")]
    [InlineData("stdout:", "StandardOutput", "", 0, "")]
    [InlineData("STDOUT:", "StandardOutput", "", 0, "")]
    public void Valid(string text, string kind, string host, int port, string path)
    {
        Assert.True(Endpoint.TryParse(text, out var endpoint));
        Assert.Equal(new Endpoint(Enum.Parse<EndpointKind>(kind), host, port, path), endpoint);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("agent")]
    [InlineData("agent:8125")]
    [InlineData("://agent")]
    [InlineData("http://agent")]
    [InlineData("unixgra://x")]
    [InlineData("udp:agent")]
    [InlineData("udp:/agent")]
    [InlineData("udp://")]
    [InlineData("udp://:8125")]
    [InlineData("udp://agent:")]
    [InlineData("udp://agent:0")]
    [InlineData("udp://agent:65536")]
    [InlineData("udp://agent:+1")]
    [InlineData("udp://agent: 1")]
    [InlineData("udp://agent:1/")]
    [InlineData("udp://a b")]
    [InlineData("udp://me@agent")]
    [InlineData("udp://::1")]
    [InlineData("udp://[::1")]
    [InlineData("udp://[::1]8125")]
    [InlineData("udp://[agent]:1")]
    [InlineData("udp://[[::1]]")]
    [InlineData("udp://]")]
    [InlineData("tcp://")]
    [InlineData("tcp://agent:x")]
    [InlineData("unix://")]
    [InlineData("unix:///")]
    [InlineData("unix://path/dsd")]
    [InlineData("unix:/path/dsd")]
    [InlineData("unix://@abstract")]
    [InlineData("unixstream:///a\0b")]
    [InlineData("pipe://")]
    [InlineData("pipe://a/b")]
    [InlineData(@"pipe://a\b")]
    [InlineData("pipe://a\0")]
    [InlineData("pipe://Anonymous")]
    [InlineData(@"\\.\pipe\")]
    [InlineData(@"\\server\pipe\x")]
    [InlineData("stdout")]
    [InlineData("stdout:x")]
    [InlineData("stdout://")]
    public void Invalid(string? text)
    {
        Assert.False(Endpoint.TryParse(text, out var endpoint));
        Assert.Null(endpoint);
    }

    [Theory]
    [InlineData('a', 106)]
    [InlineData('\u00e9', 53)]
    public void A_path_fits_the_address_of_a_socket(char letter, int longest)
    {
        Assert.True(Endpoint.TryParse("unix:///" + new string(letter, longest), out _));
        Assert.False(Endpoint.TryParse("unix:///" + new string(letter, longest + 1), out _));
    }

    [Fact]
    public void A_pipes_full_name_has_at_most_256_characters()
    {
        Assert.True(Endpoint.TryParse("pipe://" + new string('p', 247), out _));
        Assert.False(Endpoint.TryParse("pipe://" + new string('p', 248), out _));
    }

    [Theory]
    [InlineData("udp://h", nameof(PacketFraming.Datagram), 1432)]
    [InlineData("unix:///s", nameof(PacketFraming.Datagram), 8192)]
    [InlineData("unixgram:///s", nameof(PacketFraming.Datagram), 8192)]
    [InlineData("unixstream:///s", nameof(PacketFraming.LengthPrefix), 8192)]
    [InlineData("tcp://h", nameof(PacketFraming.LineFeed), 8192)]
    [InlineData("pipe://p", nameof(PacketFraming.LineFeed), 1432)]
    [InlineData("stdout:", nameof(PacketFraming.LineFeed), 4095)]
    public void A_transport_has_a_framing_and_a_packet_size(string text, string framing, int maxPacketBytes)
    {
        Assert.True(Endpoint.TryParse(text, out var endpoint));
        Assert.Equal(framing, endpoint.Framing.ToString());
        Assert.Equal(maxPacketBytes, endpoint.DefaultMaxPacketBytes);
        Assert.Equal(maxPacketBytes, new StatsdExporterOptions { Endpoint = text }.ToSettings().Delivery.MaxPacketBytes);
    }

    [Theory]
    [InlineData("UDP://agent", "udp://agent:8125")]
    [InlineData("udp://[::1]:1", "udp://[::1]:1")]
    [InlineData("tcp://agent:1", "tcp://agent:1")]
    [InlineData("unixgram:///s", "unix:///s")]
    [InlineData("unixstream:///s", "unixstream:///s")]
    [InlineData(@"\\.\pipe\p", "pipe://p")]
    [InlineData("Stdout:", "stdout:")]
    public void An_endpoint_is_written_in_one_form(string text, string canonical)
    {
        Assert.True(Endpoint.TryParse(text, out var endpoint));
        Assert.Equal(canonical, endpoint.ToString());
    }

    [Fact]
    public void What_an_endpoint_writes_it_reads_back() => Prop.ForAll(Endpoints.ToArbitrary(), endpoint =>
    {
        Assert.True(Endpoint.TryParse(endpoint.ToString(), out var again), endpoint.ToString());
        Assert.Equal(endpoint, again);
    }).Check(RandomCases.Of(5_000));

    [Fact]
    public void No_text_throws_and_what_is_read_is_within_bounds()
    {
        var texts = from beginning in Gen.Elements(Beginnings)
                    from middle in HostileText.Any
                    from end in Gen.Elements(Ends)
                    select beginning + middle + end;
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            if (!Endpoint.TryParse(text, out var endpoint))
            {
                return;
            }

            var hasHost = endpoint.Kind is EndpointKind.Udp or EndpointKind.Tcp;
            Assert.Equal(hasHost, endpoint.Host.Length > 0);
            Assert.InRange(endpoint.Port, hasHost ? 1 : 0, hasHost ? 65_535 : 0);
            Assert.InRange(Encoding.UTF8.GetByteCount(endpoint.Path), 0, endpoint.Kind == EndpointKind.NamedPipe ? 247 * 3 : 107);
            Assert.True(Endpoint.TryParse(endpoint.ToString(), out var again));
            Assert.Equal(endpoint, again);
        }).Check(RandomCases.Of(20_000));
    }
}
