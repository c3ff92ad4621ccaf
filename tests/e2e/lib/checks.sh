# shellcheck shell=bash
# What is asserted: each form against what was planted, then forms against each
# other, then what must hold for every run. The comparisons are in check.py.

CHECK=$HERE/check.py
OUT=$WORK/out # reports, one directory for a form

check_all() {
    local name family target engine
    rm -rf "$OUT"
    say "checking $UNBAKE"
    while IFS=$'\t' read -r name family target engine <&3; do
        mkdir -p "$OUT/$name"
        check_form "$name" "$family" "$target" "$engine"
    done 3<"$FORMS"
    check_forms_agree
    check_builders_agree
    check_outputs
    check_no_file_is_made
    check_exit_codes
    check_packages
    check_registry
}

# scan TARGET ENGINE ARGUMENT...: 'unbake scan', with what the target needs round it.
scan() {
    local target=$1 engine=$2
    shift 2
    if [[ $target == - ]]; then
        docker_on "$engine" save "$IMAGE" | "$UNBAKE" scan "$@" -
    elif [[ $engine != - ]]; then
        DOCKER_HOST=$(engine_host "$engine") "$UNBAKE" scan "$@" "$target"
    else
        "$UNBAKE" scan "$@" "$target" </dev/null
    fi
}

# expect_status STATUS COMMAND...: false, with what the command said, on another status.
expect_status() {
    local expected=$1 status=0 said
    shift
    said=$("$@" 2>&1) || status=$?
    ((status == expected)) && return
    printf 'exit status %d where %d was expected; it said: %s' "$status" "$expected" "$(tail -n 3 <<<"$said" | tr '\n' ' ')"
    return 1
}

truth_of() { # the umoci family has a truth of its own
    local truth=$WORK/truth-$1.json
    [[ -f $truth ]] || truth=$WORK/truth.json
    printf '%s' "$truth"
}

# One form: it is scanned twice, to the same bytes, and held against the truth.
check_form() {
    local name=$1 family=$2 target=$3 engine=$4 out=$OUT/$1 turn
    local -a options=()
    for turn in first second; do
        check "$name: the $turn scan finds leaks" \
            expect_status 1 scan "$target" "$engine" --reveal --format json --output "$out/$turn.json"
    done
    [[ -s $out/first.json ]] || {
        fail "$name: a report is written" "$out/first.json is not there"
        return
    }
    check "$name: the same bytes twice" cmp "$out/first.json" "$out/second.json"
    case $name in
    buildkit-docker-archive) ;; # that form holds no attestation
    buildkit-*) options=(--provenance) ;;
    esac
    judge "$CHECK" form "$name" "$(truth_of "$family")" "$WORK/config/$name" "$out/first.json" "${options[@]}"
    judge "$DEBIAN_PYTHON" "$CHECK" schema "$name" "$ROOT/docs/report.schema.json" "$out/first.json"
}

# Forms of one family are conversions of one image: the first is what the rest must equal.
check_forms_agree() {
    local name family target engine
    local -A first=()
    while IFS=$'\t' read -r name family target engine <&3; do
        if [[ -z ${first[$family]:-} ]]; then
            first[$family]=$name
        else
            judge "$CHECK" agree "$name" "$WORK/config/$name" "$OUT/$name/first.json" \
                "${first[$family]}" "$WORK/config/${first[$family]}" "$OUT/${first[$family]}/first.json"
        fi
    done 3<"$FORMS"
}

check_builders_agree() {
    local name
    for name in buildah-docker-archive buildkit-oci-archive; do
        judge "$CHECK" builders "$name" "$OUT/$name/first.json" docker20-save "$OUT/docker20-save/first.json"
    done
}

# Every format without --reveal, on one form of each builder: no value in any of them,
# nor in what is said beside.
check_outputs() {
    local name family target engine format
    while IFS=$'\t' read -r name family target engine <&3; do
        case $name in docker20-save | buildah-oci | buildkit-oci-archive | docker29-engine) ;; *) continue ;; esac
        for format in text json sarif github github-summary github-output; do
            check "$name: leaks in the format $format" expect_status 1 \
                scan_to "$OUT/$name/$format" "$target" "$engine" --format "$format"
        done
        judge "$CHECK" no-secret "$name" "$(truth_of "$family")" "$OUT/$name"/{text,json,sarif,github,github-summary,github-output}{,.stderr}
        judge "$DEBIAN_PYTHON" "$CHECK" schema "$name, not revealed" "$ROOT/docs/report.schema.json" "$OUT/$name/json"
        check "$name: SARIF 2.1.0 with a result for each finding" \
            same_count "$OUT/$name/sarif" "$OUT/$name/json"
    done 3<"$FORMS"
}

scan_to() { # scan_to FILE TARGET ENGINE ARGUMENT...: what is printed goes to FILE and FILE.stderr
    local file=$1
    shift
    scan "$@" >"$file" 2>"$file.stderr"
}

same_count() { # same_count SARIF JSON
    local results findings
    results=$(jq -r 'select(.version == "2.1.0") | [.runs[].results[].fingerprints] | length' "$1")
    findings=$(jq '.findings | length' "$2")
    ((results >= findings && findings > 0)) || {
        printf '%s results in SARIF, %s findings in JSON' "$results" "$findings"
        return 1
    }
}

# What the kernel saw: an image is scanned without a temporary file.
check_no_file_is_made() {
    local name family target engine trace report
    while IFS=$'\t' read -r name family target engine <&3; do
        case $name in docker20-save | docker20-stdin | docker29-engine | skopeo-zstd | buildkit-oci-archive) ;; *) continue ;; esac
        trace=$OUT/$name/strace report=$OUT/$name/traced.json
        check "$name: the scan under strace finds leaks" expect_status 1 \
            traced_scan "$trace" "$target" "$engine" --reveal --format json --output "$report"
        judge "$CHECK" no-file "$name" "$trace" "$report"
        check "$name: the same report under strace" cmp "$OUT/$name/first.json" "$report"
    done 3<"$FORMS"
}

traced_scan() { # traced_scan LOG TARGET ENGINE ARGUMENT...
    local trace=$1
    shift
    under_strace "$trace" scan "$@"
}

# under_strace LOG COMMAND ARGUMENT...: the command, whose UNBAKE writes to LOG what it does with files.
under_strace() {
    local trace=$1 program
    shift
    program=$(printf 'exec strace -f -qq -s 4096 -o %q -e trace=%s %q "$@"' "$trace" \
        openat,open,openat2,creat,mkdir,mkdirat,mknod,mknodat,memfd_create,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat \
        "$UNBAKE")
    printf '#!/bin/bash\n%s\n' "$program" >"$trace.program"
    chmod +x "$trace.program"
    UNBAKE=$trace.program "$@"
}

# The other exit statuses, on real images and engines.
check_exit_codes() {
    local image=$WORK/image holed=$OUT/holed.json
    check 'an image without a leak: 0' expect_status 0 scan "$image/clean.tar" -
    check 'a layer whose blob is missing: 3' expect_status 3 \
        scan "oci:$image/oci-holed:1" - --reveal --format json --output "$holed"
    check 'a layer whose blob is missing: it is named, and the rest is found' holed_report "$holed"
    check 'an image that the engine does not have: 4' expect_status 4 scan docker-daemon:unbake-e2e/absent:1 docker29
    check 'an engine that does not answer: 4' expect_status 4 scan "docker-daemon:$IMAGE" absent
    check 'a path that is not there: 4' expect_status 4 scan "$image/absent.tar" -
    check 'an option that is not known: 2' expect_status 2 scan "$image/clean.tar" - --no-such-option
}

holed_report() {
    local digest
    digest=$(<"$WORK/image/oci-holed.digest")
    jq -e --arg digest "$digest" '
        (.coverage.skipped | any(tostring | contains($digest)))
        and .targets[0].verdict != "clean"
        and ([.findings[].locations[].path] | contains(["app/config.yml", "app/deploy.token", "root/.npmrc"]))
    ' "$1" >/dev/null || {
        jq -c '{targets, coverage}' "$1"
        return 1
    }
}
