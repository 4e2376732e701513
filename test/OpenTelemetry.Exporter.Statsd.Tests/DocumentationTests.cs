using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What the README files show is what examples/Snippets compiles.</summary>
public sealed partial class DocumentationTests
{
    internal static readonly string Root = FindRoot();

    [Theory]
    [InlineData("README.md", 5)]
    [InlineData("src/OpenTelemetry.Exporter.Statsd/README.md", 13)]
    [InlineData("docs/histograms.md", 3)]
    [InlineData("src/OpenTelemetry.Exporter.Statsd.Hosting/README.md", 1)]
    [InlineData("src/OpenTelemetry.Exporter.Statsd.Prometheus/README.md", 13)]
    public void Every_example_compiles(string file, int examples)
    {
        var blocks = CSharpBlock().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(examples, blocks.Length);
        var compiled = Directory.GetFiles(Path.Combine(Root, "examples", "Snippets"), "*.cs").Select(path => Code(File.ReadAllText(path))).ToArray();
        Assert.All(blocks, block => Assert.Contains(compiled, code => code.Contains(Code(block), StringComparison.Ordinal)));
    }

    /// <summary>Lines without their indentation; usings stand elsewhere in a class than in a program.</summary>
    private static string Code(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n')
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && !UsingDirective().IsMatch(line)));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "OpenTelemetry.Exporter.Statsd.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^using [A-Za-z.]+;$")]
    private static partial Regex UsingDirective();
}
