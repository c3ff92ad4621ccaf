# shellcheck shell=bash
# The hooks under what people run hooks with: pre-commit from PyPI, lefthook and husky from npm, each of the real
# registry, in repositories that are made here; and a blob of 2 GB in a push.

PRE_COMMIT_VERSION=4.7.0
LEFTHOOK_VERSION=2.2.2
HUSKY_VERSION=9.1.7

HOOKS=$WORK/hooks
HOOK_TOKEN=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 # invented

hook_tools() {
    local venv=$CACHE/pre-commit-$PRE_COMMIT_VERSION npm=$CACHE/lefthook-$LEFTHOOK_VERSION-husky-$HUSKY_VERSION
    mkdir -p "$HOOKS"
    if [[ ! -x $venv/bin/pre-commit ]]; then
        rm -rf "$venv"
        quietly "$HOOKS/pip.log" python3 -m venv "$venv"
        quietly "$HOOKS/pip.log" "$venv/bin/pip" install -q "pre-commit==$PRE_COMMIT_VERSION"
    fi
    if [[ ! -d $npm/node_modules/husky ]]; then
        mkdir -p "$npm"
        quietly "$HOOKS/npm.log" npm install --no-audit --no-fund --prefix "$npm" \
            "lefthook@$LEFTHOOK_VERSION" "husky@$HUSKY_VERSION"
    fi
    PRE_COMMIT=$venv/bin/pre-commit
    NODE_BIN=$npm/node_modules/.bin
}

# hooked COMMAND...: with unbake and the tools in the PATH, and nothing of the user's own git.
hooked() {
    env -u PRE_COMMIT PATH="$(dirname "$UNBAKE"):$NODE_BIN:$PATH" PRE_COMMIT_HOME="$HOOKS/pre-commit-home" \
        GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
        GIT_AUTHOR_NAME=Inventor GIT_AUTHOR_EMAIL=i@unbake.example \
        GIT_COMMITTER_NAME=Inventor GIT_COMMITTER_EMAIL=i@unbake.example "$@"
}

# new_repository NAME: with a bare remote, and a first commit that is pushed. It is the current directory then.
new_repository() {
    rm -rf "${HOOKS:?}/$1"
    mkdir -p "$HOOKS/$1"
    cd "$HOOKS/$1" || die "no $HOOKS/$1"
    hooked git init -q --bare up.git
    hooked git init -q -b main work
    cd work || die "no $HOOKS/$1/work"
    hooked git remote add origin ../up.git
    hooked git commit -q --allow-empty -m Begin
    hooked git push -q --no-verify origin main
}

# refuses WORD COMMAND...: the command fails, says the word, and shows no value.
refuses() {
    local word=$1 said
    shift
    if said=$(hooked timeout 60 "$@" 2>&1 </dev/null); then
        echo "it was not refused: $said"
        return 1
    fi
    [[ $said == *"$word"* && $said != *"$HOOK_TOKEN"* ]] || {
        echo "it said: $said"
        return 1
    }
}

# passes COMMAND...
passes() { hooked timeout 60 "$@" 2>&1 </dev/null; }

# leak_twice: a secret that the next commit removes.
leak_twice() {
    printf 'token: %s\n' "$HOOK_TOKEN" >a.txt
    hooked git add a.txt
    hooked git commit -q --no-verify -m Leak
    printf 'token: from the environment\n' >a.txt
    hooked git commit -q --no-verify -am 'Remove it'
}

# push_cases NAME: what a hook has to refuse and to pass, whoever runs it.
push_cases() {
    leak_twice
    check "$1: a secret that was removed again is refused" refuses 'a.txt:1' git push origin main
    hooked git reset -q --soft origin/main
    hooked git commit -q --no-verify -m 'Without it'
    check "$1: after a rewrite the push passes" passes git push origin main
}

check_pre_commit() {
    new_repository pre-commit
    local id
    # A repository of hooks, as https://pre-commit.com has them; the `-system` ones, since building is not what is tested.
    hooked git init -q ../hooks-repository
    cp "$ROOT/.pre-commit-hooks.yaml" ../hooks-repository/
    hooked git -C ../hooks-repository add .
    hooked git -C ../hooks-repository commit -q -m Hooks
    id=$(git -C ../hooks-repository rev-parse HEAD)
    printf 'repos:\n- repo: ../hooks-repository\n  rev: %s\n  hooks: [{id: unbake-push-system}, {id: unbake-system}]\n' \
        "$id" >.pre-commit-config.yaml
    quietly "$HOOKS/pre-commit.log" hooked "$PRE_COMMIT" validate-manifest "$ROOT/.pre-commit-hooks.yaml"
    quietly "$HOOKS/pre-commit.log" hooked "$PRE_COMMIT" install -t pre-push -t pre-commit
    hooked git add .pre-commit-config.yaml
    check 'pre-commit: a clean commit passes' passes git commit -q -m 'Use pre-commit'
    printf 'token: %s\n' "$HOOK_TOKEN" >a.txt
    hooked git add a.txt
    check 'pre-commit: a staged secret is refused' refuses 'a.txt:1' git commit -m Leak
    hooked git reset -q
    push_cases pre-commit
    # A first push of everything: the framework tells neither end of it.
    hooked git init -q --bare ../public.git
    hooked git remote add public ../public.git
    leak_twice
    check 'pre-commit: a first push to another remote is read in full' refuses 'a.txt:1' git push public main
}

check_lefthook() {
    new_repository lefthook
    printf 'pre-push:\n  commands:\n    unbake:\n      run: unbake hook pre-push {1} {2}\n      use_stdin: true\n' >lefthook.yml
    hooked git add lefthook.yml
    hooked git commit -q -m 'Use lefthook'
    quietly "$HOOKS/lefthook.log" hooked lefthook install
    push_cases lefthook
}

check_husky() {
    new_repository husky
    printf '{"name": "invented", "private": true}\n' >package.json
    quietly "$HOOKS/husky.log" hooked husky
    printf 'unbake hook pre-push "$@"\n' >.husky/pre-push
    check 'husky: hook install tells what to write' refuses '.husky/pre-push' unbake hook install
    hooked git add .
    hooked git commit -q -m 'Use husky'
    push_cases husky
}

# A blob of 2 GB with a secret behind it goes by in bounded memory.
check_large_blob() {
    local kilobytes
    new_repository large
    hooked git config core.compression 0
    hooked git config core.bigFileThreshold 1m
    head -c 2000000000 /dev/zero | tr '\0' 'a' | fold -w 99 >big.txt
    printf 'token: %s\n' "$HOOK_TOKEN" >>big.txt
    hooked git add big.txt
    hooked git commit -q -m Large
    rm big.txt
    printf 'refs/heads/main %s refs/heads/main %s\n' "$(git rev-parse HEAD)" "$(git rev-parse HEAD~1)" >../line
    check 'a blob of 2 GB is read to its end' large_refused
    kilobytes=$(sed -n 's/.*Maximum resident set size (kbytes): //p' ../time)
    check "a blob of 2 GB takes bounded memory (${kilobytes:-?} kB)" test "${kilobytes:-999999}" -lt 120000
    rm -rf "${HOOKS:?}/large"
}

large_refused() {
    local status=0
    hooked python3 - "$UNBAKE" <<'PYTHON' || status=$?
import re, subprocess, sys, time
# wait4 would give the most of the hook and of git, which maps the whole object into its memory
with open("../line") as line, open("../said", "w") as said:
    hook = subprocess.Popen([sys.argv[1], "hook", "pre-push", "origin", "../up.git"], stdin=line, stderr=said)
    most = "?"
    while hook.poll() is None:
        with open(f"/proc/{hook.pid}/status") as status:
            most = (re.findall(r"VmHWM:\s+(\d+)", status.read()) or [most])[0]
        time.sleep(0.05)
with open("../time", "w") as out:
    out.write(f"Maximum resident set size (kbytes): {most}\n")
sys.exit(hook.returncode)
PYTHON
    ((status == 1)) && grep -q 'big.txt:[0-9]' ../said && ! grep -q "$HOOK_TOKEN" ../said
}

check_hooks() {
    say 'hooks: pre-commit, lefthook, husky'
    hook_tools
    (check_pre_commit)
    (check_lefthook)
    (check_husky)
    (check_large_blob)
}
