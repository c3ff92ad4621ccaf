# shellcheck shell=bash
# A Redis and a PostgreSQL that ask for a password, and Dapr sidecars that work with
# them. All listen on free ports of the loopback interface and are stopped at exit.

DAPR=$WORK/dapr
# PostgreSQL refuses to run as root, and whom it runs as must reach its files.
POSTGRES=$SOCKETS/postgres
AS_POSTGRES=(env --chdir=/ setpriv --reuid postgres --regid postgres --init-groups)
declare -A DAPR_PIDS=()

# start_redis PASSWORD: sets REDIS_PORT. The password goes by the configuration on
# standard input: it is in no process's arguments, as nothing here may be.
start_redis() {
    REDIS_PORT=$(free_ports 1)
    mkdir -p "$DAPR/redis"
    printf 'bind 127.0.0.1\nport %s\ndir %s\nsave ""\nrequirepass %s\n' "$REDIS_PORT" "$DAPR/redis" "$1" |
        redis-server - >"$DAPR/redis.log" 2>&1 &
    DAPR_PIDS[redis]=$!
    wait_for 20 redis_answers || die "redis-server does not answer: $(tail -n 5 "$DAPR/redis.log")"
}

# Without its password it says that it wants one.
redis_answers() {
    redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>&1 | grep -q NOAUTH
}

# start_postgres USER PASSWORD DATABASE: sets POSTGRES_PORT.
start_postgres() {
    local user=$1 password=$2 database=$3
    POSTGRES_PORT=$(free_ports 1)
    POSTGRES_BIN=$(echo /usr/lib/postgresql/*/bin)
    chmod go+x "$SOCKETS"
    install -d -o postgres -m 0700 "$POSTGRES"
    (umask 077 && printf '%s\n' "$password" >"$POSTGRES/password")
    chown postgres "$POSTGRES/password"
    "${AS_POSTGRES[@]}" "$POSTGRES_BIN/initdb" --pgdata "$POSTGRES/data" --username "$user" --pwfile "$POSTGRES/password" \
        --auth scram-sha-256 --no-sync --encoding UTF8 --no-locale >"$DAPR/postgres.log" 2>&1 ||
        die "initdb: $(tail -n 5 "$DAPR/postgres.log")"
    "${AS_POSTGRES[@]}" "$POSTGRES_BIN/postgres" -D "$POSTGRES/data" -h 127.0.0.1 -p "$POSTGRES_PORT" -k "$POSTGRES" -F \
        >>"$DAPR/postgres.log" 2>&1 </dev/null &
    DAPR_PIDS[postgres]=$!
    printf '127.0.0.1:%s:*:%s:%s\n' "$POSTGRES_PORT" "$user" "$password" >"$DAPR/pgpass"
    chmod 0600 "$DAPR/pgpass"
    wait_for 20 "$POSTGRES_BIN/pg_isready" -h 127.0.0.1 -p "$POSTGRES_PORT" ||
        die "postgres does not answer: $(tail -n 5 "$DAPR/postgres.log")"
    PGPASSFILE=$DAPR/pgpass "$POSTGRES_BIN/createdb" -h 127.0.0.1 -p "$POSTGRES_PORT" -U "$user" -w "$database"
}

# Every sidecar of the run has the same ports, in DAPR_HTTP and DAPR_GRPC: one runs at a time.
choose_daprd_ports() {
    { read -r DAPR_HTTP && read -r DAPR_GRPC && read -r DAPR_INTERNAL && read -r DAPR_PUBLIC; } < <(free_ports 4)
}

# start_daprd RESOURCES [NAMESPACE [OPTION...]]: a sidecar of the application shop-api with the
# resources of that directory, run from the directory above it. True when it is ready:
# it ends by itself when a component fails. What it says is in $DAPR/daprd.log.
#
# Its id is in a file, since checks run in shells of their own.
start_daprd() {
    stop_daprd
    NAMESPACE=${2:-} env --chdir "$1/.." "$DAPRD" --app-id shop-api --resources-path "$1" --enable-metrics=false \
        --dapr-http-port "$DAPR_HTTP" --dapr-grpc-port "$DAPR_GRPC" --dapr-internal-grpc-port "$DAPR_INTERNAL" \
        --dapr-public-port "$DAPR_PUBLIC" --dapr-listen-addresses 127.0.0.1 --dapr-graceful-shutdown-seconds 1 \
        "${@:3}" >"$DAPR/daprd.log" 2>&1 </dev/null &
    printf '%s' "$!" >"$DAPR/daprd.pid"
    wait_for 30 daprd_settled
    dapr GET healthz/outbound >/dev/null
}

# It answers, or it has ended.
daprd_settled() { dapr GET healthz/outbound || ! daprd_runs; }

daprd_runs() { kill -0 "$(<"$DAPR/daprd.pid")"; }

stop_daprd() {
    [[ -s $DAPR/daprd.pid ]] || return 0
    kill "$(<"$DAPR/daprd.pid")" 2>/dev/null || true
    wait_for 10 not daprd_runs || kill -KILL "$(<"$DAPR/daprd.pid")"
    rm "$DAPR/daprd.pid"
}

# dapr METHOD PATH [BODY]: asks the sidecar; prints the answer's body and then its status,
# and is true on a status of success.
dapr() {
    local body=${3:-}
    curl --silent --show-error --max-time 10 --request "$1" --header 'Content-Type: application/json' \
        ${body:+--data-binary "$body"} --write-out '\n%{http_code}\n' "http://127.0.0.1:$DAPR_HTTP/v1.0/$2" |
        { mapfile -t lines && printf '%s\n' "${lines[@]}" && [[ ${lines[-1]} == 2?? ]]; }
}

stop_dapr_part() {
    local pid=${DAPR_PIDS[$1]:-}
    [[ -n $pid ]] || return 0
    # which PostgreSQL understands as 'now, and not when the last client has gone'
    kill -INT "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    unset "DAPR_PIDS[$1]"
}

stop_dapr() {
    stop_daprd
    stop_dapr_part redis
    stop_dapr_part postgres
}
