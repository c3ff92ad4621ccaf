#!/usr/bin/env bash
# The GitHub Action: gets unbake, scans, and tells the workflow what was found. Its inputs
# come in UNBAKE_ACTION_…; action.yml says what they are.
#
# Whatever goes wrong fails the job: verdict and exit code are written as an error before
# anything is tried, and only a report changes them.
set -euo pipefail

ACTION=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib/words.sh
source "$ACTION/lib/words.sh"
# shellcheck source-path=SCRIPTDIR source=lib/binary.sh
source "$ACTION/lib/binary.sh"
# shellcheck source-path=SCRIPTDIR source=lib/targets.sh
source "$ACTION/lib/targets.sh"
# shellcheck source-path=SCRIPTDIR source=lib/upload.sh
source "$ACTION/lib/upload.sh"

main() {
    output verdict error
    output exit-code 2
    UPLOAD_FAILED=false
    check_inputs
    WORK=$(mktemp -d "${RUNNER_TEMP:-/tmp}/unbake.XXXXXX")
    get_binary
    get_targets
    scan
    tell
    [[ $UNBAKE_ACTION_UPLOAD_SARIF == false || ! -s $WORK/unbake.sarif ]] ||
        upload_sarif "$WORK/unbake.sarif" || UPLOAD_FAILED=true
    finish
}

check_inputs() {
    one_of scan "$UNBAKE_ACTION_SCAN" auto dir image tar git-diff
    one_of fail-on "$UNBAKE_ACTION_FAIL_ON" '' none low medium high critical
    one_of min-confidence "$UNBAKE_ACTION_MIN_CONFIDENCE" '' low medium high
    one_of sarif "$UNBAKE_ACTION_SARIF" true false
    one_of upload-sarif "$UNBAKE_ACTION_UPLOAD_SARIF" true false auto
    one_of annotations "$UNBAKE_ACTION_ANNOTATIONS" true false
    one_of summary "$UNBAKE_ACTION_SUMMARY" true false
    [[ $UNBAKE_ACTION_UPLOAD_SARIF == false || $UNBAKE_ACTION_SARIF == true ]] ||
        stop 'upload-sarif needs sarif: true'
}

# One run of unbake writes every report. What it prints is kept back: see tell.
scan() {
    local -a arguments=() extra=()
    report json "$WORK/unbake.json"
    report github "$WORK/annotations"
    report github-summary "$WORK/summary"
    report github-output "$WORK/outputs"
    [[ $UNBAKE_ACTION_SARIF == false ]] || report sarif "$WORK/unbake.sarif"
    if [[ -n $UNBAKE_ACTION_OUTPUT ]]; then
        report "$UNBAKE_ACTION_FORMAT" "$UNBAKE_ACTION_OUTPUT"
        arguments+=(--format text)
    else
        arguments+=(--format "$UNBAKE_ACTION_FORMAT")
    fi
    option --config "$UNBAKE_ACTION_CONFIG"
    option --baseline "$UNBAKE_ACTION_BASELINE"
    option --min-confidence "$UNBAKE_ACTION_MIN_CONFIDENCE"
    option --category "$UNBAKE_ACTION_CATEGORY"
    [[ $UNBAKE_ACTION_FAIL_ON == none ]] || option --fail-on "$UNBAKE_ACTION_FAIL_ON"
    local platform
    while read -r platform; do
        option --platform "$platform"
    done <<<"$UNBAKE_ACTION_PLATFORM"
    read -r -d '' -a extra <<<"$UNBAKE_ACTION_EXTRA_ARGS" || true
    arguments+=(${extra[@]+"${extra[@]}"})

    STATUS=0
    "$UNBAKE" scan "${arguments[@]}" -- "${TARGETS[@]}" >"$WORK/log" 2>"$WORK/complaints" </dev/null || STATUS=$?
}

report() { arguments+=(--format "$1" --output "$2"); }

option() { [[ -z $2 ]] || arguments+=("$1=$2"); }

# The log has lines of the files that were scanned, and one that begins with two colons
# would be a command to the runner: none is taken while they are printed.
tell() {
    local token
    token=unbake-$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$token"
    cat "$WORK/log" "$WORK/complaints"
    printf '\n::%s::\n' "$token"

    if [[ -f $WORK/outputs ]]; then
        cat "$WORK/outputs" >>"$GITHUB_OUTPUT"
        output json-file "$WORK/unbake.json"
        [[ $UNBAKE_ACTION_SARIF == false ]] || output sarif-file "$WORK/unbake.sarif"
        [[ $UNBAKE_ACTION_ANNOTATIONS == false ]] || cat "$WORK/annotations"
        [[ $UNBAKE_ACTION_SUMMARY == false ]] || cat "$WORK/summary" >>"$GITHUB_STEP_SUMMARY"
    fi
    output exit-code "$STATUS"
}

# The job's result: the findings decide first. What was reported of some targets says nothing of one that could not
# be reached.
finish() {
    [[ $STATUS != 1 || $UNBAKE_ACTION_FAIL_ON != none ]] || STATUS=0
    case $STATUS in
    0) [[ $UPLOAD_FAILED == false ]] || STATUS=2 ;;
    1) printf 'unbake: leaks at or above fail-on\n' ;;
    3) printf 'unbake: something could not be read, so nothing says that it is clean\n' ;;
    *)
        output verdict error
        summary_line "error: unbake ended with exit code $STATUS; see the log of the step."
        annotate error "unbake ended with exit code $STATUS: $(tail -n 10 "$WORK/complaints")"
        ;;
    esac
    exit "$STATUS"
}

main
