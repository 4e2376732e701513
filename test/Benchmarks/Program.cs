using BenchmarkDotNet.Running;
using Benchmarks;

if (args is ["ratios", .. var options])
{
    Ratios.Run(options);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
