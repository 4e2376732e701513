using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
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

    public async Task<byte[]> BytesAsync(
        ExpositionSyntax syntax = ExpositionSyntax.Text004,
        EscapingScheme escaping = EscapingScheme.Underscores)
    {
        var exporter = ScrapeReaders.Find(Provider, string.Empty)?.Exporter;
        Assert.NotNull(exporter);
        using var scrape = await exporter.ScrapeAsync(
            exporter.FormatOf(new(syntax, escaping)), TestContext.Current.CancellationToken);
        Assert.True(scrape.Failure is null, scrape.Failure?.Reason);
        using var body = new MemoryStream();
        await ExpositionStream.WriteAsync(scrape.CreateWriter(), body, TestContext.Current.CancellationToken);
        return body.ToArray();
    }

    /// <summary>For properties, which are synchronous. Nothing else scrapes, so nothing is waited for.</summary>
    public byte[] Bytes(
        ExpositionSyntax syntax = ExpositionSyntax.Text004,
        EscapingScheme escaping = EscapingScheme.Underscores) =>
        Task.Run(() => BytesAsync(syntax, escaping)).GetAwaiter().GetResult();

    public async Task<string> TextAsync(
        ExpositionSyntax syntax = ExpositionSyntax.Text004,
        EscapingScheme escaping = EscapingScheme.Underscores) =>
        Encoding.UTF8.GetString(await BytesAsync(syntax, escaping)).Replace(Prefix, string.Empty, StringComparison.Ordinal);

    public async Task<List<Family>> FamiliesAsync() => TextParser.Parse(await BytesAsync());

    public void Dispose()
    {
        Provider.Dispose();
        meters.ForEach(meter => meter.Dispose());
    }
}
