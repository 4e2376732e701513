using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>How many entries were refused, by reason and priority.</summary>
/// <remarks>Any thread reads. Who writes decides how: <see cref="CountAsOnlyWriter"/> or <see cref="Count"/>.</remarks>
[InlineArray(Reasons * Priorities)]
internal struct RefusalCounts
{
    /// <summary>Its size, for those who lay out what comes after it.</summary>
    public const int Bytes = Reasons * Priorities * sizeof(long);

    private const int Reasons = (int)RefusalReason.NoEntry + 1;
    private const int Priorities = (int)EntryPriority.High + 1;

    private long count;

    /// <summary>How many entries were refused for this reason.</summary>
    public readonly long Read(RefusalReason reason, EntryPriority priority) => Volatile.Read(in this[Index(reason, priority)]);

    public void Add(ref readonly RefusalCounts other)
    {
        for (var i = 0; i < Reasons * Priorities; i++)
        {
            this[i] += Volatile.Read(in other[i]);
        }
    }

    public void CountAsOnlyWriter(RefusalReason reason, EntryPriority priority)
    {
        ref var count = ref this[Index(reason, priority)];
        Volatile.Write(ref count, count + 1);
    }

    public void Count(RefusalReason reason, EntryPriority priority) => Interlocked.Increment(ref this[Index(reason, priority)]);

    private static int Index(RefusalReason reason, EntryPriority priority) => ((int)reason * Priorities) + (int)priority;
}
