#!/usr/bin/env bash
# Packs the packages into artifacts/packages and compiles a new project against them, outside the repository.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
packages="$root/artifacts/packages"
consumer="$(mktemp -d)"
trap 'rm -rf "$consumer"' EXIT

rm -rf "$packages"
cd "$root"
dotnet pack OpenTelemetry.Exporter.Statsd.sln -c Release -o "$packages"

# The machine's own sources serve the rest. A package cache of its own, lest an older build of the same version is used.
export NUGET_PACKAGES="$consumer/cache"
cd "$consumer"
cat >NuGet.config <<XML
<configuration>
  <packageSources>
    <add key="packed" value="$packages" />
  </packageSources>
</configuration>
XML

references=''
for package in "$packages"/*.nupkg; do
  [[ "$(basename "$package")" =~ ^(.+)\.([0-9]+\.[0-9]+\.[0-9]+.*)\.nupkg$ ]]
  references+="<PackageReference Include=\"${BASH_REMATCH[1]}\" Version=\"${BASH_REMATCH[2]}\" />"
done

cat >Consumer.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using OpenTelemetry;
using OpenTelemetry.Metrics;

using var pushed = Sdk.CreateMeterProviderBuilder().AddMeter("Consumer").AddStatsdExporter().Build();

var builder = WebApplication.CreateBuilder(args);
builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter("Consumer").AddPrometheusExporter());
builder.Services.AddHealthChecks().AddStatsdExporter();
builder.Build().MapPrometheusScrapingEndpoint();
CS

dotnet build -c Release

# What was compiled against is what was packed.
for package in "$packages"/*.nupkg; do
  name="$(basename "$package" .nupkg)"
  restored="$(find "$NUGET_PACKAGES" -iname "$name.nupkg")"
  cmp "$package" "$restored"
  echo "$name restores and compiles"
done
