namespace Benchmarks.Emf;

/// <summary>Writes the documents of some <see cref="DocumentData"/> again and again, into memory.</summary>
internal abstract class DocumentWriter(string name) : IDisposable
{
    public string Name => name;

    public List<double> Times { get; } = [];

    public List<double> AllocatedBytes { get; } = [];

    /// <summary>Writes each document once.</summary>
    public abstract void Write();

    /// <summary>Writes each document once, and has them back.</summary>
    public abstract string[] WriteAndRead();

    public virtual void Dispose()
    {
    }
}
