using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>A lower folder never names a higher one.</summary>
public sealed partial class FolderTests
{
    private static readonly string[] Ascending = ["Buffers", "Diagnostics", "Naming", "Collecting", "Families", "Exposition"];

    /// <summary>Neither names the other. Options are read there, so that both may name what users touch, which is in no folder.</summary>
    private static readonly string[] OnTop = ["Scraping", "Pushing"];

    private static readonly string Source = FindSource();

    public static TheoryData<string> Folders => [.. Ascending];

    public static TheoryData<string, string> Pairs => new(
    [
        .. from index in Enumerable.Range(0, Ascending.Length)
           from higher in Ascending[(index + 1)..].Concat(OnTop)
           select (Ascending[index], higher),
        ("Scraping", "Pushing"),
        ("Pushing", "Scraping"),
    ]);

    [Fact]
    public void Every_folder_has_its_place() => Assert.Equal(
        Ascending.Concat(OnTop).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Source).Select(path => Path.GetFileName(path)).Except(["bin", "obj"]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Lower_folder_does_not_name_a_higher_one(string lower, string higher) =>
        Assert.All(CodeOf(lower), code => Assert.DoesNotContain($"Prometheus.{higher}", code, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_does_not_name_what_users_touch(string folder)
    {
        var types = Directory.GetFiles(Source, "*.cs").Select(path => Path.GetFileNameWithoutExtension(path)).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(types);
        Assert.All(CodeOf(folder), code => Assert.DoesNotContain(Word().Matches(code), word => types.Contains(word.Value)));
    }

    private static string[] CodeOf(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        return [.. files.Select(path => Comment().Replace(File.ReadAllText(path), string.Empty))];
    }

    private static string FindSource()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "OpenTelemetry.Exporter.Statsd.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository.");
        }

        return Path.Combine(directory.FullName, "src", "OpenTelemetry.Exporter.Statsd.Prometheus");
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
