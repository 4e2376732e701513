#!/usr/bin/env bash
# Installs the receivers that the tests talk to, and strace, as far as this machine allows. What cannot be had is said and left out:
# its tests are skipped, or fail where CI=true.
set -euo pipefail

receivers="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# However slow the network is, and whoever holds the package manager's lock.
deadline=$((SECONDS + 180))
seconds_left() {
  echo $((SECONDS < deadline ? deadline - SECONDS : 1))
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null
}

apt_get() {
  as_root timeout --kill-after=10s "$(seconds_left)" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# The daemons run on demand, on loopback, under the tests. Debian's policy hook keeps the packages from starting them now,
# and what they enabled for the next boot is disabled again.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@"
)

disable_service() {
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl disable --quiet "$1" || true
  fi
}

# packages <what for> <package>...
packages() {
  local purpose=$1
  shift
  if ! can_install; then
    echo "receivers: cannot install $* ($purpose): needs apt-get, and root or sudo without a password"
    return 1
  fi
  echo "receivers: installing $*"
  if without_services apt_get install --yes --no-install-recommends "$@" >/dev/null 2>&1; then
    return 0
  fi
  apt_get update >/dev/null 2>&1 || true
  if without_services apt_get install --yes --no-install-recommends "$@" >/dev/null; then
    return 0
  fi
  echo "receivers: apt-get could not install $* ($purpose)"
  return 1
}

install_prometheus() {
  if ! command -v prometheus >/dev/null; then
    packages 'a server that scrapes' prometheus || return 0
    disable_service prometheus
  fi
  echo "receivers: $(prometheus --version 2>&1 | sed -n 1p)"
}

install_openmetrics_parser() {
  # Debian's own Python: another one on the path has packages of its own.
  if ! /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
    packages 'a strict OpenMetrics parser' python3-prometheus-client || return 0
  fi
  echo 'receivers: python3-prometheus-client is there'
}

install_strace() {
  if ! command -v strace >/dev/null; then
    packages "errors in place of a process's calls" strace || return 0
  fi
  echo "receivers: $(strace --version | sed -n 1p)"
}

# install_npm <folder> <package> <what it is>
install_npm() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    packages "Node.js for $3" nodejs npm || return 0
  fi
  cd "$receivers/$1"
  if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
    echo "receivers: installing $3"
    if ! timeout --kill-after=10s "$(seconds_left)" npm ci --omit=optional --loglevel=error </dev/null; then
      echo "receivers: npm could not install $3"
      return 0
    fi
  fi
  echo "receivers: $3 $(node -p "require('./node_modules/$2/package.json').version") on Node.js $(node --version)"
}

install_prometheus
install_openmetrics_parser
install_strace
(install_npm statsd statsd 'the StatsD daemon')
(install_npm emf aws-embedded-metrics "AWS's client of the embedded metric format")
