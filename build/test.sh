#!/usr/bin/env bash
# Installs the receivers, runs every test project, and ends with one line: "Tests: N passed, N failed, N skipped".
# What hangs is ended after a while, says with lines of "hung: " what it was at, and counts as failed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
results="$root/artifacts/test-results"
cd "$root"

build/receivers/install.sh

rm -rf "$results"
mkdir -p "$results"
dotnet build OpenTelemetry.Exporter.Statsd.sln -c Release </dev/null

# unfinished <log>: the tests that began and did not end.
unfinished() {
  comm -23 <(sed -n 's/ \[STARTING\]$//p' "$1" | sort) <(sed -nE 's/ \[FINISHED\] Time: .*//p' "$1" | sort)
}

# With TEST_CASES set, tests run in an order that follows from it, too.
order=()
if [[ -n ${TEST_CASES:-} ]]; then
  order=(":$(($(cksum <<<"$TEST_CASES" | cut -d ' ' -f 1) / 2))")
fi

# run <project> <build> <folder> <seconds> [option...]: in a session of its own, so that nothing that a test has started outlives it.
running=
trap '[[ -z $running ]] || kill -KILL -- "-$running" 2>/dev/null || true' EXIT
run() {
  local name=$1 build=$2 folder=$3 limit=$4 log="$results/$1.$2.log" status=0
  shift 4
  echo "--- $name, $build"
  : >"$log"
  setsid dotnet exec "$folder/$name.dll" ${order[@]+"${order[@]}"} "$@" \
    -trx "$results/$name.$build.trx" -reporter verbose -longRunning 30 -noAutoReporters -noColor -noLogo </dev/null >>"$log" 2>&1 &
  running=$!
  timeout "$limit" tail --lines=+1 --follow --pid="$running" "$log" | grep --line-buffered -avE ' \[(STARTING|FINISHED)\]' || true
  if kill -0 "$running" 2>/dev/null; then
    {
      echo "$name did not end within $limit s. Not finished:"
      unfinished "$log"
      timeout --kill-after=5s 20 dotnet exec test/Stacks/bin/Release/net10.0/Stacks.dll "$running" 2>&1 || echo 'Its stacks cannot be read.'
    } | sed 's/^/hung: /'
  fi
  kill -KILL -- "-$running" 2>/dev/null || true
  wait "$running" || status=$?
  running=
  return "$status"
}

# add <project> <build> <folder> <seconds> [option...]: runs tests and adds up their results.
# A results file has one element <Counters total="9" executed="9" passed="9" failed="0" ...>; executed excludes the skipped.
passed=0 failed=0 skipped=0
add() {
  local name=$1 build=$2 status=0 counters wrong
  run "$@" || status=$?
  counters="$(grep -ao '<Counters [^>]*>' "$results/$name.$build.trx" 2>/dev/null || echo '<Counters total="0" executed="0" passed="0" >')"
  counter() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  wrong=$(($(counter executed) - $(counter passed)))
  if ((wrong == 0 && (status != 0 || $(counter passed) == 0))); then
    echo "$name ended with status $status and $(counter passed) tests passed: that counts as one failed test"
    wrong=1
  fi
  passed=$((passed + $(counter passed)))
  failed=$((failed + wrong))
  skipped=$((skipped + $(counter total) - $(counter executed)))
}

# One project after the other: a receiver that has to wait for a processor is overrun at any pace.
for project in test/*.Tests/*.csproj; do
  name="$(basename "$project" .csproj)"
  case $name in
    OpenTelemetry.Exporter.Statsd.Tests) limit=780 ;;
    OpenTelemetry.Exporter.Statsd.Prometheus.Tests) limit=420 ;;
    OpenTelemetry.Exporter.Statsd.Receivers.Tests) limit=420 ;;
    *) limit=120 ;;
  esac
  add "$name" Release "test/$name/bin/Release/net10.0" "$limit"
done

# Once more where the concurrent types and the sender assert what they rely on: the same tests, beside a debug build of the library.
library=OpenTelemetry.Exporter.Statsd
asserting="$root/artifacts/asserting"
dotnet build "src/$library" -c Debug -p:RunAnalyzers=false </dev/null
rm -rf "$asserting"
cp -R "test/$library.Tests/bin/Release/net10.0" "$asserting"
cp "src/$library/bin/Debug/net10.0/$library".{dll,pdb} "$asserting"
add "$library.Tests" Debug "$asserting" 240 -namespace '*.Packing' -namespace '*.Delivery'

echo "Tests: $passed passed, $failed failed, $skipped skipped"
exit $((failed > 0))
