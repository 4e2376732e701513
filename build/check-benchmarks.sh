#!/usr/bin/env bash
# Runs every benchmark, and the loops that are not BenchmarkDotNet's, once. BenchmarkDotNet may report success although a benchmark failed, so its
# output decides.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
log="$root/artifacts/benchmarks/dry.log"
cd "$root"
rm -rf "$(dirname "$log")"
mkdir -p "$(dirname "$log")"

status=0
dotnet run -c Release --project test/Benchmarks -- --filter '*' --job dry --inProcess --artifacts artifacts/benchmarks >"$log" 2>&1 </dev/null || status=$?
for loop in ratios lanes record stream forms sender emf scrape; do
  dotnet run -c Release --no-build --project test/Benchmarks -- "$loop" --dry >>"$log" 2>&1 </dev/null || status=$?
done

if grep -En '^(// \* Errors|Benchmarks with issues:|// Build Error|Unhandled exception)|There are not any results runs|ExitCode != 0' "$log"; then
  status=1
fi

# "Global total time: 00:00:05 (5.1 sec), executed benchmarks: 12"
executed="$(sed -nE 's/.*executed benchmarks: ([0-9]+).*/\1/p' "$log" | tail -n 1)"
if ((${executed:-0} == 0)); then
  echo 'no benchmark ran'
  status=1
fi

if ((status != 0)); then
  tail -n 60 "$log"
  echo "benchmarks: red, all output in $log"
  exit 1
fi

grep -E '^\|' "$log"
echo "benchmarks: $executed executed once"
