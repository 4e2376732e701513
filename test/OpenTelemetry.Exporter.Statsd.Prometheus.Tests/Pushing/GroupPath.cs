using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>Takes the path of a group apart as a gateway does: undoes percent-encoding first, then splits, then undoes base64.</summary>
internal static class GroupPath
{
    private const string Base64 = "@base64";
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static List<(string Name, string Value)> Decode(string path)
    {
        Assert.All(path, character => Assert.InRange(character, '!', '~'));
        Assert.StartsWith("/metrics/", path, StringComparison.Ordinal);
        var parts = Unescape(path)["/metrics/".Length..].Split('/');
        Assert.True(parts.Length % 2 == 0, $"Odd number of parts: {path}");
        Assert.All(parts, part => Assert.False(part is "" or "." or "..", $"A part that would be tidied away: {path}"));
        return [.. parts.Chunk(2).Select(pair => pair[0].EndsWith(Base64, StringComparison.Ordinal)
            ? (pair[0][..^Base64.Length], FromBase64(pair[1]))
            : (pair[0], pair[1]))];
    }

    private static string Unescape(string path)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < path.Length; i++)
        {
            bytes.Add(path[i] == '%' ? Convert.FromHexString(path.AsSpan(i + 1, 2))[0] : (byte)path[i]);
            i += path[i] == '%' ? 2 : 0;
        }

        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
    }

    private static string FromBase64(string text)
    {
        var bytes = new List<byte>();
        var bits = 0;
        var count = 0;
        foreach (var digit in text.TrimEnd('='))
        {
            var value = Alphabet.IndexOf(digit, StringComparison.Ordinal);
            Assert.True(value >= 0, $"No digit of URL-safe base64: {digit}");
            bits = (bits << 6) | value;
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
                bits &= (1 << count) - 1;
            }
        }

        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
    }
}
