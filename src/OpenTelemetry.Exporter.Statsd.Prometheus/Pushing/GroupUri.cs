using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Names a group of a Pushgateway by its URL.</summary>
/// <remarks>
/// The labels are pairs of path segments. The gateway undoes percent-encoding before it takes the path apart, and whatever is
/// in between may tidy the path up; so what would not come through as one segment goes in base64.
/// </remarks>
internal static class GroupUri
{
    private const char Slash = '/';

    /// <summary>Slashes of either kind, and control characters, which proxies refuse.</summary>
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [Slash, '\\', .. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)]);

    /// <summary>The URL of a group.</summary>
    /// <param name="endpoint">The gateway.</param>
    /// <param name="job">The first label of the group.</param>
    /// <param name="groupingKey">Its other labels.</param>
    public static Uri Create(Uri endpoint, string job, IEnumerable<KeyValuePair<string, string>> groupingKey)
    {
        var path = new StringBuilder(endpoint.GetLeftPart(UriPartial.Path).TrimEnd(Slash)).Append("/metrics");
        Append(path, "job", job);
        foreach (var (name, value) in groupingKey)
        {
            Append(path, name, value);
        }

        return new Uri(path.ToString());
    }

    private static void Append(StringBuilder path, string name, string value)
    {
        path.Append(Slash).Append(name);
        _ = IsSafe(value)
            ? path.Append(Slash).Append(Uri.EscapeDataString(value))
            : path.Append("@base64/").Append(ToBase64(value));
    }

    private static bool IsSafe(string value) => value is not ("" or "." or "..") && !value.AsSpan().ContainsAny(Unsafe);

    /// <summary>An empty segment would vanish, so nothing at all is a mere padding character.</summary>
    private static string ToBase64(string value) => value.Length == 0 ? "=" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value));
}
