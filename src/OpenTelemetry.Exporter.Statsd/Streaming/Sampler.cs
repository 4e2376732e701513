namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Chooses one in so many, at random, with a generator for each thread.</summary>
internal static class Sampler
{
    [ThreadStatic]
    private static ulong state;

    /// <summary>Makes what the calling thread chooses from now on repeatable.</summary>
    public static void Seed(ulong seed) => state = seed;

    /// <summary>Whether this is the one.</summary>
    /// <remarks>SplitMix64: passes the usual tests of randomness for any seed.</remarks>
    public static bool Takes(int oneIn)
    {
        if (state == 0)
        {
            state = (ulong)Random.Shared.NextInt64();
        }

        state += 0x9E3779B97F4A7C15;
        var bits = state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        return (((bits >> 32) * (uint)oneIn) >> 32) == 0;
    }
}
