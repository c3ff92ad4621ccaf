# shellcheck shell=bash
# The engines, each with its own socket and data: nothing of an engine that the
# machine runs already is touched. All are stopped, by their own ids, at exit.
#
# Their data stand in $WORK/engines and are kept with it; their sockets stand in
# $SOCKETS, a short path, since a socket's path may have 107 characters at most.

declare -A ENGINE_PIDS=()

# engine_host NAME: what DOCKER_HOST (or buildctl --addr) must be.
engine_host() { printf 'unix://%s/%s.sock' "$SOCKETS" "$1"; }

docker_on() { # docker_on ENGINE ARGUMENT...
    local engine=$1
    shift
    "$DOCKER" --host "$(engine_host "$engine")" "$@"
}

start_engines() {
    # An empty configuration for the client, and none of the caller's.
    mkdir -p "$WORK/engines/client"
    printf '{}\n' >"$WORK/engines/client/config.json"
    export DOCKER_CONFIG=$WORK/engines/client DOCKER_BUILDKIT=0
    unset DOCKER_HOST DOCKER_CONTEXT

    start_dockerd docker20 "$DOCKERD20" '{}'
    # Docker 29 with each of its two image stores: they write different archives.
    start_dockerd docker29 "$DOCKERD29" '{"features": {"containerd-snapshotter": false}}'
    start_dockerd docker29c "$DOCKERD29" '{"features": {"containerd-snapshotter": true}}'
    start_engine buildkit "$BUILDKITD" --addr "$(engine_host buildkit)" \
        --root "$WORK/engines/buildkit/data" --containerd-worker=false \
        --otel-socket-path "$SOCKETS/otel.sock"

    local engine
    for engine in docker20 docker29 docker29c; do
        engine_answers "$engine" docker_on "$engine" version
    done
    engine_answers buildkit "$BUILDCTL" --addr "$(engine_host buildkit)" debug workers
}

start_dockerd() { # start_dockerd NAME PROGRAM CONFIGURATION
    local name=$1 program=$2 home=$WORK/engines/$1
    mkdir -p "$home"
    printf '%s\n' "$3" >"$home/daemon.json"
    # No network: no RUN of ours asks for one, and so no bridge can clash.
    start_engine "$name" "$program" --config-file "$home/daemon.json" \
        --host "$(engine_host "$name")" --data-root "$home/data" \
        --exec-root "$SOCKETS/$name" --pidfile "$SOCKETS/$name.pid" \
        --bridge=none --iptables=false --ip6tables=false --ip-forward=false
}

start_engine() { # start_engine NAME PROGRAM ARGUMENT...
    local name=$1
    shift
    mkdir -p "$WORK/engines/$name"
    "$@" >"$WORK/engines/$name/log" 2>&1 </dev/null &
    ENGINE_PIDS[$name]=$!
}

engine_answers() { # engine_answers NAME COMMAND...
    local name=$1
    shift
    wait_for 60 "$@" || {
        tail -n 20 "$WORK/engines/$name/log" >&2
        die "the engine $name did not start"
    }
}

stop_engines() {
    local name
    for name in "${!ENGINE_PIDS[@]}"; do
        kill "${ENGINE_PIDS[$name]}" 2>/dev/null || true
    done
    for name in "${!ENGINE_PIDS[@]}"; do
        wait "${ENGINE_PIDS[$name]}" 2>/dev/null || true
    done
    ENGINE_PIDS=()
}
