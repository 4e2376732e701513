using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Origin;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The fields by which a Datadog Agent knows whose a line is: where they come from, and that only an Agent gets them.</summary>
public sealed class DatadogFieldsTests
{
    private const string Id = "1f0e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
    private const string External = "it-false,cn-nginx-webserver,pu-75a2b6d5-3949-4afb-ad0d-92ff0674e759";

    private static readonly KeyValuePair<string, object?> Tag = new("k", "v");

    public static TheoryData<StatsdProfile> OtherProfiles =>
        [.. Enum.GetValues<StatsdProfile>().Where(profile => profile != StatsdProfile.DatadogAgent)];

    [Fact]
    public void Off_by_default()
    {
        using var root = ContainerRoot();
        var options = Resolve([]);
        Assert.Null(options.OriginDetection);
        Assert.Null(options.ExternalData);
        Assert.Null(options.Cardinality);
        Assert.Empty(Fields(options, root));

        using var session = new Session();
        session.Meter.CreateCounter<int>("c").Add(1, Tag);
        session.Meter.CreateCounter<int>("untagged").Add(1);
        Assert.Equal(["c:1|c|#k:v", "untagged:1|c"], session.FlushLines());
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    [InlineData("t", true)]
    [InlineData(" on ", true)]
    [InlineData("0", false)]
    [InlineData("f", false)]
    [InlineData("False", false)]
    [InlineData("off", false)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Origin_detection_is_switched_by_its_variable(string? text, bool? expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has cgroups.");
        using var root = ContainerRoot();
        var options = Resolve(new() { ["DD_ORIGIN_DETECTION_ENABLED"] = text });
        Assert.Equal(expected, options.OriginDetection);
        Assert.Equal(expected is true ? $"|c:ci-{Id}" : string.Empty, Fields(options, root));
    }

    [Theory]
    [InlineData("low", null, DatadogCardinality.Low)]
    [InlineData("None", "high", DatadogCardinality.None)]
    [InlineData("ORCHESTRATOR", null, DatadogCardinality.Orchestrator)]
    [InlineData(null, "high", DatadogCardinality.High)]
    [InlineData("", " high ", DatadogCardinality.High)]
    [InlineData("", null, null)]
    public void Cardinality_comes_from_its_variables(string? current, string? older, DatadogCardinality? expected) =>
        Assert.Equal(expected, Resolve(new() { ["DD_CARDINALITY"] = current, ["DATADOG_CARDINALITY"] = older }).Cardinality);

    [Fact]
    public void What_is_set_wins_over_the_environment()
    {
        Dictionary<string, string?> environment = new()
        {
            ["DD_ORIGIN_DETECTION_ENABLED"] = "nonsense",
            ["DD_EXTERNAL_ENV"] = "environment",
            ["DD_CARDINALITY"] = "nonsense",
        };
        var options = Resolve(environment, options =>
        {
            options.OriginDetection = false;
            options.ExternalData = "mine";
            options.Cardinality = DatadogCardinality.High;
        });
        using var root = ContainerRoot();
        Assert.Equal("|e:mine|card:high", Fields(options, root));
    }

    [Fact]
    public void Origin_detection_that_is_switched_off_leaves_external_data_out()
    {
        Dictionary<string, string?> environment = new() { ["DD_EXTERNAL_ENV"] = External, ["DD_CARDINALITY"] = "low" };
        using var root = ContainerRoot();
        Assert.Equal($"|e:{External}|card:low", Fields(Resolve(environment), root));
        environment["DD_ORIGIN_DETECTION_ENABLED"] = "false";
        Assert.Equal("|card:low", Fields(Resolve(environment), root));
    }

    [Fact]
    public void Options_bind_to_configuration()
    {
        var configuration = Configuration(new()
        {
            ["Statsd:OriginDetection"] = "true",
            ["Statsd:ExternalData"] = "it-true",
            ["Statsd:Cardinality"] = "orchestrator",
        });
        var options = configuration.GetSection("Statsd").Get<StatsdExporterOptions>()!;
        Assert.True(options.OriginDetection);
        Assert.Equal("it-true", options.ExternalData);
        Assert.Equal(DatadogCardinality.Orchestrator, options.Cardinality);
    }

    [Theory]
    [InlineData("DD_ORIGIN_DETECTION_ENABLED", "maybe", "1, t, true, y, yes, on, 0, f, false, n, no, off")]
    [InlineData("DD_CARDINALITY", "medium", "none, low, orchestrator, high")]
    [InlineData("DD_CARDINALITY", "1", "none, low, orchestrator, high")]
    [InlineData("DATADOG_CARDINALITY", "none,low", "none, low, orchestrator, high")]
    public void A_variable_that_cannot_be_read_stops_the_build_with_its_name_its_value_and_what_is_valid(string variable, string value, string valid)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Resolve(new() { [variable] = value }));
        Assert.Equal($"The environment variable {variable} is '{value}'. Valid: {valid}.", Assert.Single(error.Failures));
    }

    [Fact]
    public void A_cardinality_that_there_is_not_stops_the_build()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Resolve([], options => options.Cardinality = (DatadogCardinality)7));
        Assert.Equal("StatsdExporterOptions: Cardinality is '7'. Valid: None, Low, Orchestrator, High.", Assert.Single(error.Failures));
    }

    [Fact]
    public void External_data_has_a_limit()
    {
        var longest = new string('\u00e9', 256);
        Assert.Equal(longest, Resolve(new() { ["DD_EXTERNAL_ENV"] = longest }).ExternalData);
        foreach (var data in new[] { longest + "x", new string('x', 100_000) })
        {
            var error = Assert.Throws<OptionsValidationException>(() => Resolve(new() { ["DD_EXTERNAL_ENV"] = data }));
            Assert.Equal($"StatsdExporterOptions: ExternalData is '{data[..32]}...'. Valid: at most 512 bytes.", Assert.Single(error.Failures));
        }
    }

    [Theory]
    [MemberData(nameof(OtherProfiles))]
    public void Variables_mean_nothing_on_another_profile(StatsdProfile profile)
    {
        using var session = new Session(
            profile,
            options => options.HistogramForm = HistogramForm.Buckets,
            build: builder => WithEnvironment(builder, new()
            {
                ["DD_ORIGIN_DETECTION_ENABLED"] = "true",
                ["DD_EXTERNAL_ENV"] = External,
                ["DD_CARDINALITY"] = "low",
                ["DATADOG_CARDINALITY"] = "nonsense",
            }));
        using var plain = new Session(profile, options => options.HistogramForm = HistogramForm.Buckets);
        var expected = Lines(plain);
        Assert.Equal(expected, Lines(session));
        Assert.All(expected, line => Assert.DoesNotContain("card", line, StringComparison.Ordinal));

        static string[] Lines(Session session)
        {
            session.Meter.CreateCounter<int>("c").Add(1, Tag);
            session.Meter.CreateHistogram<int>("h").Record(7, Tag);
            return session.FlushLines();
        }
    }

    [Theory]
    [MemberData(nameof(OtherProfiles))]
    public void Options_on_another_profile_stop_the_build(StatsdProfile profile)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Resolve([], options =>
        {
            options.Profile = profile;
            options.OriginDetection = true;
            options.ExternalData = "it-false";
            options.Cardinality = DatadogCardinality.Low;
        }));
        Assert.Equal(
            [
                "StatsdExporterOptions: OriginDetection is 'True'. Valid: not set, but for the profile DatadogAgent.",
                "StatsdExporterOptions: ExternalData is 'it-false'. Valid: not set, but for the profile DatadogAgent.",
                "StatsdExporterOptions: Cardinality is 'Low'. Valid: not set, but for the profile DatadogAgent.",
            ],
            error.Failures);
        Assert.False(Resolve([], options => (options.Profile, options.OriginDetection) = (profile, false)).OriginDetection);
        using var root = ContainerRoot();
        Assert.Empty(Fields(new() { Profile = profile, OriginDetection = true, ExternalData = "x", Cardinality = DatadogCardinality.Low }, root));
    }

    [Fact]
    public void Every_line_ends_in_the_fields()
    {
        Dictionary<string, string?> environment = new()
        {
            ["DD_EXTERNAL_ENV"] = External,
            ["DD_CARDINALITY"] = "low",
            ["DD_ENTITY_ID"] = "pod-7",
        };
        using var session = new Session(
            options: options => options.HistogramForm = HistogramForm.Buckets,
            build: builder => WithEnvironment(builder, environment)
                .AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [1] })
                .AddView("many", new MetricStreamConfiguration { CardinalityLimit = 1 }));
        session.Meter.CreateCounter<int>("c").Add(1, Tag);
        session.Meter.CreateGauge<double>("g").Record(-0.5);
        session.Meter.CreateHistogram<int>("h").Record(7, Tag);
        var many = session.Meter.CreateCounter<int>("many");
        many.Add(1, Tag);
        many.Add(1, new KeyValuePair<string, object?>("k", "w"));

        const string End = $"dd.internal.entity_id:pod-7|e:{External}|card:low";
        string[] expected =
        [
            $"c:1|c|#k:v,{End}", $"g:-0.5|g|#{End}", $"h.count:1|c|#k:v,{End}", $"h.sum:7|c|#k:v,{End}", $"h.min:7|g|#k:v,{End}",
            $"h.max:7|g|#k:v,{End}", $"h.avg:7|g|#k:v,{End}", $"h.bucket:1|c|#k:v,{End.Replace("|e", ",upper_bound:inf|e", StringComparison.Ordinal)}",
            $"many:1|c|#k:v,{End}", $"many:1|c|#otel.metric.overflow:true,{End}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), session.FlushLines().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Lines_without_tags_have_fields_too()
    {
        using var session = new Session(
            options: options =>
            {
                options.HistogramForm = HistogramForm.Buckets;
                options.Cardinality = DatadogCardinality.None;
            },
            build: builder => builder.AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [1], RecordMinMax = false }));
        session.Meter.CreateCounter<int>("c").Add(1);
        session.Meter.CreateHistogram<int>("h").Record(1);
        Assert.Equal(
            [
                "c:1|c|card:none", "h.count:1|c|card:none", "h.sum:1|c|card:none", "h.avg:1|g|card:none",
                "h.bucket:1|c|#upper_bound:1|card:none",
            ],
            session.FlushLines());
    }

    [Theory]
    [InlineData("it-false\nx:1|c", "|e:it-falsex:1c")]
    [InlineData("a|card:high", "|e:acard:high")]
    [InlineData("\r\n \ta\0b\u007f\u0085 \t", "|e:ab")]
    [InlineData(" a b ", "|e:a b")]
    [InlineData("a,#@:=;b", "|e:a,#@:=;b")]
    [InlineData("caf\u00e9 \u6f22 \U0001f600", "|e:caf\u00e9 \u6f22 \U0001f600")]
    [InlineData("|\n\0| ", "")]
    [InlineData("", "")]
    public void External_data_never_ends_its_field_or_its_line(string hostile, string field)
    {
        using var session = new Session(build: builder => WithEnvironment(builder, new() { ["DD_EXTERNAL_ENV"] = hostile }));
        session.Meter.CreateCounter<int>("c").Add(1, Tag);
        session.Meter.CreateCounter<int>("d").Add(1, Tag);
        Assert.Equal([$"c:1|c|#k:v{field}", $"d:1|c|#k:v{field}"], session.FlushLines());
    }

    [Fact]
    public void The_fields_count_for_the_length_of_a_line()
    {
        // ":1|c|card:orchestrator" has 22 bytes.
        using var session = new Session(options: options => (options.MaxPacketBytes, options.Cardinality) = (64, DatadogCardinality.Orchestrator));
        using var self = new SelfMetrics(session.Name);
        session.Meter.CreateCounter<int>(new string('n', 42)).Add(1);
        session.Meter.CreateCounter<int>(new string('m', 43)).Add(1);
        session.Meter.CreateCounter<int>("before").Add(1);
        session.Meter.CreateCounter<int>("after").Add(1);
        Assert.Equal(
            [new string('n', 42) + ":1|c|card:orchestrator", "before:1|c|card:orchestrator\nafter:1|c|card:orchestrator"],
            session.FlushPackets().Select(Encoding.UTF8.GetString));
        Assert.Equal(1, self["statsd.exporter.points.dropped", "line_too_long"]);
        Assert.Equal(3, self["statsd.exporter.points.exported"]);
    }

    private static LinuxRoot ContainerRoot() => new($"0::/docker/{Id}\n", cgroupNamespace: LinuxRoot.HostNamespace);

    private static string Fields(StatsdExporterOptions options, LinuxRoot root) =>
        Encoding.UTF8.GetString(options.ToDatadogFields(new ContainerOrigin(root.PathOf(string.Empty))));

    private static MeterProviderBuilder WithEnvironment(MeterProviderBuilder builder, Dictionary<string, string?> environment) =>
        builder.ConfigureServices(services => services.AddSingleton(Configuration(environment)));

    private static IConfiguration Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static StatsdExporterOptions Resolve(Dictionary<string, string?> environment, Action<StatsdExporterOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Configuration(environment));
        services.ConfigureOpenTelemetryMeterProvider(builder => builder.AddStatsdExporter(configure ?? (_ => { })));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<StatsdExporterOptions>>().CurrentValue;
    }
}
