# shellcheck shell=bash
# What every part of the run uses: paths, messages, and the count of checks.
# Sourced by ../run, which has set HERE, WORK and UNBAKE.

CACHE=${UNBAKE_E2E_CACHE:-$HOME/.cache/unbake-e2e}
RESULTS=$WORK/results   # one line for each check: 'ok   NAME' or 'FAIL NAME: why'

say() { printf '== %s\n' "$*"; }

die() {
    printf 'e2e: %s\n' "$*" >&2
    exit 1
}

pass() { printf 'ok   %s\n' "$1" | tee -a "$RESULTS"; }

fail() { printf 'FAIL %s: %s\n' "$1" "$2" | tee -a "$RESULTS"; }

# check NAME COMMAND...: one check, passed when the command succeeds. What the
# command prints is the reason when it doesn't.
check() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        pass "$name"
    else
        said=${said//$'\n'/ }
        fail "$name" "${said:-$* failed}"
    fi
}

# judge COMMAND...: a command that prints check lines itself (check.py). One
# that ends badly without having said so is a failed check too.
judge() {
    local status=0
    "$@" | tee -a "$RESULTS" || status=$?
    ((status == 0)) || fail "$*" "ended with status $status"
}

# The closing line; false when anything failed or nothing was checked.
closing_line() {
    local passed failed
    passed=$(grep -c '^ok ' "$RESULTS" || true)
    failed=$(grep -c '^FAIL ' "$RESULTS" || true)
    if ((failed > 0)); then
        say 'what failed'
        grep '^FAIL ' "$RESULTS"
    fi
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((passed > 0 && failed == 0))
}

not() { ! "$@"; }

# quietly LOG COMMAND...: shows what a long command printed only if it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 40 "$log" >&2
        die "failed: $*"
    }
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    local left=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        ((left-- > 0)) || return 1
        sleep 0.1
    done
}
