using BenchmarkDotNet.Running;
using Benchmarks;
using Benchmarks.Emf;
using Benchmarks.Forms;
using Benchmarks.Load;
using Benchmarks.Prometheus;

if (args is ["ratios", .. var options])
{
    Ratios.Run(options);
}
else if (args is ["lanes", .. var laneOptions])
{
    LaneRatios.Run(laneOptions);
}
else if (args is ["stream", .. var streamOptions])
{
    StreamLoad.Run(streamOptions);
}
else if (args is [Sink.Command, .. var sinkOptions])
{
    Sink.Run(sinkOptions);
}
else if (args is ["record", .. var recordOptions])
{
    RecordRatios.Run(recordOptions);
}
else if (args is ["forms", .. var formOptions])
{
    FormScores.Run(formOptions);
}
else if (args is ["sender", .. var senderOptions])
{
    var loop = LoopOptions.Parse(senderOptions);
    SenderCosts.Run(loop);
    AwayCosts.Run(loop);
    PacketFill.Run(loop);
}
else if (args is ["emf", .. var emfOptions])
{
    var loop = LoopOptions.Parse(emfOptions);
    DocumentCosts.Run(loop);
    EmfRatios.Run(loop);
}
else if (args is ["scrape", .. var scrapeOptions])
{
    ScrapeCosts.Run(scrapeOptions);
}
else if (args is [ScrapeServer.Command, .. var serverOptions])
{
    OwnServers.Run(serverOptions);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
