# shellcheck shell=bash
# A Kubernetes API server of our own: etcd and kube-apiserver on free ports of the
# loopback interface, with Dapr's resource definitions in it. There is no kubelet and
# no controller: objects are checked, admitted and stored as in any cluster; nothing runs.
#
# KUBECONFIG names its administrator, and a directory with the real kubectl stands
# first in PATH, so that a command that names kubectl works as it is.

CLUSTER=$WORK/cluster
declare -A CLUSTER_PIDS=()

# free_ports COUNT: that many, one a line; nothing listens on them now.
free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys

sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*[s.getsockname()[1] for s in sockets], sep="\n")
PYTHON
}

start_cluster() {
    local etcd peer
    rm -rf "$CLUSTER"
    mkdir -p "$CLUSTER/bin"
    ln -s "$KUBECTL" "$CLUSTER/bin/kubectl"
    PATH=$CLUSTER/bin:$PATH
    { read -r etcd && read -r peer && read -r API_PORT; } < <(free_ports 3)

    etcd --data-dir "$CLUSTER/etcd" --unsafe-no-fsync \
        --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
        --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
        --initial-cluster "default=http://127.0.0.1:$peer" >"$CLUSTER/etcd.log" 2>&1 </dev/null &
    CLUSTER_PIDS[etcd]=$!

    openssl genrsa -out "$CLUSTER/service-account.key" 2048 2>/dev/null
    API_TOKEN=$(openssl rand -hex 16)
    (umask 077 && printf '%s,admin,admin,"system:masters"\n' "$API_TOKEN" >"$CLUSTER/tokens.csv")
    "$KUBE_APISERVER" --etcd-servers="http://127.0.0.1:$etcd" --bind-address=127.0.0.1 --secure-port="$API_PORT" \
        --cert-dir="$CLUSTER/certs" --token-auth-file="$CLUSTER/tokens.csv" --authorization-mode=RBAC \
        --service-account-key-file="$CLUSTER/service-account.key" \
        --service-account-signing-key-file="$CLUSTER/service-account.key" \
        --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.0.0.0/24 \
        >"$CLUSTER/apiserver.log" 2>&1 </dev/null &
    CLUSTER_PIDS[apiserver]=$!

    wait_for 60 test -s "$CLUSTER/certs/apiserver.crt" || cluster_failed 'writes no certificate'
    write_kubeconfig "$CLUSTER/admin.kubeconfig" "$API_TOKEN"
    export KUBECONFIG=$CLUSTER/admin.kubeconfig
    wait_for 60 kubectl get --raw /readyz || cluster_failed 'does not become ready'
    kubectl apply -f "$DAPR_CRDS" >/dev/null
    kubectl wait --for=condition=Established --timeout=30s -f "$DAPR_CRDS" >/dev/null
    wait_for 30 kubectl get namespace default || cluster_failed 'has no namespace "default"'
    make_service_account default
}

# make_namespace NAME: with the service account that a controller would give it,
# without which the server admits no Pod.
make_namespace() {
    kubectl get namespace "$1" >/dev/null 2>&1 || kubectl create namespace "$1" >/dev/null
    make_service_account "$1"
}

make_service_account() {
    kubectl --namespace "$1" get serviceaccount default >/dev/null 2>&1 ||
        kubectl --namespace "$1" create serviceaccount default >/dev/null
}

# write_kubeconfig FILE TOKEN: how the holder of the token reaches this server.
write_kubeconfig() {
    (
        umask 077
        cat >"$1" <<YAML
apiVersion: v1
kind: Config
current-context: e2e
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
clusters: [{name: e2e, cluster: {server: "https://127.0.0.1:$API_PORT", certificate-authority: "$CLUSTER/certs/apiserver.crt"}}]
users: [{name: e2e, user: {token: "$2"}}]
YAML
    )
}

cluster_failed() {
    tail -n 20 "$CLUSTER"/*.log >&2
    die "the API server $1"
}

stop_cluster() {
    local part
    for part in apiserver etcd; do
        [[ -n ${CLUSTER_PIDS[$part]:-} ]] || continue
        kill "${CLUSTER_PIDS[$part]}" 2>/dev/null || true
        wait "${CLUSTER_PIDS[$part]}" 2>/dev/null || true
        unset "CLUSTER_PIDS[$part]"
    done
}
