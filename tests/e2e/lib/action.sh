# shellcheck shell=bash
# The GitHub Action in a real runner: act runs workflows that use it, on repositories made
# here, leaking and clean, for a push and for a pull request. Beside it what can be said of
# the workflows themselves: actionlint and zizmor.
#
# A workflow's last step writes down what the steps before it said, in $EVIDENCE.

ACTION=$WORK/action
TOKEN=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 # invented; its checksum is right
PASSWORD=unbake-invented-Passw0rd
declare ACTION_HOST_PID=''

check_action() {
    rm -rf "$ACTION"
    mkdir -p "$ACTION/host"
    say "the action, with $("$ACT" --version) and $UNBAKE"
    check_workflows
    check_leaking_push
    check_clean_push
    check_pull_requests
    check_images
    check_thresholds
    check_hostile_input
    check_failures
    check_binaries
    check_build
    check_upload
    stop_action_host
}

# repository NAME: the current branch of a work tree with the action in it, and nothing that leaks.
repository() {
    REPOSITORY=$ACTION/$1
    mkdir -p "$REPOSITORY/unbake-action" "$REPOSITORY/app"
    cp -r "$ROOT/action.yml" "$ROOT/action" "$REPOSITORY/unbake-action/"
    git -C "$REPOSITORY" init --quiet --initial-branch main
    printf 'import os\n\nTOKEN = os.environ["GITHUB_TOKEN"]\n' >"$REPOSITORY/app/main.py"
    commit 'a program'
}

commit() { # commit MESSAGE: all that there is
    git -C "$REPOSITORY" add --all
    git -C "$REPOSITORY" -c user.name=unbake -c user.email=e2e@unbake.invalid commit --quiet --allow-empty --message "$1"
}

leak() {
    printf 'PORT=80\nGITHUB_TOKEN=%s\n' "$TOKEN" >"$REPOSITORY/app/.env"
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n  - name: api\n    env:\n    - {name: DB_PASSWORD, value: %s}\n' \
        "$PASSWORD" >"$REPOSITORY/app/pod.yaml"
}

# run_action NAME EVENT [INPUT=VALUE...]: runs the action in $REPOSITORY. What it says goes to
# $EVIDENCE: log, outputs.json, and the files that the outputs name. True if the job succeeds.
# ACT_OPTIONS are more options for act.
run_action() {
    local event=$2 input
    EVIDENCE=$ACTION/evidence/$1
    shift 2
    mkdir -p "$EVIDENCE"
    {
        printf 'on: [push, pull_request]\njobs:\n  scan:\n    runs-on: ubuntu-latest\n    steps:\n'
        printf '      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8\n'
        printf '      - id: scan\n        uses: ./unbake-action\n        with:\n'
        for input in "$@"; do
            printf '          %s: %s\n' "${input%%=*}" "$(jq -n --arg value "${input#*=}" '$value')"
        done
        # shellcheck disable=SC2016 # it is the workflow's shell that expands these
        printf '      - if: always()\n        env:\n          OUTPUTS: %s\n        run: |\n          %s\n          %s\n' \
            '${{ toJSON(steps.scan.outputs) }}' 'printf "%s" "$OUTPUTS" >"$EVIDENCE/outputs.json"' \
            'jq -r ".[\"json-file\", \"sarif-file\"] // empty" "$EVIDENCE/outputs.json" | xargs -r cp -t "$EVIDENCE"'
    } >"$EVIDENCE/workflow.yml"
    (
        cd "$REPOSITORY"
        XDG_CACHE_HOME=$ACTION/cache XDG_CONFIG_HOME=$ACTION/config "$ACT" "$event" --workflows "$EVIDENCE/workflow.yml" \
            --platform ubuntu-latest=-self-hosted --env "EVIDENCE=$EVIDENCE" ${ACT_OPTIONS[@]+"${ACT_OPTIONS[@]}"}
    ) >"$EVIDENCE/log" 2>&1 </dev/null
}

declare -a ACT_OPTIONS=()

# said NAME TEXT...: each text is in the log of the run.
said() {
    local log=$ACTION/evidence/$1/log text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$log" || {
            printf 'the log lacks: %s; it ends: %s' "$text" "$(tail -n 5 "$log")"
            return 1
        }
    done
}

# told NAME FILTER: what jq makes of the outputs is true.
told() {
    jq -e "$2" "$ACTION/evidence/$1/outputs.json" >/dev/null || {
        cat "$ACTION/evidence/$1/outputs.json"
        return 1
    }
}

check_workflows() {
    check 'actionlint: the workflows' "$ACTIONLINT" -color=false -shellcheck "$(command -v shellcheck)" "$ROOT"/.github/workflows/*.yml
    check 'zizmor: the action and the workflows, pedantic' \
        "$ZIZMOR" --offline --no-progress --persona pedantic "$ROOT/action.yml" "$ROOT/.github/workflows"
    check 'shellcheck: the action' shellcheck -x "$ROOT/action/run.sh" "$ROOT"/action/lib/*.sh
}

check_leaking_push() {
    local name=push-leaking
    repository "$name"
    leak
    printf '::set-output name=injected::yes GITHUB_TOKEN=%s\n' "${TOKEN%00020Ks7NU}00031r7iXa" >"$REPOSITORY/app/hostile.env"
    commit 'a leak'
    check 'a push that leaks: the job fails' not run_action "$name" push path=app "binary=$UNBAKE"
    check 'a push that leaks: the outputs' told "$name" \
        '.verdict == "leak" and .["exit-code"] == "1" and (.findings | tonumber) >= 2 and .digest == ""'
    check 'a push that leaks: the worst is an error at its line' said "$name" \
        '::error file=app/.env,line=2,endLine=2,col=14,endColumn=54,title=unbake%3A GitHub personal access token (classic) (critical)::'
    check 'a push that leaks: the summary has a row' said "$name" '### Findings: ' '<code>app/\.env\:2</code>'
    check 'a push that leaks: a line of a file is no command' command_of_a_file_is_text "$name"
    judge "$DEBIAN_PYTHON" "$CHECK" schema 'a push that leaks: SARIF 2.1.0' "$ROOT/tests/schemas/sarif-2.1.0.json" "$ACTION/evidence/$name/unbake.sarif"
    judge "$DEBIAN_PYTHON" "$CHECK" schema 'a push that leaks: JSON' "$ROOT/docs/report.schema.json" "$ACTION/evidence/$name/unbake.json"
    check 'a push that leaks: SARIF names the file of the repository' jq -e \
        '[.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri] | index("app/.env")' "$ACTION/evidence/$name/unbake.sarif"
    check 'a push that leaks: no value anywhere' not grep -rqE "$TOKEN|$PASSWORD" "$ACTION/evidence/$name"
}

command_of_a_file_is_text() {
    said "$1" '::set-output name=injected::yes' && told "$1" 'has("injected") | not'
}

check_clean_push() {
    repository push-clean
    check 'a clean push: the job succeeds' run_action push-clean push path=app "binary=$UNBAKE"
    check 'a clean push: the outputs' told push-clean \
        '.verdict == "clean" and .["exit-code"] == "0" and .findings == "0" and (.["sarif-file"] | length) > 0'
    check 'a clean push: the summary' said push-clean '## unbake: clean'
    check 'a clean push: no annotation' not grep -qE '::(error|warning|notice) ' "$ACTION/evidence/push-clean/log"
    check 'a clean push, nothing asked for: no SARIF, no summary' run_action push-bare push path=app "binary=$UNBAKE" sarif=false summary=false
    check 'a clean push, nothing asked for: none is there' told push-bare '.["sarif-file"] == ""'
    check 'a clean push, nothing asked for: none is shown' not grep -q '## unbake' "$ACTION/evidence/push-bare/log"
}

# A repository that leaked before. One pull request adds nothing; another adds a token in one
# commit and takes it out in the next: it is in what everyone can fetch. The base has moved on
# since the event, with a leak that is not the pull request's.
check_pull_requests() {
    local base
    repository pull-request
    leak
    commit 'a leak of long ago'
    base=$(git -C "$REPOSITORY" rev-parse HEAD)
    jq -n --arg sha "$base" '{pull_request: {number: 7, base: {ref: "main", sha: $sha}, head: {ref: "topic"}}}' >"$ACTION/event.json"
    ACT_OPTIONS=(--eventpath "$ACTION/event.json")

    git -C "$REPOSITORY" switch --quiet --create topic
    printf '# no change of what it does\n' >>"$REPOSITORY/app/main.py"
    commit 'a comment'
    check 'a pull request that adds no leak: the job succeeds' \
        run_action pull-clean pull_request scan=git-diff "binary=$UNBAKE"
    check 'a pull request that adds no leak: the outputs' told pull-clean '.verdict == "clean" and .findings == "0"'
    check 'the same, read whole: the old leak fails the job' not run_action pull-whole pull_request path=app "binary=$UNBAKE"

    printf 'GITHUB_TOKEN=%s\n' "${TOKEN%00020Ks7NU}00031r7iXa" >"$REPOSITORY/app/new.env"
    commit 'a token'
    git -C "$REPOSITORY" rm --quiet app/new.env
    commit 'no token'
    check 'a pull request that adds and removes a token: the job fails' \
        not run_action pull-leaking pull_request scan=git-diff "binary=$UNBAKE"
    check 'a pull request that adds and removes a token: it alone is found' told pull-leaking '.verdict == "leak" and .findings == "1"'
    check 'a pull request that adds and removes a token: it is shown' said pull-leaking '::error file=app/new.env,line=1,' '::app/new.env:1 of the commit '

    git -C "$REPOSITORY" switch --quiet main
    printf 'GITHUB_TOKEN=%s\n' "${TOKEN%00020Ks7NU}00044azhaj" >"$REPOSITORY/app/other.env"
    commit 'a leak in the base'
    git -C "$REPOSITORY" -c user.name=unbake -c user.email=e2e@unbake.invalid merge --quiet --no-edit topic
    check 'the merge of a pull request into a base that moved on: the job fails' \
        not run_action pull-merge pull_request scan=git-diff "binary=$UNBAKE"
    check 'the merge of a pull request into a base that moved on: its own leak alone' told pull-merge '.findings == "1"'

    git clone --quiet --depth 1 "file://$REPOSITORY" "$ACTION/pull-shallow"
    REPOSITORY=$ACTION/pull-shallow
    check 'a shallow checkout: the job fails' not run_action pull-shallow pull_request scan=git-diff "binary=$UNBAKE"
    check 'a shallow checkout: it says what to do' said pull-shallow 'fetch-depth: 0'
    check 'a shallow checkout: it is no clean one' told pull-shallow '.verdict == "error" and .["exit-code"] == "2"'
    ACT_OPTIONS=()
}

check_images() {
    repository image
    cp -r "$ROOT/fixtures/task-api/image" "$REPOSITORY/oci"
    commit 'an image'
    check 'an image that leaks: the job fails' not run_action image push scan=image image=oci:oci category=image "binary=$UNBAKE"
    check 'an image that leaks: its digest' told image '.verdict == "leak" and (.digest | test("^sha256:[0-9a-f]{64}$"))'
    check 'an image that leaks: shown without a file' said image '::error title=unbake%3A ' ' of the image sha256:'
    check 'an image that leaks: the category' jq -e '.runs[0].automationDetails.id == "image/"' "$ACTION/evidence/image/unbake.sarif"
    check 'tree and image in one: the job fails' not run_action image-auto push path=app image=oci "binary=$UNBAKE"
    check 'tree and image in one: both are read' jq -e '.targets | map(.verdict) == ["clean", "leak"]' "$ACTION/evidence/image-auto/unbake.json"
    tar -C "$REPOSITORY/oci" -cf "$REPOSITORY/image.tar" .
    check 'an image archive: the job fails' not run_action image-tar push scan=tar path=image.tar "binary=$UNBAKE"
    check 'an image archive: read as an image' jq -e '.targets[0].kind == "image"' "$ACTION/evidence/image-tar/unbake.json"
}

check_thresholds() {
    repository thresholds
    leak
    check 'fail-on none: the job succeeds' run_action none push path=app fail-on=none "binary=$UNBAKE"
    check 'fail-on none: the leak is told all the same' told none '.verdict == "leak" and .["exit-code"] == "1"'
    rm "$REPOSITORY/app/.env"
    check 'fail-on critical, nothing critical: the job succeeds' run_action critical push path=app fail-on=critical "binary=$UNBAKE"
    check 'fail-on critical, nothing critical: the leak is told' told critical '.verdict == "leak" and .["exit-code"] == "0"'
    check 'a known leak: a baseline is made' make_baseline
    check 'a known leak: the job succeeds' run_action baseline push path=app baseline=known.json "binary=$UNBAKE"
    check 'a report of another format: the job fails' \
        not run_action output push path=app format=json output=report.json 'extra-args=--exclude **/*.py' "binary=$UNBAKE"
    check 'a report of another format, more options: as the file says' excluded_in_log
}

make_baseline() { (cd "$REPOSITORY" && "$UNBAKE" baseline create app --output known.json); }

excluded_in_log() { jq -e '.coverage.skipped | any(.path == "app/main.py")' "$ACTION/evidence/output/unbake.json"; }

# Inputs are words, whatever is in them.
check_hostile_input() {
    local pwned=$ACTION/pwned
    repository hostile
    # shellcheck disable=SC2016 # nothing may expand these
    check 'a hostile path: the job fails' not run_action hostile-path push "path=\$(touch $pwned)\"; touch $pwned; '" "binary=$UNBAKE"
    check 'a hostile reference: the job fails' not run_action hostile-image push scan=image "image=\`touch $pwned\`" "binary=$UNBAKE"
    check 'a hostile option: the job fails' not run_action hostile-extra push path=app "extra-args=--no-such; touch $pwned" "binary=$UNBAKE"
    check 'a hostile base: the job fails' not run_action hostile-base push scan=git-diff "diff-base=--output=$pwned" "binary=$UNBAKE"
    check 'hostile inputs: nothing of them is run' not test -e "$pwned"
    check 'hostile inputs: none is clean' told hostile-path '.verdict == "error"'
}

check_failures() {
    repository failures
    printf 'x' | gzip | head -c 15 >"$REPOSITORY/app/broken.gz"
    check 'something that can not be read: the job fails, even with fail-on none' \
        not run_action incomplete push path=app fail-on=none "binary=$UNBAKE"
    check 'something that can not be read: the outputs' told incomplete '.verdict == "unscannable" and .["exit-code"] == "3"'
    check 'something that can not be read: it is shown' said incomplete '::error title=unbake%3A not everything was read::' 'app/broken.gz'
    check 'a path that is not there: the job fails' not run_action absent push path=nowhere fail-on=none "binary=$UNBAKE"
    check 'a path that is not there: the outputs' told absent '.verdict == "error" and .["exit-code"] == "4"'
    check 'a path that is not there: it is said' said absent '::error title=unbake::' 'nowhere'
    check 'a word that is not known: the job fails' not run_action word push path=app fail-on=hihg "binary=$UNBAKE"
    check 'a word that is not known: it is said' said word 'the input fail-on is "hihg"'
    check 'a configuration that is wrong: the job fails' not run_action config push path=app config=nowhere.toml "binary=$UNBAKE"
    check 'a configuration that is wrong: the outputs' told config '.verdict == "error" and .["exit-code"] == "2"'
}

# A release is taken only with the checksum that the action knows.
check_binaries() {
    local sum url
    repository binaries
    check 'a binary that is not there: the job fails' not run_action no-binary push path=app binary=nowhere
    check 'a binary that is not there: it is said' said no-binary 'nowhere is no program'
    check 'a release that is not known: the job fails' not run_action no-release push path=app version=9.9.9
    check 'a release that is not known: it is said' said no-release 'there is no release 9.9.9'

    start_action_host
    cp "$UNBAKE" "$ACTION/host/unbake"
    tar -C "$ACTION/host" -czf "$ACTION/host/unbake.tar.gz" unbake
    url=http://127.0.0.1:$ACTION_HOST_PORT/unbake.tar.gz
    sum=$(sha256sum "$ACTION/host/unbake.tar.gz" | cut -c1-64)
    printf '1.0.0 Linux-X64 %s %s\n1.0.0 Linux-ARM64 %s %s\n' "${sum//[0-9]/a}" "$url" "${sum//[0-9]/a}" "$url" \
        >>"$REPOSITORY/unbake-action/action/releases.txt"
    printf '1.0.1 Linux-X64 %s %s\n1.0.1 Linux-ARM64 %s %s\n' "$sum" "$url" "$sum" "$url" >>"$REPOSITORY/unbake-action/action/releases.txt"
    check 'a release with another checksum: the job fails' not run_action wrong-sum push path=app version=1.0.0
    check 'a release with another checksum: it is said' said wrong-sum 'it is not used'
    check 'a release: the job succeeds' run_action release push path=app version=v1.0.1
    check 'a release: it is what runs' said release "/unbake/1.0.1/$sum/unbake)"
    rm "$ACTION/host/unbake.tar.gz"
    check 'a release that is there already: the job succeeds' run_action release-again push path=app version=1.0.1
}

# Without an input that names one, the program is built from the source that the action
# comes with; the second time it is there. Speed is no matter here, so nothing is optimised.
check_build() {
    repository build
    git -C "$ROOT" ls-files -z -- Cargo.toml Cargo.lock build.rs src rules benches examples README.md |
        tar -C "$ROOT" --null --files-from - -c | tar -x -C "$REPOSITORY/unbake-action"
    ACT_OPTIONS=(--env CARGO_PROFILE_RELEASE_LTO=off --env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 --env CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64
        --env CARGO_PROFILE_RELEASE_DEBUG=false)
    check 'built from source: the job succeeds' run_action build push path=app
    check 'built from source: it is what runs' said build '::group::Building unbake from source' '/unbake/source/'
    check 'built from source before: the job succeeds' run_action build-again push path=app
    check 'built from source before: not built again' not grep -q 'Building unbake' "$ACTION/evidence/build-again/log"
    ACT_OPTIONS=()
}

check_upload() {
    repository upload
    leak
    commit 'a leak'
    start_action_host
    ACT_OPTIONS=(--env "GITHUB_API_URL=http://127.0.0.1:$ACTION_HOST_PORT" --env GITHUB_REPOSITORY=unbake/e2e)
    check 'upload to code scanning: the leak fails the job' \
        not run_action upload push path=app upload-sarif=true token=unbake-invented-token category=tree "binary=$UNBAKE"
    check 'upload to code scanning: it arrived as it is in the file' cmp "$ACTION/host/taken.sarif" "$ACTION/evidence/upload/unbake.sarif"
    check 'upload to code scanning: for this commit' jq -e --arg sha "$(git -C "$REPOSITORY" rev-parse HEAD)" \
        '.commit_sha == $sha and .ref == "refs/heads/main"' "$ACTION/host/taken.json"
    check 'upload to code scanning: the token is in no log' not grep -q unbake-invented-token "$ACTION/evidence/upload/log"
    check 'upload refused, asked for outright: the job fails' \
        not run_action refused push path=app upload-sarif=true fail-on=none token=unbake-invented-other "binary=$UNBAKE"
    check 'upload refused, asked for outright: it is said' said refused 'security-events: write'
    check 'upload refused, auto: the job succeeds with a warning' \
        run_action refused-auto push path=app upload-sarif=auto fail-on=none token=unbake-invented-other "binary=$UNBAKE"
    check 'upload refused, auto: it is said' said refused-auto '::warning title=unbake::the SARIF file is not uploaded'
    ACT_OPTIONS=()
}

start_action_host() {
    [[ -z $ACTION_HOST_PID ]] || return 0
    rm -f "$ACTION/port"
    "$DEBIAN_PYTHON" "$HERE/action/host.py" "$ACTION/host" "$ACTION/port" unbake-invented-token >"$ACTION/host.log" 2>&1 </dev/null &
    ACTION_HOST_PID=$!
    wait_for 10 test -s "$ACTION/port" || die "the host does not start; see $ACTION/host.log"
    ACTION_HOST_PORT=$(<"$ACTION/port")
}

stop_action_host() {
    [[ -z $ACTION_HOST_PID ]] || kill "$ACTION_HOST_PID" 2>/dev/null || true
    ACTION_HOST_PID=''
}
