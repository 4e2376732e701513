using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Lambda;

/// <summary>Takes orders. There is one of it in a process, which handles one event after the other.</summary>
internal sealed class OrderFunction : IDisposable
{
    private readonly Meter meter = new("Shop");
    private readonly Counter<long> orders;
    private readonly Histogram<double> packingTime;
    private readonly MeterProvider metrics;

    public OrderFunction()
    {
        orders = meter.CreateCounter<long>("orders", "{order}", "Orders taken.");
        packingTime = meter.CreateHistogram<double>("packing.duration", "s", "The time to pack an order.");

        // No endpoint: in a function of Lambda it is the standard output. And no interval: a function is frozen between events.
        metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddEmfExporter((emf, reader) =>
            {
                emf.Namespace = "Shop/Orders";
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            })
            .Build();
    }

    public string Handle(string product)
    {
        try
        {
            var tag = new KeyValuePair<string, object?>("product", product);
            orders.Add(1, tag);
            packingTime.Record(0.25, tag);
            Console.WriteLine($"Packed a {product}.");
            return $"Your {product} is on its way.";
        }
        finally
        {
            // Once the answer is there, Lambda freezes the process, perhaps for good: what is not written by now may never be.
            if (!metrics.ForceFlush())
            {
                Console.Error.WriteLine("Some metrics are still to be written.");
            }
        }
    }

    public void Dispose()
    {
        metrics.Dispose();
        meter.Dispose();
    }
}
