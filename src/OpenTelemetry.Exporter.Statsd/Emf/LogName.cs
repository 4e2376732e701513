using System.Buffers;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Names of log groups and log streams, made of templates in which <c>{service.name}</c> stands for an attribute of the resource.</summary>
/// <remarks>
/// Stateless. What such a name may not have becomes <c>_</c> in an attribute's value, an attribute that is missing or empty is <c>undefined</c>, and
/// the result is cut to 512 characters.
/// </remarks>
internal static class LogName
{
    public const int MaxLength = 512;

    private const string Undefined = "undefined";

    private static readonly SearchValues<char> LegalInGroups =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-/.#");

    public static bool IsLegalInGroup(char character) => LegalInGroups.Contains(character);

    public static bool IsLegalInStream(char character) => character is not (':' or '*') && !char.IsControl(character);

    /// <param name="template">Legal but for its placeholders.</param>
    /// <param name="attribute">The resource's attribute of a name.</param>
    public static string Group(string template, Func<string, string?> attribute) => Expand(template, attribute, IsLegalInGroup);

    /// <inheritdoc cref="Group"/>
    public static string Stream(string template, Func<string, string?> attribute) => Expand(template, attribute, IsLegalInStream);

    private static string Expand(string template, Func<string, string?> attribute, Func<char, bool> isLegal)
    {
        var result = new StringBuilder();
        var rest = template.AsSpan();
        for (int open, length; (open = rest.IndexOf('{')) >= 0 && (length = rest[open..].IndexOf('}')) > 0; rest = rest[(open + length + 1)..])
        {
            result.Append(rest[..open]);
            var value = attribute(rest.Slice(open + 1, length - 1).ToString());
            foreach (var character in string.IsNullOrEmpty(value) ? Undefined : value)
            {
                result.Append(isLegal(character) ? character : '_');
            }
        }

        result.Append(rest);
        if (result.Length > MaxLength)
        {
            // Half of a surrogate pair would be no character.
            result.Length = char.IsHighSurrogate(result[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        }

        return result.ToString();
    }
}
