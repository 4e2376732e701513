namespace TestSupport;

/// <summary>What is allocated on the calling thread.</summary>
/// <remarks>Now and then the runtime itself allocates on a thread whose code does not, so no single measurement tells.</remarks>
public static class Allocated
{
    /// <summary>Of how many measurements <see cref="AtLeastBy"/> takes the best.</summary>
    public const int Attempts = 5;

    /// <summary>How many rounds in a row have to allocate nothing.</summary>
    private const int SteadyRounds = 10;

    /// <summary>In how many rounds such a row has to be found.</summary>
    private const int MostRounds = 100;

    /// <summary>The bytes that one measurement finds.</summary>
    /// <param name="action">What may allocate.</param>
    public static long By(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The bytes of the best of several measurements; the first is one of them, so that what is allocated only once is left out.</summary>
    /// <param name="action">What may allocate.</param>
    public static long AtLeastBy(Action action) => Enumerable.Range(0, Attempts).Min(_ => By(action));

    /// <summary>Repeats rounds until ten in a row have allocated nothing, or in vain a hundred times.</summary>
    /// <param name="round">Does something and returns the bytes that it allocated.</param>
    /// <returns>The bytes of each round.</returns>
    public static IReadOnlyList<long> ByRounds(Func<long> round)
    {
        ArgumentNullException.ThrowIfNull(round);
        var rounds = new List<long>();
        for (var steady = 0; steady < SteadyRounds && rounds.Count < MostRounds;)
        {
            rounds.Add(round());
            steady = rounds[^1] == 0 ? steady + 1 : 0;
        }

        return rounds;
    }

    /// <summary>Whether <see cref="ByRounds"/> ended with rounds that allocated nothing.</summary>
    /// <param name="rounds">The bytes of each round.</param>
    public static bool IsSteady(IReadOnlyList<long> rounds) => rounds.TakeLast(SteadyRounds).All(bytes => bytes == 0);
}
