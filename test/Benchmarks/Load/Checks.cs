namespace Benchmarks.Load;

/// <summary>What has to be true of a run, whatever the machine; what is not decides how the process ends.</summary>
internal static class Checks
{
    public static void Expect(bool isTrue, string what)
    {
        if (!isTrue)
        {
            Console.WriteLine($"\n**FAILED: {what}**\n");
            Environment.ExitCode = 1;
        }
    }
}
