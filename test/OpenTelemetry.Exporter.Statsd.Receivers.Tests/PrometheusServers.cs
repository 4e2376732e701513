namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A program and servers of each version that scrape it: a server takes seconds until it scrapes, all of them take no longer.</summary>
public sealed class PrometheusServers : IAsyncLifetime
{
    private readonly Dictionary<ReceiverVersion, PrometheusServer> servers = [];
    private PrometheusApp? app;

    public async ValueTask InitializeAsync()
    {
        app = await PrometheusProgram.StartAsync();
        PrometheusProgram.RecordEachKind(app.Meter);
        PrometheusProgram.RecordExponential(app.Meter);
        PrometheusProgram.RecordHostile(app.Meter);
        foreach (var version in Enum.GetValues<ReceiverVersion>())
        {
            if (Receiver.Find("prometheus", version) is { } executable)
            {
                servers.Add(version, PrometheusServer.Start(executable, app.Address));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values)
        {
            await server.DisposeAsync();
        }

        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }

    internal PrometheusServer Get(ReceiverVersion version)
    {
        Receiver.Require("prometheus", version);
        return servers[version];
    }
}
