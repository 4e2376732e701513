using NJsonSchema;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>AWS's own schema of the format, where it lies beside the repository.</summary>
internal static class EmfSchema
{
    private static readonly Lazy<JsonSchema?> Schema = new(() => Find() is { } path ? JsonSchema.FromJsonAsync(File.ReadAllText(path)).GetAwaiter().GetResult() : null);

    public static bool IsPresent => Schema.Value is not null;

    /// <summary>What the schema finds wrong with a document: nothing where it is absent.</summary>
    public static IReadOnlyList<string> Violations(string document) =>
        Schema.Value is { } schema ? [.. schema.Validate(document).Select(error => error.ToString())] : [];

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "emf-schema.json");
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
