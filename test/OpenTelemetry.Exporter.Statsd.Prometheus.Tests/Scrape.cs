using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>A real provider scraped without HTTP.</summary>
internal sealed class Scrape : IDisposable
{
    private readonly List<Meter> meters = [];

    public Scrape(
        Action<PrometheusAspNetCoreOptions>? options = null,
        Action<MeterProviderBuilder>? metrics = null,
        Dictionary<string, object>? resource = null)
    {
        Prefix = $"t{Guid.NewGuid():N}.";
        var builder = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Prefix + "*")
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(resource ?? []));
        metrics?.Invoke(builder);
        Provider = builder
            .AddPrometheusExporter(o =>
            {
                o.ScrapeResponseCacheDurationMilliseconds = 0;
                o.TargetInfoEnabled = resource is not null;
                options?.Invoke(o);
            })
            .Build();
    }

    public MeterProvider Provider { get; }

    /// <summary>What the names of this provider's meters begin with; <see cref="TextAsync"/> takes it out again.</summary>
    public string Prefix { get; }

    public Meter Meter(string name = "m", string? version = null, IEnumerable<KeyValuePair<string, object?>>? tags = null)
    {
        var meter = new Meter(new MeterOptions(Prefix + name) { Version = version, Tags = tags });
        meters.Add(meter);
        return meter;
    }

    public async Task<byte[]> BytesAsync()
    {
        var exporter = ExporterRegistry.Find(Provider, string.Empty);
        Assert.NotNull(exporter);
        using var response = await exporter.ScrapeAsync(TextFormat004.Instance, TestContext.Current.CancellationToken);
        Assert.True(response.Failure is null, response.Failure?.Reason);
        var bytes = response.Body.Segments.SelectMany(segment => segment.ToArray()).ToArray();
        Assert.Equal(response.Body.Length, bytes.Length);
        return bytes;
    }

    /// <summary>For properties, which are synchronous. Nothing else scrapes, so nothing is waited for.</summary>
    public byte[] Bytes() => BytesAsync().GetAwaiter().GetResult();

    public async Task<string> TextAsync() =>
        Encoding.UTF8.GetString(await BytesAsync()).Replace(Prefix, string.Empty, StringComparison.Ordinal);

    public async Task<List<Family>> FamiliesAsync() => TextParser.Parse(await BytesAsync());

    public void Dispose()
    {
        Provider.Dispose();
        meters.ForEach(meter => meter.Dispose());
    }
}
