using System.Runtime.ExceptionServices;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>What the tests of lanes share: text in, text out, threads that end.</summary>
internal static class Lanes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static bool Append(this LaneBuffer buffer, string entry, EntryPriority priority = EntryPriority.High) =>
        buffer.TryAppend(Encoding.UTF8.GetBytes(entry), priority);

    public static string[] Drain(this LaneBuffer buffer, int atMost = int.MaxValue)
    {
        var sink = new Collector(atMost);
        var entries = buffer.Drain(ref sink);
        Assert.Equal(sink.Entries.Count, entries);
        return [.. sink.Entries];
    }

    public static long Refused(this LaneBuffer buffer, RefusalReason reason, EntryPriority priority = EntryPriority.High) =>
        buffer.ReadTotals().Refused.Read(reason, priority);

    public static long Refused(this LaneBuffer buffer, EntryPriority priority) =>
        Enum.GetValues<RefusalReason>().Sum(reason => buffer.Refused(reason, priority));

    /// <summary>Runs something on a thread of its own, which has ended when this returns.</summary>
    public static void OnThread(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience), "The thread does not end.");
        failure?.Throw();
    }

    private sealed class Collector(int atMost) : IEntrySink
    {
        public List<string> Entries { get; } = [];

        public bool Take(ReadOnlySpan<byte> entry)
        {
            Entries.Add(Encoding.UTF8.GetString(entry));
            return Entries.Count < atMost;
        }
    }
}
