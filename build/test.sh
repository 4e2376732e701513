#!/usr/bin/env bash
# Installs the receivers, runs every test project, and ends with one line: "Tests: N passed, N failed, N skipped".
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
results="$root/artifacts/test-results"
cd "$root"

build/receivers/install.sh

rm -rf "$results"
status=0
dotnet build OpenTelemetry.Exporter.Statsd.sln -c Release </dev/null

# One project after the other: a receiver that has to wait for a processor is overrun at any pace.
dotnet test OpenTelemetry.Exporter.Statsd.sln -c Release --no-build -m:1 -p:TestResultsDirectory="$results" </dev/null || status=$?

# A results file has one element <Counters total="9" executed="9" passed="9" failed="0" ...>; executed excludes the skipped.
passed=0 failed=0 skipped=0
for project in test/*.Tests/*.csproj; do
  name="$(basename "$project" .csproj)"
  counters="$(grep -ao '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null || true)"
  if [[ -z $counters ]]; then
    echo "$name left no results"
    status=1
    continue
  fi
  counter() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  passed=$((passed + $(counter passed)))
  failed=$((failed + $(counter executed) - $(counter passed)))
  skipped=$((skipped + $(counter total) - $(counter executed)))
done

if ((passed + failed == 0)); then
  echo 'No test ran'
  status=1
elif ((failed > 0)); then
  status=1
elif ((status != 0)); then
  echo 'dotnet test failed although every test that ran passed: see its output above'
fi

echo "Tests: $passed passed, $failed failed, $skipped skipped"
exit "$status"
