#!/usr/bin/env bash
# Packs the packages into artifacts/packages and compiles new projects against them, outside the repository: one with all of them, and the
# first program of each README with what that says to install.
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
  version="${BASH_REMATCH[2]}"
  references+="<PackageReference Include=\"${BASH_REMATCH[1]}\" Version=\"$version\" />"
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

# first_block <language> <readme>
first_block() {
  awk -v fence="\`\`\`$1" 'inside && /^```/ { exit } inside; $0 == fence { inside = 1 }' "$2"
}

# add_published <package>: what somebody else has published, in the version that is tested here if there is one. False if no source has it.
add_published() {
  local version log="$consumer/add.log" status=0
  version="$(sed -nE "s/.*Include=\"$1\" Version=\"([^\"]+)\".*/\1/p" "$root/Directory.Packages.props")"
  timeout 90 dotnet add package "$1" ${version:+--version "$version"} </dev/null >"$log" 2>&1 || status=$?
  cat "$log"
  if ((status != 0 && status != 124)) && ! grep -qE 'NU110[12]|NU1301|There are no versions available' "$log"; then
    echo "$1 cannot be added"
    exit 1
  fi
  return "$status"
}

# What others have published is not on every machine: a README that needs more than there is is left out.
declare -A absent=()
for readme in "$root"/src/*/README.md; do
  project="$consumer/readme/$(basename "$(dirname "$readme")")"
  mkdir -p "$project"
  cd "$project"
  sed 's|<ItemGroup>.*</ItemGroup>||' "$consumer/Consumer.csproj" >Readme.csproj
  first_block csharp "$readme" >Program.cs
  if [[ ! -s Program.cs ]]; then
    echo "$readme has no program"
    exit 1
  fi

  missing=''
  while read -r _ _ _ name; do
    if [[ -e "$packages/$name.$version.nupkg" ]]; then
      dotnet add package "$name" --version "$version" </dev/null
    elif [[ -n ${absent[$name]:-} ]] || ! add_published "$name"; then
      absent[$name]=yes
      missing+=" $name"
    fi
  done < <(first_block shell "$readme")

  if [[ -z "$missing" ]]; then
    dotnet build -c Release
    echo "$readme: its first program compiles"
  else
    echo "$readme: its first program is not compiled, as no source here has$missing"
  fi
done
