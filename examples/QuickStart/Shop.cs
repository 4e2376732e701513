using System.Diagnostics.Metrics;

namespace QuickStart;

/// <summary>What the application measures: one instrument of each kind, with tags.</summary>
internal sealed class Shop
{
    public const string MeterName = "QuickStart";

    private static readonly InstrumentAdvice<double> PackingTimes = new() { HistogramBucketBoundaries = [0.01, 0.02, 0.03, 0.04, 0.05] };

    private readonly Counter<long> orders;
    private readonly UpDownCounter<int> openOrders;
    private readonly Gauge<double> price;
    private readonly Histogram<double> packingTime;

    public Shop(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        orders = meter.CreateCounter<long>("quickstart.orders", "{order}", "Orders taken.");
        openOrders = meter.CreateUpDownCounter<int>("quickstart.orders.open", "{order}", "Orders not yet packed.");
        price = meter.CreateGauge<double>("quickstart.price", "EUR", "The price of the latest order.");
        packingTime = meter.CreateHistogram(
            "quickstart.packing.duration", "s", "The time to pack an order.", tags: null, PackingTimes);
    }

    public async Task<IResult> Order(string product)
    {
        var tag = new KeyValuePair<string, object?>("product", product);
        orders.Add(1, tag);
        openOrders.Add(1);
        price.Record(Math.Round(5 + Random.Shared.NextDouble() * 20, 2), tag);

        var packing = TimeSpan.FromMilliseconds(Random.Shared.Next(5, 50));
        await Task.Delay(packing);
        packingTime.Record(packing.TotalSeconds, tag);
        openOrders.Add(-1);
        return Results.Ok();
    }
}
