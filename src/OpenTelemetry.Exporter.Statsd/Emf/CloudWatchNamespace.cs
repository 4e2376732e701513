using System.Buffers;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>The namespace of metrics where none is set.</summary>
/// <remarks>Stateless.</remarks>
internal static class CloudWatchNamespace
{
    public const int MaxLength = 255;

    /// <summary>Namespaces that begin with it are those of AWS's own services.</summary>
    public const string Reserved = "AWS/";

    private const string Default = "default";

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_/#:");

    /// <summary>
    /// <c>service.namespace/service.name</c>, or that of them which there is, or <c>default</c>. What a namespace may not have becomes <c>_</c>, what is
    /// too long is cut.
    /// </summary>
    /// <param name="attribute">The resource's attribute of a name.</param>
    public static string Of(Func<string, string?> attribute)
    {
        string?[] parts = [attribute("service.namespace"), attribute("service.name")];
        var text = string.Join('/', parts.Where(part => !string.IsNullOrWhiteSpace(part)));
        if (text.Length == 0)
        {
            return Default;
        }

        Span<char> name = stackalloc char[Math.Min(text.Length, MaxLength)];
        text.AsSpan(..name.Length).CopyTo(name);
        name.ReplaceAnyExcept(Legal, '_');
        if (name.StartsWith(Reserved))
        {
            name[Reserved.Length - 1] = '_';
        }

        return name.ToString();
    }
}
