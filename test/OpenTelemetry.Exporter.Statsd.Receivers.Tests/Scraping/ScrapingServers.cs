using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>
/// Programs with every kind of instrument and servers that scrape all of them, for several classes of tests: a server takes seconds
/// until it scrapes, and is at its tests' service from then on.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ScrapingServers : ICollectionFixture<ScrapingServers>, IAsyncLifetime
{
    public const string Name = "Scraping servers";

    /// <summary>The job of the program with hostile names.</summary>
    internal const string HostileJob = "hostile";

    /// <summary>The job of the same program with names as they are.</summary>
    internal const string UntranslatedHostileJob = "hostile-untranslated";

    /// <summary>The job of the program whose native histograms have classic buckets as well, and the smallest and largest values.</summary>
    internal const string BothJob = "both";

    /// <summary>The job of the same program for a server that asks for protobuf and takes no native histograms, but is told to take classic ones.</summary>
    internal const string ClassicJob = "classic";

    /// <summary>The job of a program that has nothing to expose.</summary>
    internal const string NothingJob = "nothing";

    internal const string Token = "t0ken~/+=";
    internal const string Password = "p:ä s";

    /// <summary>What jobs present to a program that wants a credential, as settings of the job.</summary>
    internal static readonly Dictionary<string, string[]> Credentials = new()
    {
        ["token"] = [$"authorization: {{ credentials: '{Token}' }}"],
        ["wrong-token"] = [$"authorization: {{ credentials: '{Token}x' }}"],
        ["password"] = [$"basic_auth: {{ username: user, password: '{Password}' }}"],
        ["wrong-password"] = [$"basic_auth: {{ username: user, password: '{Password}x' }}"],
        ["no-credential"] = [],
    };

    private const string VictoriaMetrics = "victoria-metrics";

    internal static readonly PrometheusAspNetCoreTranslationStrategy[] Strategies = Enum.GetValues<PrometheusAspNetCoreTranslationStrategy>();

    private readonly Dictionary<PrometheusAspNetCoreTranslationStrategy, EveryKind> programs = [];
    private readonly Dictionary<(ReceiverVersion Version, bool HasNative), PrometheusServer> servers = [];

    private PrometheusServer? victoriaMetrics;

    /// <summary>The program whose options are the default.</summary>
    internal EveryKind Program => programs[PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes];


    internal HostileProgram Hostile { get; private set; } = null!;

    private EveryKind Both { get; set; } = null!;

    private EveryKind Guarded { get; set; } = null!;

    private HostileProgram UntranslatedHostile { get; set; } = null!;

    private PrometheusApp Nothing { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var strategy in Strategies)
        {
            programs.Add(strategy, await EveryKind.StartAsync(options => options.TranslationStrategy = strategy));
        }

        Both = await EveryKind.StartAsync(options =>
        {
            options.NativeHistogramsWithClassicBuckets = true;
            options.HistogramMinMaxEnabled = true;
        });
        Guarded = await EveryKind.StartAsync(options =>
        {
            options.BearerToken = Token;
            options.BasicCredentials = $"user:{Password}";
        });
        Hostile = await HostileProgram.StartAsync(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes);
        UntranslatedHostile = await HostileProgram.StartAsync(PrometheusAspNetCoreTranslationStrategy.NoTranslation);
        Nothing = await PrometheusApp.StartAsync(
            metrics => metrics.ConfigureServices(services => services.Configure<PrometheusAspNetCoreOptions>(options => options.TargetInfoEnabled = false)));
        Start(ReceiverVersion.Installed, "exemplar-storage", hasNative: false, ScrapeFormat.OpenMetrics1);
        Start(ReceiverVersion.Installed, "exemplar-storage,native-histograms", hasNative: true, ScrapeFormat.Protobuf);
        Start(
            ReceiverVersion.Trixie,
            "exemplar-storage",
            hasNative: false,
            ScrapeFormat.OpenMetrics1,
            ScrapeFormat.OpenMetrics0,
            ScrapeFormat.Text0);
        Start(
            ReceiverVersion.Trixie,
            "exemplar-storage,native-histograms,created-timestamp-zero-ingestion",
            hasNative: true,
            ScrapeFormat.Protobuf);
        Start(
            ReceiverVersion.Sid,
            "exemplar-storage",
            hasNative: false,
            ScrapeFormat.OpenMetrics1,
            ScrapeFormat.OpenMetrics0,
            ScrapeFormat.Text1,
            ScrapeFormat.Text0);
        Start(
            ReceiverVersion.Sid,
            "exemplar-storage,native-histograms,created-timestamp-zero-ingestion",
            hasNative: true,
            ScrapeFormat.Protobuf);
        if (Receiver.Find(VictoriaMetrics, ReceiverVersion.Sid) is { } executable)
        {
            victoriaMetrics = PrometheusServer.StartVictoriaMetrics(
                executable,
                [
                    new ScrapeJob(BothJob, Both.App.Address),
                    new ScrapeJob(HostileJob, Hostile.App.Address),
                    new ScrapeJob(NothingJob, Nothing.Address),
                ]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values)
        {
            await server.DisposeAsync();
        }

        if (victoriaMetrics is not null)
        {
            await victoriaMetrics.DisposeAsync();
        }

        foreach (var program in programs.Values)
        {
            await program.DisposeAsync();
        }

        await Both.DisposeAsync();
        await Guarded.DisposeAsync();
        await Hostile.DisposeAsync();
        await UntranslatedHostile.DisposeAsync();
        await Nothing.DisposeAsync();
    }

    /// <summary>The server of a version that asks for protobuf first, and so for native histograms, or the one that does not.</summary>
    internal PrometheusServer Get(ReceiverVersion version, bool hasNative)
    {
        Receiver.Require("prometheus", version);
        return servers[(version, hasNative)];
    }

    /// <summary>
    /// The server of another make, which asks for text 0.0.4, with <see cref="BothJob"/>, <see cref="HostileJob"/> and <see cref="NothingJob"/>.
    /// </summary>
    internal PrometheusServer GetVictoriaMetrics()
    {
        Receiver.Require(VictoriaMetrics, ReceiverVersion.Sid);
        return victoriaMetrics!;
    }

    /// <summary>A program as a server scrapes it in some format.</summary>
    /// <remarks>The newest version asks for names as they are in some formats, of which protobuf is none.</remarks>
    internal Scraped Get(ReceiverVersion version, ScrapeFormat format, PrometheusAspNetCoreTranslationStrategy strategy) => new(
        Get(version, format == ScrapeFormat.Protobuf),
        Job(strategy, format),
        programs[strategy],
        new Spelling(strategy, IsUtf8: version == ReceiverVersion.Sid && format is ScrapeFormat.Text1 or ScrapeFormat.OpenMetrics1));

    /// <summary>The program whose native histograms have classic buckets as well, and the smallest and largest values.</summary>
    internal Scraped GetBoth(ReceiverVersion version, bool hasNative) => new(
        Get(version, hasNative), BothJob, Both, new Spelling(PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, IsUtf8: false));

    /// <summary>What makes a version store the classic buckets that are beside native ones; nothing the oldest.</summary>
    private static string[] ClassicToo(ReceiverVersion version) => version switch
    {
        ReceiverVersion.Trixie => ["scrape_classic_histograms: true"],
        ReceiverVersion.Sid => ["always_scrape_classic_histograms: true"],
        _ => [],
    };

    private static string Job(PrometheusAspNetCoreTranslationStrategy strategy, ScrapeFormat format) => $"{strategy}-{format}";

    /// <summary>What makes a newer version ask for a format that it would not ask for first.</summary>
    private static string[] Protocol(ScrapeFormat format) => format switch
    {
        ScrapeFormat.OpenMetrics0 => ["scrape_protocols: [ OpenMetricsText0.0.1 ]"],
        ScrapeFormat.Text0 => ["scrape_protocols: [ PrometheusText0.0.4 ]"],
        ScrapeFormat.Text1 => ["scrape_protocols: [ PrometheusText1.0.0 ]"],
        _ => [],
    };

    private void Start(ReceiverVersion version, string features, bool hasNative, params ScrapeFormat[] formats)
    {
        if (Receiver.Find("prometheus", version) is not { } executable)
        {
            return;
        }

        var classicToo = ClassicToo(version);
        IEnumerable<ScrapeJob> jobs =
        [
            .. from program in programs
               from format in formats
               select new ScrapeJob(Job(program.Key, format), program.Value.App.Address, Protocol(format)),
            new ScrapeJob(BothJob, Both.App.Address, hasNative ? classicToo : []),
            .. classicToo.Select(setting => new ScrapeJob(ClassicJob, Both.App.Address, "scrape_protocols: [ PrometheusProto ]", setting)),
            new ScrapeJob(NothingJob, Nothing.Address),
            new ScrapeJob(HostileJob, Hostile.App.Address),
            new ScrapeJob(UntranslatedHostileJob, UntranslatedHostile.App.Address),
            .. Credentials.Select(credential => new ScrapeJob(credential.Key, Guarded.App.Address, credential.Value)),
        ];
        servers.Add((version, hasNative), PrometheusServer.Start(executable, features, jobs));
    }
}
