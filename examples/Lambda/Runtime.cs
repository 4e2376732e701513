using System.Text;

namespace Lambda;

/// <summary>Stands in for the managed runtime of Lambda: what it does to a process, as far as metrics have to do with it.</summary>
internal static class Runtime
{
    /// <summary>Does what has happened before the function's first line runs.</summary>
    public static void Prepare(string functionName)
    {
        Environment.SetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME", functionName);

        // The real one adds time, request and level to each line, too, so that a document written to Console.Out would be none any more.
        Console.SetOut(new Log(Console.Error));
    }

    /// <summary>Hands over one event after the other and tells the answers, until there are no more events.</summary>
    public static void Run(Func<string, string> handle)
    {
        while (Console.ReadLine() is { } payload)
        {
            Console.Error.WriteLine($"answer: {handle(payload)}");
        }
    }

    private sealed class Log(TextWriter output) : TextWriter
    {
        public override Encoding Encoding => output.Encoding;

        public override void Write(char value) => output.Write(value);

        public override void WriteLine(string? value) => output.WriteLine($"{DateTime.UtcNow:O}\tinfo\t{value}");
    }
}
