// What the threads of a .NET process that are in code of this repository, or of OpenTelemetry, are at: Stacks <process id>
using System.Globalization;
using Microsoft.Diagnostics.Runtime;

string[] others = ["System.", "Microsoft.", "Interop", "Xunit.", "FsCheck.", "<StartupCode"];

using var target = DataTarget.AttachToProcess(int.Parse(args[0], CultureInfo.InvariantCulture), suspend: true);
using var runtime = target.ClrVersions.Single().CreateRuntime();
foreach (var thread in runtime.Threads.Where(thread => thread.IsAlive))
{
    string[] frames = [.. thread.EnumerateStackTrace().Where(frame => frame.Method is not null).Select(frame => $"{frame.Method!.Type?.Name}.{frame.Method.Name}")];
    var last = Array.FindLastIndex(frames, frame => !others.Any(other => frame.StartsWith(other, StringComparison.Ordinal)));
    if (last >= 0)
    {
        Console.WriteLine($"thread {thread.ManagedThreadId}");
        Array.ForEach(frames[..(last + 1)], frame => Console.WriteLine($"  {frame}"));
    }
}
