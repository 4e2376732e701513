#!/usr/bin/env bash
# Runs examples/QuickStart until it has shown a delivered line and served /metrics, then ends it.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
output="$(mktemp)"

cd "$root"
dotnet build -c Release examples/QuickStart

# From here on: on a busy machine the build alone may take as long.
deadline=$((SECONDS + 90))

# A process group of its own: whatever it starts ends with it.
setsid dotnet run --no-build -c Release --project examples/QuickStart >"$output" 2>&1 </dev/null &
quickstart=$!

stop() {
  kill -TERM -- "-$quickstart" 2>/dev/null || true
  for _ in {1..50}; do
    kill -0 -- "-$quickstart" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$quickstart" 2>/dev/null || true
  rm -f "$output"
}
trap stop EXIT
trap 'exit 143' TERM INT

fail() {
  echo "quick start: $1; its output:"
  head -n 100 "$output"
  exit 1
}

# until_true <what is awaited> <command>...
until_true() {
  local awaited=$1
  shift
  until "$@"; do
    kill -0 "$quickstart" 2>/dev/null || fail "ended before $awaited"
    ((SECONDS < deadline)) || fail "no $awaited in time"
    sleep 0.2
  done
}

delivered() {
  grep -Eq '[a-z][A-Za-z0-9_.]*:[-+0-9.e:]+\|(c|g|d|h|ms)(\|[^ ]*)?$' "$output"
}

port() {
  sed -nE 's#.*http://127\.0\.0\.1:([0-9]+)/metrics.*#\1#p' "$output" | head -n 1
}

has_port() {
  [[ -n "$(port)" ]]
}

# Bash's own client: curl is not on every machine.
scrape() {
  local answer
  answer="$(
    exec 3<>"/dev/tcp/127.0.0.1/$(port)" || exit 1
    printf 'GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
    timeout 10 cat <&3
  )" 2>/dev/null || return 1
  [[ $answer == HTTP/1.1\ 200* ]] && grep -q '^# TYPE ' <<<"$answer"
}

until_true 'a delivered line' delivered
until_true 'the address of /metrics' has_port
until_true 'an answer of /metrics' scrape

grep -Em 3 '\|(c|g|d|h|ms)' "$output"
echo "quick start: lines delivered, http://127.0.0.1:$(port)/metrics answers"
