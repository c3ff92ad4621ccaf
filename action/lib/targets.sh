# shellcheck shell=bash
# What is scanned: TARGETS, as unbake names them.

get_targets() {
    TARGETS=()
    case $UNBAKE_ACTION_SCAN in
    auto)
        paths
        named_image
        ;;
    dir) paths ;;
    image)
        [[ -n $UNBAKE_ACTION_IMAGE ]] || stop 'scan: image needs the input image'
        named_image
        ;;
    tar)
        [[ -f $UNBAKE_ACTION_PATH ]] || stop "scan: tar needs an image archive as path; $UNBAKE_ACTION_PATH is no file"
        paths
        ;;
    git-diff)
        commits
        named_image
        ;;
    esac
    printf 'unbake: scanning %s\n' "$(visible "${TARGETS[*]}")"
}

paths() {
    local path
    while read -r path; do
        [[ $path != - ]] || stop 'the input path is -, and there is nothing on standard input'
        [[ -z $path ]] || TARGETS+=("$path")
    done <<<"$UNBAKE_ACTION_PATH"
    ((${#TARGETS[@]} > 0)) || stop 'the input path is empty'
}

# A reference without a transport: of an image that a step before has built, as a rule.
named_image() {
    local image=$UNBAKE_ACTION_IMAGE
    case $image in
    '') return ;;
    docker://* | docker-daemon:* | docker-archive:* | oci:* | oci-archive:*) ;;
    -*) stop "the input image is no image: $image" ;;
    *)
        if [[ ! -e $image ]]; then
            if command -v docker >/dev/null && docker image inspect -- "$image" >/dev/null 2>&1; then
                image=docker-daemon:$image
            else
                image=docker://$image
            fi
        fi
        ;;
    esac
    TARGETS+=("$image")
}

# The commits that are new. A secret that one of them adds and the next one removes is in
# what everyone can fetch, so it is not the difference of two trees that is read.
commits() {
    local directory=$UNBAKE_ACTION_PATH base=$UNBAKE_ACTION_DIFF_BASE
    git -C "$directory" rev-parse --verify --quiet 'HEAD^{commit}' >/dev/null ||
        stop "scan: git-diff: $directory is no git checkout, or one of another user (git config --global --add safe.directory)"
    # of a shallow one it is not known which commits are missing
    [[ $(git -C "$directory" rev-parse --is-shallow-repository) == false ]] ||
        stop 'scan: git-diff: the checkout is shallow. Give actions/checkout the input fetch-depth: 0'
    # What is checked out for a pull request is its merge into its base of now, which the event's base may be older than.
    if [[ -z $base && ${GITHUB_EVENT_NAME:-} == pull_request* ]] &&
        git -C "$directory" rev-parse --verify --quiet 'HEAD^2^{commit}' >/dev/null; then
        base=$(git -C "$directory" rev-parse 'HEAD^1')
    fi
    base=${base:-$UNBAKE_ACTION_EVENT_BASE}
    if [[ -z $base || $base =~ ^0+$ ]]; then
        annotate notice 'scan: git-diff: the event names no commit to compare with, so all commits are read'
        TARGETS+=("git:$directory@HEAD")
        return
    fi
    [[ $base != -* ]] || stop "the input diff-base is no commit: $base"
    base=$(git -C "$directory" rev-parse --verify --quiet "$base^{commit}") ||
        stop 'scan: git-diff: the commit to compare with is not in the checkout'
    TARGETS+=("git:$directory@$base..HEAD")
}

# visible TEXT: on one line, for the log.
visible() { printf '%s' "$1" | tr -c '[:print:]' '?'; }
