using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Standard output, with a pipe or a file of the test's own in its place.</summary>
public sealed class StandardOutputTransportTests : IDisposable
{
    private const int PipeBuf = 4096;

    /// <summary>More than any pipe holds.</summary>
    private const int TooManySends = 10_000;

    /// <summary>By then whatever does not return has blocked.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string Line = new string('x', 2999) + "\n";

    private readonly AnonymousPipeServerStream reader = new(PipeDirection.In);
    private readonly SafePipeHandle output;
    private readonly StandardOutputTransport transport;

    public StandardOutputTransportTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no question whether there is room.");
        output = reader.ClientSafePipeHandle;
        transport = new StandardOutputTransport(Borrow(output.DangerousGetHandle()));
    }

    public void Dispose()
    {
        transport.Dispose();
        output.Dispose();
        reader.Dispose();
    }

    [Fact]
    public void Packets_arrive_in_order()
    {
        Assert.Equal(SocketError.Success, transport.Probe(TimeSpan.Zero));
        Assert.Equal((SocketError.Success, 12), Send("a:1|c\nb:2|c\n"));
        Assert.Equal((SocketError.Success, 6), Send("c:3|c\n"));
        Assert.Equal("a:1|c\nb:2|c\nc:3|c\n", ReadToEnd());
    }

    [Fact]
    public void A_call_writes_whole_lines_as_many_as_a_pipe_takes_in_one_piece()
    {
        var line = new string('x', 999) + "\n";
        var lines = string.Concat(Enumerable.Repeat(line, 9));
        Assert.Equal((SocketError.Success, OperatingSystem.IsMacOS() ? 512 : 4000), Send(lines));

        var exact = new string('x', PipeBuf - 1) + "\n";
        Assert.Equal((SocketError.Success, OperatingSystem.IsMacOS() ? 512 : PipeBuf), Send(exact + line));
    }

    [Fact]
    public async Task A_stalled_reader_blocks_nobody_and_finds_whole_lines()
    {
        var sent = await FillAsync();
        Assert.Equal(SocketError.Success, transport.Probe(TimeSpan.Zero));
        transport.WaitUntilWritable(TimeSpan.Zero);
        Assert.Equal((SocketError.WouldBlock, 0), Send(Line));

        Assert.True(sent.Length >= PipeBuf);
        Assert.Equal(sent, Read(sent.Length));
        Assert.Equal((SocketError.Success, 6), Send("a:1|c\n"));
        Assert.Equal("a:1|c\n", ReadToEnd());
    }

    [Fact]
    public async Task Room_is_waited_for()
    {
        await FillAsync();
        var reading = Task.Run(() => Read(PipeBuf * 2), TestContext.Current.CancellationToken);
        transport.WaitUntilWritable(Deadline);
        Assert.Equal((SocketError.Success, 6), Send("a:1|c\n"));
        await reading;
    }

    [Fact]
    public void A_reader_that_has_gone_is_an_error()
    {
        Assert.Equal((SocketError.Success, 6), Send("a:1|c\n"));
        reader.Dispose();
        Assert.Equal(SocketError.ConnectionReset, transport.Probe(TimeSpan.Zero));
        Assert.Equal((SocketError.ConnectionReset, 0), Send("b:2|c\n"));
    }

    [Fact]
    public void A_closed_output_is_an_error()
    {
        using var closed = new StandardOutputTransport(Borrow(1_000_000));
        Assert.Equal(SocketError.NotConnected, closed.Probe(TimeSpan.Zero));
        Assert.Equal(SocketError.NotConnected, closed.Send("a:1|c\n"u8.ToArray(), 6, out var taken));
        Assert.Equal(0, taken);
    }

    [Fact]
    public void A_line_that_is_longer_than_a_pipe_takes_in_one_piece_goes_out_in_parts()
    {
        var line = new string('x', 10_000) + "\n";
        for (var rest = line; rest.Length > 0;)
        {
            var (error, taken) = Send(rest);
            Assert.Equal(SocketError.Success, error);
            Assert.InRange(taken, 1, PipeBuf);
            rest = rest[taken..];
        }

        transport.Disconnect();
        Send("a:1|c\n");
        Assert.Equal(line + "a:1|c\n", ReadToEnd());
    }

    [Fact]
    public void A_line_that_was_given_up_is_ended_with_the_next()
    {
        var (_, taken) = Send(new string('x', 10_000) + "\n");
        transport.Disconnect();
        Assert.Equal((SocketError.Success, 6), Send("a:1|c\n"));
        Assert.Equal((SocketError.Success, 6), Send("b:2|c\n"));
        Assert.Equal(new string('x', taken) + "\na:1|c\nb:2|c\n", ReadToEnd());
    }

    [Fact]
    public void A_file_is_written_where_the_last_writer_left_off()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            using (var redirected = new StandardOutputTransport(Borrow(file.SafeFileHandle.DangerousGetHandle())))
            {
                Assert.Equal(SocketError.Success, redirected.Probe(TimeSpan.Zero));
                Assert.Equal(SocketError.Success, redirected.Send("a:1|c\n"u8.ToArray(), 6, out _));
                Assert.Equal(SocketError.Success, redirected.Send("b:2|c\n"u8.ToArray(), 6, out _));
            }

            Assert.Equal("a:1|c\nb:2|c\n", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SafeFileHandle Borrow(nint descriptor) => new(descriptor, ownsHandle: false);

    private (SocketError Error, int Taken) Send(string packets)
    {
        var error = transport.Send(Encoding.ASCII.GetBytes(packets), packets.Length, out var taken);
        return (error, taken);
    }

    /// <returns>What was taken until there was no more room.</returns>
    private Task<string> FillAsync()
    {
        return Task.Run(Fill, TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);

        string Fill()
        {
            var sent = new StringBuilder();
            var (error, taken) = (SocketError.Success, 0);
            for (var i = 0; error == SocketError.Success && i < TooManySends; i++)
            {
                (error, taken) = Send(Line);
                sent.Append(Line.AsSpan(0, taken));
            }

            Assert.Equal((SocketError.WouldBlock, 0), (error, taken));
            return sent.ToString();
        }
    }

    private string ReadToEnd()
    {
        output.Dispose();
        using var text = new StreamReader(reader, Encoding.ASCII);
        return text.ReadToEnd();
    }

    private string Read(int length)
    {
        var bytes = new byte[length];
        reader.ReadExactly(bytes);
        return Encoding.ASCII.GetString(bytes);
    }
}
