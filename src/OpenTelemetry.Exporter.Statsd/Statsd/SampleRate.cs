namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Sample rates that a receiver reads as exactly one of so many.</summary>
internal static class SampleRate
{
    /// <summary>The most bytes that <see cref="TryWrite"/> needs.</summary>
    public const int MaxBytes = 40;

    /// <summary>Writes <c>|@rate</c>; nothing for a weight of 1.</summary>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryWrite(Span<byte> destination, long weight, out int written) => throw new NotImplementedException();
}
