using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>
/// The fields by which a Datadog Agent knows whose a line is, <c>|c:origin|e:external data|card:cardinality</c>: the end of each line.
/// </summary>
internal static class DatadogFields
{
    /// <summary>Encodes the fields that have a value; nothing if none has.</summary>
    /// <param name="containerOrigin">A container's id or inode, with its prefix.</param>
    /// <param name="externalData">
    /// Any text: control characters and bars, which would end the field or the line, and the blanks around it are left out.
    /// </param>
    /// <param name="cardinality">One of the Agent's words.</param>
    public static byte[] Encode(string? containerOrigin, string? externalData, string? cardinality) => Encoding.UTF8.GetBytes(
        Field("|c:", containerOrigin) + Field("|e:", Sanitised(externalData)) + Field("|card:", cardinality));

    private static string Field(string prefix, string? value) => string.IsNullOrEmpty(value) ? string.Empty : prefix + value;

    private static string Sanitised(string? text) =>
        string.Concat((text ?? string.Empty).Where(c => !char.IsControl(c) && c != '|')).Trim();
}
