using System.Globalization;

namespace FaultApp;

/// <summary>An application for tests that run it as a process of its own.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["points", var endpoint, var points, var seconds]:
                return PointRun.Run(
                    endpoint, int.Parse(points, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
            case ["soak", var minutes]:
                return Soak.Run(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)));
            default:
                Console.Error.WriteLine("points <endpoint> <points> <seconds> | soak <minutes>");
                return 64;
        }
    }
}
