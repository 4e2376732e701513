using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The StatsD daemon from npm, on loopback ports of its own, and what it made of the lines sent to it.</summary>
/// <remarks>
/// Thread safe. The daemon reports every flush and datagram on its standard output (<c>build/receivers/statsd/jsonl.js</c>);
/// waiting is being woken by such a report.
/// </remarks>
internal sealed class StatsdDaemon : IDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Half as long again as the daemon's own default, so that a load is over before it flushes and reads nothing meanwhile.</summary>
    private static readonly TimeSpan QuietFlushInterval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(2);

    private readonly object gate = new();
    private readonly Dictionary<string, double> counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<double>> timers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> timerCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> sets = new(StringComparer.Ordinal);
    private readonly List<byte[]> datagrams = [];
    private readonly List<string> log = [];
    private readonly string configuration;
    private readonly int administrationPort;
    private readonly Process process;
    private IReadOnlyDictionary<string, double> gauges = new Dictionary<string, double>();
    private bool listening;
    private bool ended;

    private StatsdDaemon(string directory, bool quiet)
    {
        this.Port = FreePort(SocketType.Dgram, ProtocolType.Udp);
        this.administrationPort = FreePort(SocketType.Stream, ProtocolType.Tcp);
        this.configuration = Path.Combine(AppContext.BaseDirectory, $"statsd-{this.Port}.js");
        File.WriteAllText(this.configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            {
              address: "127.0.0.1", port: {{this.Port}},
              mgmt_address: "127.0.0.1", mgmt_port: {{this.administrationPort}},
              backends: [ {{JsonSerializer.Serialize(Path.Combine(directory, "jsonl.js"))}} ],
              flushInterval: {{(quiet ? QuietFlushInterval : FlushInterval).TotalMilliseconds}},
              jsonl: { packets: {{(quiet ? "false" : "true")}} }
            }
            """));

        this.process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [Path.Combine(directory, "node_modules/statsd/stats.js"), this.configuration])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        this.process.OutputDataReceived += (_, line) => this.OnOutput(line.Data);
        this.process.ErrorDataReceived += (_, line) => this.OnError(line.Data);
        this.process.Start();
        this.process.BeginOutputReadLine();
        this.process.BeginErrorReadLine();
    }

    /// <summary>Gets the UDP port of 127.0.0.1 that it listens on.</summary>
    public int Port { get; }

    /// <summary>Gets where to send to.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, this.Port);

    /// <summary>Gets every counter's sum over all flushes, by the daemon's key: <c>name;tag=value</c>.</summary>
    public IReadOnlyDictionary<string, double> CounterTotals => this.Locked(() => new Dictionary<string, double>(this.counters));

    /// <summary>Gets every gauge as of the last flush.</summary>
    public IReadOnlyDictionary<string, double> Gauges => this.Locked(() => this.gauges);

    /// <summary>Gets every timer's values over all flushes; the daemon sorts those of one flush.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Timers =>
        this.Locked(() => this.timers.ToDictionary(timer => timer.Key, timer => (IReadOnlyList<double>)[.. timer.Value]));

    /// <summary>Gets how many values every timer has counted over all flushes: those of a value with a rate as many as the rate says.</summary>
    public IReadOnlyDictionary<string, double> TimerCounts => this.Locked(() => new Dictionary<string, double>(this.timerCounts));

    /// <summary>Gets every set's members over all flushes.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Sets =>
        this.Locked(() => this.sets.ToDictionary(set => set.Key, set => (IReadOnlySet<string>)new HashSet<string>(set.Value)));

    /// <summary>Gets every datagram as it came.</summary>
    public IReadOnlyList<byte[]> Datagrams => this.Locked(() => this.datagrams.ToArray());

    /// <summary>Gets how many lines the daemon could not read.</summary>
    public int BadLinesSeen => (int)this.Ask("stats")["messages.bad_lines_seen"];

    /// <summary>Starts a daemon, or skips the test where it is not installed; with <c>CI=true</c> the test fails instead.</summary>
    /// <param name="quiet">
    /// Whether it has as little to do as with its users: it reports no datagrams, and flushes every ten seconds.
    /// </param>
    /// <returns>The daemon, listening.</returns>
    public static StatsdDaemon StartOrSkip(bool quiet = false)
    {
        var directory = Receiver.Folder("statsd");
        if (!Directory.Exists(Path.Combine(directory, "node_modules/statsd")))
        {
            Receiver.Missing("the StatsD daemon is not installed: run build/test.sh, or npm ci in build/receivers/statsd");
        }

        for (var attempt = 1; ; attempt++)
        {
            StatsdDaemon? daemon = null;
            try
            {
                daemon = new StatsdDaemon(directory, quiet);
                daemon.WaitFor(() => daemon.listening);
                return daemon;
            }
            catch (Win32Exception)
            {
                Receiver.Missing("Node.js is not installed");
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // Another process took the free port in between.
                daemon?.Dispose();
            }
            catch
            {
                daemon?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Waits until a condition holds, asked again after each report of the daemon.</summary>
    /// <param name="condition">The condition; it may read this object.</param>
    /// <param name="deadline">How long at most; two minutes unless given.</param>
    /// <exception cref="TimeoutException">The condition was not met in time.</exception>
    /// <exception cref="InvalidOperationException">The daemon ended.</exception>
    public void WaitFor(Func<bool> condition, TimeSpan? deadline = null)
    {
        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        lock (this.gate)
        {
            while (!condition())
            {
                if (this.ended)
                {
                    throw new InvalidOperationException($"The StatsD daemon ended:\n{string.Join('\n', this.log)}");
                }

                var left = limit - clock.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(this.gate, left))
                {
                    throw new TimeoutException(
                        $"The condition was not met in {limit}; counters: {List(this.counters)}; gauges: {List(this.gauges)}.");
                }
            }
        }
    }

    /// <summary>Ends the daemon.</summary>
    public void Dispose()
    {
        this.process.Kill(entireProcessTree: true);
        Assert.True(this.process.WaitForExit(DefaultDeadline), "The daemon does not end.");
        this.process.Dispose();
        File.Delete(this.configuration);
    }

    private static string List(IReadOnlyDictionary<string, double> values) =>
        string.Join(", ", values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} = {value.Value}")));

    private static int FreePort(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // JSON has no infinity and no NaN: what the daemon could not count arrives as null.
    private static double Number(JsonElement value) => value.ValueKind is JsonValueKind.Null ? double.NaN : value.GetDouble();

    /// <summary>Gives a command to the administration port, which answers in lines: <c>name: number</c>, or <c>'name': number,</c>.</summary>
    private Dictionary<string, double> Ask(string command)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, this.administrationPort);
        client.ReceiveTimeout = (int)DefaultDeadline.TotalMilliseconds;
        using var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(command + '\n'));
        using var reader = new StreamReader(stream);
        var answer = new Dictionary<string, double>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line == "END")
            {
                return answer;
            }

            if (line.Split(": ") is [var name, var number])
            {
                answer.Add(name.Trim(' ', '\''), double.Parse(number.TrimEnd(','), CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException($"The daemon did not answer the command {command}.");
    }

    private T Locked<T>(Func<T> read)
    {
        lock (this.gate)
        {
            return read();
        }
    }

    private void OnOutput(string? line)
    {
        lock (this.gate)
        {
            if (line is null)
            {
                this.ended = true;
            }
            else if (line is ['{', ..])
            {
                using var report = JsonDocument.Parse(line);
                this.OnReport(report.RootElement);
            }
            else
            {
                this.log.Add(line);
            }

            Monitor.PulseAll(this.gate);
        }
    }

    private void OnError(string? line)
    {
        lock (this.gate)
        {
            this.log.Add(line ?? string.Empty);
        }
    }

    private void OnReport(JsonElement report)
    {
        if (report.TryGetProperty("packet", out var packet))
        {
            this.datagrams.Add(Convert.FromHexString(packet.GetString()!));
            return;
        }

        if (report.TryGetProperty("listening", out _))
        {
            this.listening = true;
            return;
        }

        foreach (var counter in report.GetProperty("counters").EnumerateObject())
        {
            this.counters[counter.Name] = this.counters.GetValueOrDefault(counter.Name) + Number(counter.Value);
        }

        foreach (var timer in report.GetProperty("timers").EnumerateObject())
        {
            this.timers.TryAdd(timer.Name, []);
            this.timers[timer.Name].AddRange(timer.Value.EnumerateArray().Select(Number));
        }

        foreach (var count in report.GetProperty("timerCounts").EnumerateObject())
        {
            this.timerCounts[count.Name] = this.timerCounts.GetValueOrDefault(count.Name) + Number(count.Value);
        }

        foreach (var set in report.GetProperty("sets").EnumerateObject())
        {
            this.sets.TryAdd(set.Name, []);
            this.sets[set.Name].UnionWith(set.Value.EnumerateArray().Select(member => member.GetString()!));
        }

        this.gauges = report.GetProperty("gauges").EnumerateObject().ToDictionary(gauge => gauge.Name, gauge => Number(gauge.Value));
    }
}
