using Microsoft.AspNetCore.Builder;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>All that is public in OpenTelemetry.Exporter.Prometheus.AspNetCore 1.20.1-beta.1 is here too.</summary>
public sealed class OfficialApiTests
{
    /// <summary>As <see cref="PublicApi"/> describes that assembly.</summary>
    private static readonly string[] Official = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "OfficialApi.txt"));

    public static TheoryData<string> Types => [.. Official.Where(IsType)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Type_has_every_member_of_the_official_one(string type)
    {
        var ours = PublicApi.Describe(typeof(PrometheusAspNetCoreOptions).Assembly).Split('\n');
        var line = Assert.Single(ours, line => line == type || line.StartsWith($"{type} : ", StringComparison.Ordinal));
        var members = MembersOf(line, ours);

        // What a base class declares, its types inherit.
        if (line.Length > type.Length)
        {
            var parent = line[(type.Length + 3)..];
            members = [.. members, .. MembersOf(Assert.Single(ours, other => other.EndsWith($"class {parent}", StringComparison.Ordinal)), ours)];
        }

        Assert.NotEmpty(MembersOf(type, Official));
        Assert.All(MembersOf(type, Official), member => Assert.Contains(member, members));
    }

    [Fact]
    public async Task Program_written_for_the_official_package_runs()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => OfficialProgram.Configure(metrics.AddMeter(meter.Name)), OfficialProgram.Map);
        meter.CreateCounter<long>("foo.bar", "By").Add(3);

        foreach (var path in OfficialProgram.Paths)
        {
            Assert.Contains("foo_bar_bytes{service_", await app.GetAsync(path), StringComparison.Ordinal);
        }
    }

    private static bool IsType(string line) => line.Length > 0 && !char.IsWhiteSpace(line[0]);

    private static IEnumerable<string> MembersOf(string type, string[] lines) =>
        lines.SkipWhile(line => line != type).Skip(1).TakeWhile(line => !IsType(line)).Where(line => line.Length > 0);
}
