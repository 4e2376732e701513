using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>How the response goes through what lies between the endpoint and the scraper.</summary>
public sealed class ResponseTests
{
    public static TheoryData<object> Syntaxes => [.. Exposed.Syntaxes.Cast<object>()];

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Head_has_the_headers_and_no_body(object syntax)
    {
        await using var sample = await SampleApp.StartAsync(app => app.MapPrometheusScrapingEndpoint());
        using var get = await sample.SendAsync(Exposed.Request((ExpositionSyntax)syntax, "gzip"));
        using var head = await sample.SendAsync(Exposed.Request((ExpositionSyntax)syntax, "gzip", HttpMethod.Head));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(["gzip"], head.Content.Headers.ContentEncoding);
        Assert.Equal(get.Headers.Vary, head.Headers.Vary);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Disabled_sdk_gives_an_exposition_without_metrics(object syntax)
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(),
            app => app.MapPrometheusScrapingEndpoint(),
            [new("OTEL_SDK_DISABLED", "true")]);
        using var request = Exposed.Request((ExpositionSyntax)syntax);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Exposed.Accept((ExpositionSyntax)syntax).Split(';')[0], response.Content.Headers.ContentType!.MediaType);
        Assert.Empty(Exposed.Parse((ExpositionSyntax)syntax, body));
        Assert.Equal((ExpositionSyntax)syntax is ExpositionSyntax.OpenMetrics001 or ExpositionSyntax.OpenMetrics100 ? 6 : 0, body.Length);
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Exposition_of_nothing_is_whole_in_every_coding(object syntax)
    {
        using var meter = TestApp.CreateMeter();
        meter.CreateCounter<int>("nothing");
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options => options.TargetInfoEnabled = false),
            app => app.MapPrometheusScrapingEndpoint());

        foreach (var coding in (string?[])[null, "gzip", "br"])
        {
            Assert.Empty(Exposed.Parse((ExpositionSyntax)syntax, await app.GetBytesAsync((ExpositionSyntax)syntax, coding)));
        }
    }

    /// <remarks>Of what is kept ready for a piece they need twice as much, and more.</remarks>
    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Points_of_any_size_come_through(object syntax)
    {
        int[] lengths = [1, 40_000, 2, 70_000, 300_000, 3, 50_000, 4];
        using var meter = TestApp.CreateMeter();
        var gauge = meter.CreateGauge<int>("size");
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(), app => app.MapPrometheusScrapingEndpoint());
        Array.ForEach(lengths, length => gauge.Record(length, new KeyValuePair<string, object?>("text", new string('x', length))));

        foreach (var coding in (string?[])[null, "gzip", "br"])
        {
            var families = Exposed.Parse((ExpositionSyntax)syntax, await app.GetBytesAsync((ExpositionSyntax)syntax, coding));
            var samples = families.Single(family => family.Name == "size").Samples;
            Assert.Equal(lengths.Order(), samples.Select(sample => sample.Labels["text"].Length).Order());
            Assert.All(samples, sample => Assert.Equal(sample.Value, sample.Labels["text"].Length));
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Http_1_0_ends_the_body_with_the_connection(object syntax)
    {
        await using var sample = await SampleApp.StartAsync(app => app.MapPrometheusScrapingEndpoint());
        using var scraper = await RawScraper.SendAsync(sample.App, $"Accept: {Exposed.Accept((ExpositionSyntax)syntax)}\r\n", version: "1.0");
        var (text, isReset) = await scraper.ReadToEndAsync();

        Assert.False(isReset);
        var split = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", text[..split], StringComparison.OrdinalIgnoreCase);
        SampleApp.Verify((ExpositionSyntax)syntax, System.Text.Encoding.Latin1.GetBytes(text[(split + 4)..]));
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Http_2_carries_all_formats_compressed_or_not(object syntax)
    {
        await using var sample = await SampleApp.StartAsync(
            app => app.MapPrometheusScrapingEndpoint(),
            services => services.Configure<KestrelServerOptions>(options =>
                options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)));
        foreach (var coding in new[] { null, "gzip", "br" })
        {
            using var request = Exposed.Request((ExpositionSyntax)syntax, coding);
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            using var response = await sample.SendAsync(request);
            Assert.Equal(HttpVersion.Version20, response.Version);
            SampleApp.Verify(
                (ExpositionSyntax)syntax,
                Exposed.Decompress(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), coding));
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes), DisableDiscoveryEnumeration = true)]
    public async Task Body_may_be_replaced_by_a_buffer(object syntax)
    {
        await using var sample = await SampleApp.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                var body = context.Response.Body;
                using var buffer = new MemoryStream();
                context.Response.Body = buffer;
                await next(context);
                context.Response.Body = body;
                context.Response.ContentLength = buffer.Length;
                await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
            });
            app.MapPrometheusScrapingEndpoint();
        });
        foreach (var coding in new[] { null, "gzip", "br" })
        {
            SampleApp.Verify((ExpositionSyntax)syntax, await sample.App.GetBytesAsync((ExpositionSyntax)syntax, coding));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData(null)]
    public async Task Compressing_middleware_does_not_compress_twice(string? coding)
    {
        await using var sample = await SampleApp.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.MapPrometheusScrapingEndpoint();
            },
            services => services.AddResponseCompression());
        foreach (var syntax in Exposed.Syntaxes)
        {
            SampleApp.Verify(syntax, await sample.App.GetBytesAsync(syntax, coding));
        }
    }

    [Fact]
    public async Task Coding_that_only_middleware_knows_is_left_to_it()
    {
        await using var sample = await SampleApp.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.MapPrometheusScrapingEndpoint();
            },
            services => services.AddResponseCompression(options => options.Providers.Add(new Reversing())));
        using var response = await sample.SendAsync(Exposed.Request(ExpositionSyntax.Text004, "zstd"));
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["zstd"], response.Content.Headers.ContentEncoding);
        SampleApp.Verify(ExpositionSyntax.Text004, [.. body.Select(part => (byte)~part)]);
    }

    /// <summary>Stands for a coding that .NET does not have.</summary>
    private sealed class Reversing : ICompressionProvider
    {
        public string EncodingName => "zstd";

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new ReversingStream(outputStream);

        private sealed class ReversingStream(Stream output) : Stream
        {
            public override bool CanRead => false;

            public override bool CanSeek => false;

            public override bool CanWrite => true;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override void Flush() => output.Flush();

            public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
                WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
                output.WriteAsync(buffer.ToArray().Select(part => (byte)~part).ToArray(), cancellationToken);
        }
    }

    /// <summary>An application with a response of several pieces.</summary>
    private sealed class SampleApp : IAsyncDisposable
    {
        private const int Series = 1500;

        private readonly System.Diagnostics.Metrics.Meter meter = TestApp.CreateMeter();

        public TestApp App { get; private set; } = null!;

        public static async Task<SampleApp> StartAsync(Action<WebApplication> pipeline, Action<IServiceCollection>? services = null)
        {
            var sample = new SampleApp();
            sample.App = await TestApp.StartAsync(
                metrics => metrics.AddMeter(sample.meter.Name).AddPrometheusExporter(),
                pipeline,
                services: (collection, _) => services?.Invoke(collection));
            var counter = sample.meter.CreateCounter<long>("c");
            for (var number = 0; number < Series; number++)
            {
                counter.Add(number, new KeyValuePair<string, object?>("n", number));
            }

            return sample;
        }

        public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            using (request)
            {
                return await App.Client.SendAsync(request, TestContext.Current.CancellationToken);
            }
        }

        public static void Verify(ExpositionSyntax syntax, byte[] body)
        {
            var samples = Exposed.Parse(syntax, body).Single(family => family.Type == "counter").Samples;
            Assert.Equal(Series, samples.Count);
            Assert.Equal(Enumerable.Range(0, Series).Sum(), samples.Sum(sample => sample.Value));
        }

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            meter.Dispose();
        }
    }
}
