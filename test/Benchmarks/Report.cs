using System.Globalization;

namespace Benchmarks;

/// <summary>Prints tables that go into the README as they are.</summary>
internal static class Report
{
    /// <summary>The load average of the last minute, which says how far the figures below it are to be believed.</summary>
    public static string Load() =>
        OperatingSystem.IsLinux() ? $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "load unknown";

    public static void WriteLine(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double quantile)
    {
        var ordered = values.Order().ToArray();
        return ordered[(int)((ordered.Length - 1) * quantile)];
    }
}
