namespace TestSupport;

/// <summary>
/// What a Datadog Agent makes of the values of a distribution. A sample weighs 1 / rate cut off to a whole number, while the sum takes
/// 1 / rate as it is. Values go to bins around the powers of 1 + 2/128, those nearer to zero than 1e-9 to the bin of zero; a quantile is
/// the middle of the bin where its rank is, but for the smallest and the largest value, which are kept.
/// </summary>
/// <remarks>Not thread safe. Unlike the Agent's, the number of bins is not bounded.</remarks>
public sealed class SketchModel
{
    private const double Gamma = 1 + (2.0 / 128);
    private const double LeastMagnitude = 1e-9;

    private readonly SortedDictionary<int, long> bins = [];

    /// <summary>Gets how many values there are, by their weights.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the sum of all values.</summary>
    public double Sum { get; private set; }

    /// <summary>Gets the smallest value.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>Gets the largest value.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Inserts what a receiver has decoded.</summary>
    /// <param name="records">Values of one distribution.</param>
    /// <returns>This model.</returns>
    public SketchModel Insert(IEnumerable<StatsdRecord> records)
    {
        foreach (var record in records)
        {
            this.Insert(record.Number, record.Rate);
        }

        return this;
    }

    /// <summary>Inserts a sample.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rate">The rate that it was sampled at: above 0, at most 1.</param>
    public void Insert(double value, double rate = 1)
    {
        var weight = (long)Math.Truncate(1 / rate);
        this.Count += weight;
        this.Sum += value * (1 / rate);
        this.Min = Math.Min(this.Min, value);
        this.Max = Math.Max(this.Max, value);
        var bin = Bin(value);
        this.bins[bin] = this.bins.GetValueOrDefault(bin) + weight;
    }

    /// <summary>Estimates a quantile.</summary>
    /// <param name="q">Between 0 and 1.</param>
    /// <returns>The estimate for the value of rank <see cref="Rank"/>.</returns>
    public double Quantile(double q)
    {
        var rank = Rank(q, this.Count);
        if (rank == 0)
        {
            return this.Min;
        }

        if (rank == this.Count - 1)
        {
            return this.Max;
        }

        foreach (var (bin, weight) in this.bins)
        {
            rank -= weight;
            if (rank < 0)
            {
                return Math.Clamp(Middle(bin), this.Min, this.Max);
            }
        }

        throw new InvalidOperationException("The weights of all bins are fewer than the count.");
    }

    /// <summary>Computes which of so many values in ascending order, counted from 0, a quantile is.</summary>
    /// <param name="q">Between 0 and 1.</param>
    /// <param name="count">How many values there are.</param>
    /// <returns>The rank.</returns>
    public static long Rank(double q, long count) => (long)Math.Round(q * (count - 1), MidpointRounding.ToEven);

    // Bins of negative values count down from -1, those of positive ones up from 1, by so much that no power below 1 gets a wrong sign.
    private static int Bin(double value)
    {
        if (Math.Abs(value) < LeastMagnitude)
        {
            return 0;
        }

        var power = (int)Math.Round(Math.Log(Math.Abs(value)) / Math.Log(Gamma), MidpointRounding.ToEven);
        return Math.Sign(value) * (power + LeastPower + 1);
    }

    private static int LeastPower { get; } = (int)Math.Ceiling(-Math.Log(LeastMagnitude) / Math.Log(Gamma));

    private static double Middle(int bin) => bin == 0 ? 0 : Math.Sign(bin) * Math.Pow(Gamma, Math.Abs(bin) - LeastPower - 1);
}
