# shellcheck shell=bash
# A Docker engine of the benchmark's own: own socket, own data, no network. Sourced.

ENGINE_RUN=""

# engine_start DATA_ROOT — starts it and sets DOCKER_HOST.
engine_start() {
  ENGINE_RUN=$(mktemp -d /tmp/unbake-bench-engine.XXXXXX)
  mkdir -p "$1"
  dockerd --data-root "$1" --exec-root "$ENGINE_RUN/exec" --pidfile "$ENGINE_RUN/pid" \
    --host "unix://$ENGINE_RUN/socket" --bridge=none --iptables=false --ip6tables=false \
    --storage-driver overlay2 >"$ENGINE_RUN/log" 2>&1 &
  export DOCKER_HOST="unix://$ENGINE_RUN/socket"
  local tries
  for tries in $(seq 100); do
    docker_cli version >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  echo "the Docker engine did not start after $tries tries:" >&2
  tail -n 20 "$ENGINE_RUN/log" >&2
  return 1
}

engine_stop() {
  [ -n "$ENGINE_RUN" ] || return 0
  local pid
  if pid=$(cat "$ENGINE_RUN/pid" 2>/dev/null); then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$ENGINE_RUN"
  ENGINE_RUN=""
  unset DOCKER_HOST
}

# Debian's client and the old builder, which is the one that writes `RUN |1 NAME=VALUE` into the history.
docker_cli() { DOCKER_BUILDKIT=0 /usr/bin/docker "$@"; }
