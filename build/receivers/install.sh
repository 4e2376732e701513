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

# three_times <command>...: until it succeeds, as far as there is time: a network may be away for a moment.
three_times() {
  local attempt
  for attempt in 1 2 3; do
    if "$@"; then
      return 0
    fi
    ((attempt < 3 && SECONDS < deadline)) || return 1
    sleep 3
  done
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
  as_root timeout --kill-after=10s "$(seconds_left)" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -qq -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# apt-get waits for the lock of the packages, but not for that of the lists.
update_lists() {
  local answer
  until answer="$(apt_get update 2>&1)"; do
    if [[ $answer != *'Could not get lock'* ]] || ((SECONDS >= deadline)); then
      return 1
    fi
    sleep 1
  done
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
  if three_times update_and_install "$@"; then
    return 0
  fi
  echo "receivers: apt-get could not install $* ($purpose)"
  return 1
}

# update_and_install <package>...: old lists are better than none.
update_and_install() {
  update_lists || true
  without_services apt_get install --yes --no-install-recommends "$@" >/dev/null
}

install_prometheus() {
  if ! command -v prometheus >/dev/null; then
    packages 'a server that scrapes' prometheus || return 0
    disable_service prometheus
  fi
  echo "receivers: $(prometheus --version 2>&1 | sed -n 1p)"
}

install_pushgateway() {
  if ! command -v prometheus-pushgateway >/dev/null; then
    packages 'a gateway that is pushed to' prometheus-pushgateway || return 0
    disable_service prometheus-pushgateway
  fi
  echo "receivers: $(prometheus-pushgateway --version 2>&1 | sed -n 1p)"
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

# By itself npm waits five minutes for an answer, which leaves no time to ask again.
npm_ci() {
  timeout --kill-after=10s "$(seconds_left)" \
    npm ci --omit=optional --loglevel=error --fetch-timeout=20000 --fetch-retries=4 --fetch-retry-mintimeout=1000 </dev/null
}

# install_npm <folder> <package> <what it is>
install_npm() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    packages "Node.js for $3" nodejs npm || return 0
  fi
  cd "$receivers/$1"
  if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
    echo "receivers: installing $3"
    if ! three_times npm_ci; then
      echo "receivers: npm could not install $3"
      return 0
    fi
  fi
  echo "receivers: $3 $(node -p "require('./node_modules/$2/package.json').version") on Node.js $(node --version)"
}

# Later suites of Debian have newer versions, which run here too. They are unpacked where the tests look for them. The
# system's lists, cache and packages stay as they are: apt-get is given others, and checks signatures as always.
# fetch_from <suite> <package>...
fetch_from() (
  suite=$1
  shift
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  # Not only for its owner: apt-get downloads as a user of its own.
  chmod 755 "$scratch"
  mkdir -p "$scratch"/{lists,cache/archives}/partial "$receivers/$suite"

  # The mirror that this system uses.
  mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | sed -n 1p)" || mirror=
  if [[ -z $mirror ]]; then
    echo "receivers: nothing from $suite: no source of packages here is Debian"
    return 0
  fi
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nTargets: Packages\n' "$mirror" "$suite"
    [[ ! -e $keys ]] || echo "Signed-By: $keys"
  } >"$scratch/apt.sources"
  cat >"$scratch/apt.conf" <<EOF
#clear APT::Update;
APT::Update::Error-Mode "any";
Dir::Etc::sourcelist "$scratch/apt.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$scratch/lists";
Dir::Cache "$scratch/cache";
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
EOF
  apt() {
    timeout --kill-after=10s "$(seconds_left)" apt-get -qq -c "$scratch/apt.conf" "$@" </dev/null
  }

  echo "receivers: fetching from $suite: $*"
  if ! apt update >/dev/null 2>"$scratch/errors"; then
    echo "receivers: nothing from $suite: $(sed -n 1p "$scratch/errors")"
    return 0
  fi
  cd "$scratch"
  for package in "$@"; do
    if ! apt download "$package" >/dev/null 2>"$scratch/errors" || ! dpkg-deb --extract "$package"_*.deb "$scratch/$package"; then
      echo "receivers: no $package from $suite: $(sed -n 1p "$scratch/errors")"
    elif ! "$package/usr/bin/$package" --version >/dev/null 2>&1; then
      echo "receivers: $package from $suite does not run here"
    else
      mv "$package/usr/bin/$package" "$receivers/$suite/$package.part"
      mv "$receivers/$suite/$package.part" "$receivers/$suite/$package"
    fi
  done
)

# install_from <suite> <package>...
install_from() {
  local suite=$1 package missing=()
  shift
  for package in "$@"; do
    [[ -x $receivers/$suite/$package ]] || missing+=("$package")
  done
  if ((${#missing[@]} > 0)); then
    if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
      fetch_from "$suite" "${missing[@]}"
    else
      echo "receivers: no ${missing[*]} from $suite: needs apt-get"
    fi
  fi
  for package in "$@"; do
    if [[ -x $receivers/$suite/$package ]]; then
      echo "receivers: $suite: $package: $("$receivers/$suite/$package" --version 2>&1 | sed -n 1p)"
    fi
  done
}

install_prometheus
install_pushgateway
install_openmetrics_parser
install_strace
(install_npm statsd statsd 'the StatsD daemon')
(install_npm emf aws-embedded-metrics "AWS's client of the embedded metric format")
# Last, so that they take no time from what has to be there.
install_from trixie prometheus promtool
install_from sid prometheus promtool prometheus-pushgateway victoria-metrics
