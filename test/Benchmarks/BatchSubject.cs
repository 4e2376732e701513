namespace Benchmarks;

/// <summary>Something cheap that several threads do at once, measured in batches.</summary>
internal abstract class BatchSubject
{
    public const int BatchSize = 16;

    /// <summary>Does it <see cref="BatchSize"/> times.</summary>
    /// <param name="first">Goes up by <see cref="BatchSize"/> from batch to batch of a thread.</param>
    /// <returns>How many times in vain.</returns>
    public abstract int RunBatch(int first);

    /// <summary>Does it once.</summary>
    /// <returns>How many times in vain.</returns>
    public abstract int RunOne(int number);

    /// <summary>Takes away what has come together. One thread at a time.</summary>
    public abstract void Drain();
}
