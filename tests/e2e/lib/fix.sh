# shellcheck shell=bash
# 'unbake fix' against the real things: what it makes of manifests goes to a real API
# server, what it makes of Dapr components to a real sidecar with a real Redis and
# PostgreSQL behind it, and what it prints is run as it is printed.

FIX=$WORK/fix
FIX_CHECKS=$HERE/fix

check_fix() {
    rm -rf "$FIX"
    mkdir -p "$FIX" "$DAPR"
    say 'starting the API server'
    start_cluster
    printf '   %s\n' "$(kubectl version | tr '\n' ' ')" "$(etcd --version | head -n 1)" "daprd $("$DAPRD" --version)" "$(redis-server --version)" \
        "$(/usr/lib/postgresql/*/bin/postgres --version)"
    say "fixing with $UNBAKE"
    check_manifests fixtures "$ROOT/fixtures/fix/cluster" 16
    check_manifests fixtures-named "$ROOT/fixtures/fix/cluster" 16 --secret-store kubernetes-secrets --compose --scopes
    check_fixtures fixtures
    check_comparison fixtures
    check_commands fixtures "$FIX/fixtures/after"
    forget_secrets fixtures
    check_other_fixtures
    check_corpus
    check_sidecar
}

# tree_of SOURCE DIR: a Git work tree of its own with the files of SOURCE.
tree_of() {
    mkdir -p "$(dirname "$2")"
    cp -r "$1" "$2"
    git -C "$2" init --quiet
}

# unbake_fix NAME TREE ARGUMENT...: fixes a tree as a user does, from within. The plan
# goes to $FIX/NAME/plan.json, the Secrets' manifests to $FIX/NAME/secrets.
unbake_fix() {
    local name=$1 tree=$2
    shift 2
    (cd "$tree" && "$UNBAKE" fix . --write --format json --emit secret --emit-to "$FIX/$name/secrets" "$@") \
        >"$FIX/$name/plan.json"
}

# Manifests of a directory: what the server accepted before, it accepts afterwards, and
# what it makes of it is the same but for where the secrets come from. MINIMUM is how
# many files have to be both changed and accepted.
check_manifests() { # check_manifests NAME SOURCE MINIMUM ARGUMENT...
    local name=$1 source=$2 minimum=$3 out=$FIX/$1 file
    local -a changed accepted=()
    shift 3
    tree_of "$source" "$out/before"
    tree_of "$source" "$out/after"
    make_namespaces "$out/before"
    check "$name: fixed" unbake_fix "$name" "$out/after" --target kubernetes "$@"
    [[ -s $out/plan.json ]] || {
        fail "$name: a plan is printed" 'there is none'
        return
    }
    check "$name: what was changed is what the plan says" changed_as_planned "$out"
    check "$name: a second fix changes nothing" expect_status 0 "$UNBAKE" fix "$out/after" --check --target kubernetes "$@"
    mapfile -t changed < <(changed_files "$out" | grep -E '\.(ya?ml|json)$')
    ask_server "$out/before" "$out/objects-before" "${changed[@]}"
    for file in "${changed[@]}"; do
        [[ ! -f $out/objects-before/$file.json ]] || accepted+=("$file")
    done
    printf '   %s: %d manifests changed, %d of them accepted by the server before\n' "$name" "${#changed[@]}" "${#accepted[@]}"
    check "$name: at least $minimum manifests to judge by" test "${#accepted[@]}" -ge "$minimum"
    ask_server "$out/after" "$out/objects-after" "${accepted[@]}"
    for file in "${accepted[@]}"; do
        check "$name/$file: accepted by the server afterwards, too" accepted "$out/objects-after/$file"
    done
    judge_as "$name/" "$PYTHON" "$FIX_CHECKS/compare.py" "$out/objects-before" "$out/objects-after" "$out/secrets"
    check "$name: the Secrets are accepted" kubectl apply --dry-run=server --recursive -f "$out/secrets"
    check_new_files "$name"
}

# What is written beside the manifests: components, roles, configurations.
check_new_files() {
    local name=$1 out=$FIX/$1 path
    while read -r path; do
        check "$name: the new file $path is written" test -s "$out/after/$path"
        [[ $path != *.y*ml ]] ||
            check "$name: the new file $path is accepted" kubectl apply --dry-run=server -f "$out/after/$path"
    done < <(jq -r '.new_files[].path' "$out/plan.json")
}

changed_files() { # the files of a tree that differ from what they were, a line each
    (cd "$1/before" && find . -type f -not -path './.git/*' -printf '%P\n' | sort) | while read -r file; do
        cmp -s "$1/before/$file" "$1/after/$file" || printf '%s\n' "$file"
    done
}

changed_as_planned() {
    diff <(changed_files "$1") <(jq -r '.files[].path | ltrimstr("./")' "$1/plan.json" | sort) && [[ $(jq '.failed | length' "$1/plan.json") == 0 ]]
}

# ask_server TREE DIR FILE...: DIR/FILE.json is what the server made of each file that it
# accepted, DIR/FILE.log what it said to the others.
ask_server() {
    local tree=$1 out=$2
    shift 2
    mkdir -p "$out"
    (($# > 0)) || return 0
    (cd "$tree" && printf '%s\0' "$@" | OUT=$out xargs -0 -n 1 -P 4 bash -c '
        mkdir -p "$OUT/$(dirname "$1")"
        kubectl apply --dry-run=server -o json -f "$1" >"$OUT/$1.part" 2>"$OUT/$1.log" && mv "$OUT/$1.part" "$OUT/$1.json"
        rm -f "$OUT/$1.part"' -)
}

accepted() {
    [[ -s $1.json ]] || {
        cat "$1.log"
        return 1
    }
}

# Every namespace that manifests name: the server admits nothing into one that is not there.
make_namespaces() {
    local namespace
    while read -r namespace; do
        make_namespace "$namespace"
    done < <(grep -rhoE '^ *"?namespace"?: *"?[a-z0-9-]+"?|[{,] *"?namespace"?: *"?[a-z0-9-]+"?' --include='*.y*ml' --include='*.json' "$1" |
        sed -E 's/.*namespace"?: *"?([a-z0-9-]+)"?/\1/' | sort -u)
}

judge_as() { # judge_as PREFIX COMMAND...: the checks that it prints get the prefix
    local prefix=$1
    shift
    judge prefixed "$prefix" "$@"
}

prefixed() {
    local prefix=$1
    shift
    "$@" | sed -E "s#^(ok  |FAIL) #\\1 $prefix#"
}

# What else of fixtures/ has manifests, image and all where there is one.
check_other_fixtures() {
    local directory
    for directory in "$ROOT"/fixtures/*/; do
        [[ $directory == */fix/ ]] || check_manifests "$(basename "$directory")" "$directory" 0
    done
}

# What holds for our own manifests beyond what holds for all: everything in them is fixed.
check_fixtures() {
    local name=$1 out=$FIX/$1 file
    check "$name: the look-alikes stay as they are" cmp "$out/before/kubernetes/look-alikes.yaml" "$out/after/kubernetes/look-alikes.yaml"
    check "$name: no value is left" no_value_in "$out/after"
    check "$name: no value is in the plan" no_value_in "$out/plan.json"
    check "$name: nothing is refused" jq -e '.refused == []' "$out/plan.json"
    while read -r file; do
        check "$name/$file: changed" not cmp -s "$out/before/$file" "$out/after/$file"
    done < <(cd "$out/before" && grep -rlE "$INVENTED" --exclude-dir=.git . | sed 's,^\./,,')
}

# The comparison is held to what it is for: it has to find what was not intended.
check_comparison() {
    local out=$FIX/$1 file=kubernetes/deployment.yaml what
    local -A changes=(
        [image]='.spec.template.spec.containers[0].image = "registry.internal/other:1"'
        [variable]='del(.spec.template.spec.containers[0].env[0])'
        [key]='(.spec.template.spec.containers[0].env[] | select(.name == "DB_PASSWORD") | .valueFrom.secretKeyRef.key) = "other"'
        [argument]='.spec.template.spec.containers[1].args[2] = "--web.listen-address=:9122"'
        [annotation]='del(.spec.template.metadata.annotations)'
    )
    for what in "${!changes[@]}"; do
        rm -rf "$out/tampered"
        mkdir -p "$out"/tampered/{before,after}/kubernetes
        cp "$out/objects-before/$file.json" "$out/tampered/before/kubernetes/"
        jq "${changes[$what]}" "$out/objects-after/$file.json" >"$out/tampered/after/$file.json"
        check "the comparison finds a change that was not intended: $what" \
            grep -q '^FAIL' <("$PYTHON" "$FIX_CHECKS/compare.py" "$out/tampered/before" "$out/tampered/after" "$out/secrets")
    done
}

# Every invented value of fixtures/fix has this in it, and nothing else there has.
INVENTED='unbake-inv|unbakeInvented'

no_value_in() { not grep -rnE "$INVENTED" --exclude-dir=.git "$1"; }

# Manifests of the wild, which are not ours to keep: in UNBAKE_CORPUS, a directory for
# each repository, or beside the work tree.
check_corpus() {
    local corpus=${UNBAKE_CORPUS:-$ROOT/../shared/corpus} repository
    if [[ ! -d $corpus ]]; then
        [[ -z ${UNBAKE_CORPUS:-} ]] || die "UNBAKE_CORPUS: $corpus is no directory"
        printf '\n!! NO CORPUS: %s is not there and UNBAKE_CORPUS is not set;\n!! fixes of manifests of the wild are NOT checked by this run.\n\n' "$corpus" | tee "$FIX/no-corpus" >&2
        return
    fi
    for repository in "$corpus"/*/; do
        check_manifests "corpus-$(basename "$repository")" "$repository" "${CORPUS_MINIMUM:-0}"
    done
}
