namespace Benchmarks.Prometheus;

/// <summary>Everything about scrapes: without HTTP, over it, in memory, and beside slow clients.</summary>
internal static class ScrapeCosts
{
    /// <param name="args">Those of <see cref="LoopOptions"/>, before them <c>--rivals</c> and the assembly of <c>test/Benchmarks.Rivals</c>.</param>
    public static void Run(ReadOnlySpan<string> args)
    {
        var rivals = args is ["--rivals", var assembly, ..] ? Path.GetFullPath(assembly) : null;
        var options = LoopOptions.Parse(rivals is null ? args : args[2..]);
        var exporters = ScrapeExporter.All(rivals);
        ScrapeRatios.Run(options);
        ScrapesOverHttp.Run(options, exporters);
        ScrapeMemory.Run(options, exporters);
        SlowScrapers.Run(options, exporters);
    }
}
