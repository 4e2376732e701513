namespace TestSupport;

/// <summary>The bytes of a connection that are not yet taken. It grows to hold the longest payload.</summary>
internal sealed class StreamBuffer
{
    private const int MinFree = 1 << 16;

    private byte[] array = new byte[2 * MinFree];
    private int start;
    private int end;

    /// <summary>Gets what has come and was not taken.</summary>
    public ReadOnlySpan<byte> Bytes => this.array.AsSpan(this.start..this.end);

    /// <summary>Gets where to put more; never empty.</summary>
    public Span<byte> Free
    {
        get
        {
            if (this.array.Length - this.end < MinFree)
            {
                this.MakeRoom();
            }

            return this.array.AsSpan(this.end);
        }
    }

    /// <summary>Says how much was put.</summary>
    public void Add(int count) => this.end += count;

    /// <summary>Takes away from the front.</summary>
    public void Remove(int count) => this.start += count;

    private void MakeRoom()
    {
        var used = this.end - this.start;
        var target = this.array.Length - used < MinFree ? new byte[this.array.Length * 2] : this.array;
        this.Bytes.CopyTo(target);
        this.array = target;
        (this.start, this.end) = (0, used);
    }
}
