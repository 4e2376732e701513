using Microsoft.Extensions.Primitives;
using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>Finds the format that an <c>Accept</c> header wants most.</summary>
/// <remarks>
/// Stateless, hence thread-safe. RFC 9110, section 12.5.1. Of formats equally wanted, the one named first is chosen. What cannot be
/// read is skipped, and whoever names nothing that there is gets text 0.0.4, also if excluded: a scraper that reads nothing we have
/// shows a better error than one that is refused. Never throws, allocates nothing, and takes time proportional to the length.
/// </remarks>
internal static class AcceptNegotiation
{
    private const int SchemeCount = 4;
    private const int SyntaxCount = 5;

    /// <summary>The format to answer with.</summary>
    /// <param name="accept">The lines of the header; may be empty.</param>
    public static NegotiatedFormat Choose(StringValues accept)
    {
        Span<Entry> entries = stackalloc Entry[SyntaxCount * SchemeCount];
        entries.Clear();
        var position = 0;
        foreach (var line in accept)
        {
            foreach (var item in new HeaderParts(line, ','))
            {
                position++;
                if (MediaRange.TryParse(item, out var range))
                {
                    ref var entry = ref entries[((int)range.Format.Syntax * SchemeCount) + (int)range.Format.Escaping];
                    if (new Entry(range, position).Overrides(entry))
                    {
                        entry = new Entry(range, position);
                    }
                }
            }
        }

        // The default is unwanted text 0.0.4 before the first position, to which nothing unwanted is preferred.
        Entry best = default;
        foreach (var entry in entries)
        {
            if (entry.IsPreferredTo(best))
            {
                best = entry;
            }
        }

        return best.Range.Format;
    }

    /// <summary>The entry that counts for a format.</summary>
    private readonly record struct Entry(MediaRange Range, int Position)
    {
        /// <summary>Of entries about one format, the most specific counts; of contradictory ones, the most generous.</summary>
        public bool Overrides(Entry other) => Range.Precedence == other.Range.Precedence
            ? Range.Quality > other.Range.Quality
            : Range.Precedence > other.Range.Precedence;

        /// <summary>Whether its format is wanted more than the other's, or as much and earlier.</summary>
        public bool IsPreferredTo(Entry other) => Range.Quality == other.Range.Quality
            ? Position < other.Position
            : Range.Quality > other.Range.Quality;
    }
}
