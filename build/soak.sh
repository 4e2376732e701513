#!/usr/bin/env bash
# build/soak.sh [minutes]: exporters over each transport record and export for so long, five minutes by default, while their
# receivers are restarted at random. Ends with a verdict: flat memory, no allocation by steady exports, nothing lost uncounted.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

dotnet build "$root/test/FaultApp" -c Release -v quiet --nologo
# The receivers live in the same process and start a thread each time; an arena of memory for each would look like a leak.
export MALLOC_ARENA_MAX=1
exec dotnet "$root/test/FaultApp/bin/Release/net10.0/FaultApp.dll" soak "${1:-5}"
