# shellcheck shell=bash
# A real Dapr sidecar on the components of fixtures/fix, before and after the fix: with
# the values in plain text, from Secrets of the API server, from a file.

STORE=kubernetes-secrets # the name that the store component gets
NAMESPACE_OF_FIXTURES=shop
REDIS_PASSWORD=unbake-invented-Tn5xL9
POSTGRES_PASSWORD=unbake-invented-Wz4mR8

check_sidecar() {
    say 'starting Redis and PostgreSQL'
    start_redis "$REDIS_PASSWORD"
    start_postgres shop "$POSTGRES_PASSWORD" shop
    choose_daprd_ports
    check_cluster_sidecar
    check_self_hosted_sidecar
}

# here FILE: the fixture with the hosts at which our Redis and PostgreSQL are.
here() {
    sed -e "s/redis-master.shop.svc.cluster.local:6379\|localhost:6379/127.0.0.1:$REDIS_PORT/" \
        -e "s/host=db.shop.svc.cluster.local \(.*\) port=5432/host=127.0.0.1 \1 port=$POSTGRES_PORT/" "$1"
}

# One state is saved and read back.
state_works() { # state_works STORE
    local value=$1-$RANDOM
    dapr POST "state/$1" "[{\"key\": \"e2e\", \"value\": \"$value\"}]" || return
    [[ $(dapr GET "state/$1/e2e" | head -n 1) == "\"$value\"" ]] || {
        printf 'what is read is not what was saved'
        return 1
    }
}

# daprd_works DIR NAMESPACE STORE...: a sidecar starts with these resources, and keeps state.
daprd_works() {
    local store
    start_daprd "$1" "$2" || {
        sidecar_errors
        return 1
    }
    for store in "${@:3}"; do
        state_works "$store" || return
    done
}

# daprd_fails DIR NAMESPACE COMPONENT: the sidecar ends, and says that this component failed.
daprd_fails() {
    if start_daprd "$1" "$2"; then
        printf 'the sidecar is ready'
        return 1
    fi
    sidecar_errors | grep -q "$3" || {
        printf 'it does not name %s: %s' "$3" "$(sidecar_errors)"
        return 1
    }
}

sidecar_errors() { grep -E 'level=(error|fatal|warning)' "$DAPR/daprd.log" | tail -n 5; }

# The story of a cluster: the components move to Secrets, which are made by the printed
# commands and read through a component of the type secretstores.kubernetes, as the
# service account that the printed Role allows it to.
check_cluster_sidecar() {
    local tree=$DAPR/cluster source=$ROOT/fixtures/fix/cluster name=sidecar out=$FIX/sidecar resources
    mkdir -p "$tree/dapr" "$tree/kubernetes" "$out"
    here "$source/dapr/statestore.yaml" >"$tree/dapr/statestore.yaml"
    cp "$source/kubernetes/deployment.yaml" "$tree/kubernetes/"
    cp -r "$source/app" "$tree/app"
    git -C "$tree" init --quiet
    resources=$tree/dapr
    check 'sidecar: components with plain values work' \
        daprd_works "$resources" "$NAMESPACE_OF_FIXTURES" statestore orders
    check 'sidecar: fixed' unbake_fix "$name" "$tree" --target kubernetes --secret-store "$STORE" --scopes
    check 'sidecar: no value is left' no_value_in "$tree"
    give_kubeconfig "$tree" || return

    check 'sidecar: without the Secrets, the component fails' daprd_fails "$resources" "$NAMESPACE_OF_FIXTURES" statestore
    check_commands "$name" "$tree"
    check_role "$tree" "$resources"
    check 'sidecar: components with secretKeyRef work' \
        daprd_works "$resources" "$NAMESPACE_OF_FIXTURES" statestore orders
    check_secrets_api "$out"
    check_snippets "$out"
    check_scopes "$tree" "$resources" "$out"
    check_wrong_secret "$out" "$resources"
}

# Outside a pod a store component has to be told where the API server is, and the
# namespace; who it is there is the service account of the pods.
give_kubeconfig() {
    local component
    component=$(grep -rlE 'type: *"?secretstores.kubernetes' "$1" --include='*.y*ml')
    [[ -n $component ]] || {
        fail 'sidecar: the store component is written' "no file in $1 has it"
        return 1
    }
    check 'sidecar: the store component is as the API server wants it' kubectl apply --dry-run=server -f "$component"
    write_kubeconfig "$DAPR/sidecar.kubeconfig" \
        "$(kubectl --namespace "$NAMESPACE_OF_FIXTURES" create token default --duration 1h)"
    sed -i -E "s#^( *)metadata: *\[\]#\1metadata:\n\1- {name: kubeconfigPath, value: \"$DAPR/sidecar.kubeconfig\"}\n\1- {name: defaultNamespace, value: $NAMESPACE_OF_FIXTURES}#" "$component"
    grep -q kubeconfigPath "$component" || {
        fail 'sidecar: the store component has empty metadata' "$(tr '\n' ' ' <"$component")"
        return 1
    }
    [[ $component == "$1/dapr/"* ]] || mv "$component" "$1/dapr/"
}

# The service account may not read Secrets until the printed Role and RoleBinding are applied.
check_role() {
    local tree=$1 resources=$2 file
    local -a roles
    mapfile -t roles < <(grep -rlE 'kind: *Role(Binding)?$' "$tree" --include='*.y*ml')
    check 'sidecar: a Role is written' test ${#roles[@]} -gt 0
    check 'sidecar: without the Role, the component fails' daprd_fails "$resources" "$NAMESPACE_OF_FIXTURES" statestore
    for file in "${roles[@]}"; do
        check "sidecar: $(basename "$file") is applied" apply_roles "$file"
    done
}

# Roles alone: the same file may hold other things.
apply_roles() { "$PYTHON" "$FIX_CHECKS/look.py" roles "$1" | kubectl apply -f -; }

# Over HTTP: each Secret of the plan, and all at once.
check_secrets_api() {
    local out=$1 secret
    while read -r secret; do
        check "sidecar: GET secrets/$STORE/$secret has what was planned" secret_as_planned "$out" "$secret"
    done < <(jq -r '.secrets[].name' "$out/plan.json")
}

secret_as_planned() { # secret_as_planned OUT NAME
    diff <(dapr GET "secrets/$STORE/$2" | head -n 1 | jq -S .) <("$PYTHON" "$FIX_CHECKS/look.py" secret "$1/secrets" "$NAMESPACE_OF_FIXTURES" "$2" | jq -S .)
}

# The printed programs, with the real SDK and the real sidecar.
check_snippets() {
    DAPR_HTTP_PORT=$DAPR_HTTP DAPR_GRPC_PORT=$DAPR_GRPC DAPR_HEALTH_TIMEOUT=10 judge_as 'sidecar: ' \
        "$PYTHON" "$FIX_CHECKS/snippets.py" "$1/plan.json" "$1/secrets" "$1/snippets" DB_PASSWORD PAYMENT_API_KEY
}

# With the Configuration that --scopes writes, the sidecar gives out what programs need and nothing else.
check_scopes() {
    local tree=$1 resources=$2 out=$3 file secret
    file=$(grep -rlE 'kind: *Configuration$' "$tree" --include='*.y*ml')
    [[ -n $file ]] || {
        fail 'sidecar: a Configuration with scopes is written' "no file in $tree has it"
        return
    }
    kubectl --namespace "$NAMESPACE_OF_FIXTURES" create secret generic other --from-literal=key=other >/dev/null
    check 'sidecar: it starts with the written Configuration' start_daprd "$resources" "$NAMESPACE_OF_FIXTURES" --config "$file"
    secret=$(jq -r '.secrets[] | select(any(.keys[].uses[]; .name == "PAYMENT_API_KEY")).name' "$out/plan.json")
    check "sidecar: with it, programs get $secret" secret_as_planned "$out" "$secret"
    check 'sidecar: with it, programs get no other Secret' denied "secrets/$STORE/other"
}

denied() { # denied PATH
    [[ $(dapr GET "$1" | tail -n 1) == 403 ]]
}

# The printed commands, typed into a shell. Afterwards the Secrets are there, with what was planned.
check_commands() { # check_commands NAME TREE
    local out=$FIX/$1 namespace secret
    judge_as "$1: " "$PYTHON" "$FIX_CHECKS/terminal.py" "$out/plan.json" "$out/secrets" "$2" "$out/terminal"
    while IFS=/ read -r namespace secret; do
        check "$1: the Secret $namespace/$secret is in the cluster, with what was planned" \
            cluster_as_planned "$out" "$namespace" "$secret"
    done < <(cluster_secrets "$out")
}

cluster_secrets() { # the plan's Secrets of the cluster: NAMESPACE/NAME, a line each
    jq -r '.secrets[] | select(.target == "kubernetes") | "\(.namespace // "default")/\(.name)"' "$1/plan.json"
}

cluster_as_planned() { # cluster_as_planned OUT NAMESPACE NAME
    diff <(kubectl --namespace "$2" get secret "$3" -o json | jq -S '.data | map_values(@base64d)') \
        <("$PYTHON" "$FIX_CHECKS/look.py" secret "$1/secrets" "$2" "$3" | jq -S .)
}

# forget_secrets NAME: takes a plan's Secrets out of the cluster again.
forget_secrets() {
    local namespace secret
    while IFS=/ read -r namespace secret; do
        kubectl --namespace "$namespace" delete secret "$secret" >/dev/null 2>&1 || true
    done < <(cluster_secrets "$FIX/$1")
}

# A Secret with another value, without the key, and none at all: the component fails each time.
check_wrong_secret() {
    local out=$1 resources=$2 reference name key
    reference=$("$PYTHON" "$FIX_CHECKS/look.py" reference "$resources/statestore.yaml" statestore redisPassword)
    name=${reference%% *} key=${reference##* }
    kubectl --namespace "$NAMESPACE_OF_FIXTURES" patch secret "$name" --type merge \
        --patch "{\"stringData\": {\"$key\": \"unbake-invented-wrong\"}}" >/dev/null
    check 'sidecar: with a wrong value in the Secret, the component fails' \
        daprd_fails "$resources" "$NAMESPACE_OF_FIXTURES" statestore
    kubectl --namespace "$NAMESPACE_OF_FIXTURES" patch secret "$name" --type json \
        --patch "[{\"op\": \"remove\", \"path\": \"/data/$key\"}]" >/dev/null
    check 'sidecar: without the key in the Secret, the component fails' \
        daprd_fails "$resources" "$NAMESPACE_OF_FIXTURES" statestore
    kubectl --namespace "$NAMESPACE_OF_FIXTURES" delete secret "$name" >/dev/null
    check 'sidecar: without the Secret, the component fails again' \
        daprd_fails "$resources" "$NAMESPACE_OF_FIXTURES" statestore
}

# The story of a machine: the fixed component takes its password from a JSON file, by a
# component of the type secretstores.local.file. Which of the two stories it is, the
# manifests tell: nothing here does.
check_self_hosted_sidecar() {
    local tree=$DAPR/self-hosted source=$ROOT/fixtures/fix/self-hosted name=self-hosted out=$FIX/self-hosted resources
    mkdir -p "$tree/components" "$out"
    here "$source/components/statestore.yaml" >"$tree/components/statestore.yaml"
    cp "$source/dapr.yaml" "$tree/"
    git -C "$tree" init --quiet
    resources=$tree/components
    check 'self-hosted: the component with a plain value works' daprd_works "$resources" '' statestore
    check 'self-hosted: fixed' fix_self_hosted "$tree" "$out"
    check 'self-hosted: no value is left' no_value_in "$tree"
    check 'self-hosted: a component of the type secretstores.local.file is written' \
        grep -rqE 'type: *"?secretstores.local.file' "$resources"
    check 'self-hosted: without the file, the component fails' daprd_fails "$resources" '' 'statestore\|local-secrets'
    judge_as 'self-hosted: ' "$PYTHON" "$FIX_CHECKS/terminal.py" "$out/plan.json" "$out/values" "$tree" "$out/terminal"
    check 'self-hosted: Git ignores the file' ignored "$tree"
    check 'self-hosted: the component with secretKeyRef works' daprd_works "$resources" '' statestore
    check 'self-hosted: the file that --emit dapr-local-file wrote has the same' same_file "$tree" "$out"
    sed -i "s/$REDIS_PASSWORD/unbake-invented-wrong/" "$tree/secrets.json"
    check 'self-hosted: with a wrong value in the file, the component fails' daprd_fails "$resources" '' 'statestore\|local-secrets'
}

fix_self_hosted() { # fix_self_hosted TREE OUT
    (cd "$1" && "$UNBAKE" fix . --write --format json --emit dapr-local-file --emit-to "$2/values") >"$2/plan.json"
}

ignored() { git -C "$1" check-ignore --quiet secrets.json; }

same_file() { # same_file TREE OUT
    diff <(jq -S . "$1/secrets.json") <(jq -S . "$2/values/secrets.json") && [[ $(stat -c %a "$1/secrets.json" "$2/values/secrets.json") == $'600\n600' ]]
}
