using Microsoft.Extensions.Primitives;

namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>Finds the compression that an <c>Accept-Encoding</c> header wants most.</summary>
/// <remarks>
/// Stateless, hence thread-safe. RFC 9110, section 12.5.3. Of codings equally wanted, the order is gzip, the only one that Prometheus
/// asks for, then Brotli, then none. Of contradictory entries about one coding, the most generous counts. What cannot be read is
/// skipped. Never throws, allocates nothing, and takes time proportional to the length.
/// </remarks>
internal static class AcceptEncodingNegotiation
{
    private const double Unmentioned = -1;
    private const double LastResort = double.Epsilon;

    /// <summary>The coding to answer with; none if nothing that there is would be acceptable.</summary>
    /// <param name="acceptEncoding">The lines of the header; may be empty.</param>
    public static ContentCoding Choose(StringValues acceptEncoding)
    {
        double gzip = Unmentioned, brotli = Unmentioned, identity = Unmentioned, others = Unmentioned;
        foreach (var line in acceptEncoding)
        {
            foreach (var item in new HeaderParts(line, ','))
            {
                if (!TryParse(item, out var coding, out var quality))
                {
                    continue;
                }

                if (Is(coding, "gzip") || Is(coding, "x-gzip"))
                {
                    gzip = Math.Max(gzip, quality);
                }
                else if (Is(coding, "br"))
                {
                    brotli = Math.Max(brotli, quality);
                }
                else if (Is(coding, "identity"))
                {
                    identity = Math.Max(identity, quality);
                }
                else if (Is(coding, "*"))
                {
                    others = Math.Max(others, quality);
                }
            }
        }

        // No compression is acceptable unless it is excluded, and then compression is, unless it is excluded too.
        identity = FirstMentioned(identity, others, LastResort);
        var compressed = identity == 0 ? LastResort : 0;
        gzip = FirstMentioned(gzip, others, compressed);
        brotli = FirstMentioned(brotli, others, compressed);
        return gzip > 0 && gzip >= brotli && gzip >= identity ? ContentCoding.Gzip
            : brotli > 0 && brotli >= identity ? ContentCoding.Brotli
            : ContentCoding.Identity;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out ReadOnlySpan<char> coding, out double quality)
    {
        quality = 1;
        var parts = new HeaderParts(text, ';');
        parts.MoveNext();
        coding = parts.Current;
        while (parts.MoveNext())
        {
            var parameter = new HeaderParameter(parts.Current);
            if (parameter.IsNamed("q") && !parameter.TryGetQuality(out quality))
            {
                return false;
            }
        }

        return true;
    }

    private static double FirstMentioned(double itself, double others, double otherwise) =>
        itself != Unmentioned ? itself : others != Unmentioned ? others : otherwise;

    private static bool Is(ReadOnlySpan<char> coding, string expected) => coding.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
