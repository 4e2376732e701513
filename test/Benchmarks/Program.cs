using BenchmarkDotNet.Running;
using Benchmarks;

if (args is ["ratios", .. var options])
{
    Ratios.Run(options);
}
else if (args is ["lanes", .. var laneOptions])
{
    LaneRatios.Run(laneOptions);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
