namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>What a document has of one point: all of it, or of a histogram some of its values.</summary>
/// <param name="Point">Its place in the <see cref="PointStore"/>.</param>
/// <param name="Start">The first of the values.</param>
/// <param name="Length">How many values.</param>
internal readonly record struct DocumentPart(int Point, int Start, int Length);
