# shellcheck shell=bash
# Gets the real tools: from Debian's packages, and built from the Go module
# proxy what Debian lacks. Python packages come from PyPI. A tool that can't be had ends the run.

BUILDKIT_VERSION=v0.26.3
MOBY_VERSION=v2.0.0-beta.24 # Docker 29's engine
KUBERNETES_VERSION=v1.36.3
DAPR_VERSION=v1.16.0
ACT_VERSION=v0.2.89 # runs workflows as GitHub's runner does, on this machine
ACTIONLINT_VERSION=v1.7.12
ZIZMOR_VERSION=1.32.0

DEBIAN_PACKAGES=(
    docker.io containerd runc iptables ca-certificates # the engine of the older form
    skopeo buildah umoci busybox-static
    docker-registry apache2-utils # its htpasswd
    jq strace openssl zstd python3-jsonschema
)
ACTION_PACKAGES=(git curl jq shellcheck python3-jsonschema python3-venv ca-certificates)
FIX_PACKAGES=(etcd-server redis-server postgresql python3-venv curl git jq strace procps openssl ca-certificates)

# Debian's own client and engine, by full path: a newer client may stand before
# them in PATH, and it lacks the older builder.
DOCKER=/usr/bin/docker
DOCKERD20=/usr/sbin/dockerd
DEBIAN_PYTHON=/usr/bin/python3 # the one that python3-jsonschema is installed for

get_tools() {
    debian_packages "${DEBIAN_PACKAGES[@]}"
    mkdir -p "$CACHE"
    go_tool buildkit github.com/moby/buildkit "$BUILDKIT_VERSION" '' cmd/buildkitd cmd/buildctl
    BUILDKITD=$CACHE/buildkit-$BUILDKIT_VERSION/buildkitd
    BUILDCTL=$CACHE/buildkit-$BUILDKIT_VERSION/buildctl
    go_tool moby github.com/moby/moby/v2 "$MOBY_VERSION" exclude_graphdriver_btrfs cmd/dockerd
    DOCKERD29=$CACHE/moby-$MOBY_VERSION/dockerd

    local tool
    for tool in "$DOCKER" "$DOCKERD20" "$DOCKERD29" "$BUILDKITD" "$BUILDCTL" "$DEBIAN_PYTHON" \
        runc containerd skopeo buildah umoci docker-registry htpasswd busybox jq strace openssl zstd python3; do
        command -v "$tool" >/dev/null || die "the tool $tool is missing"
    done
}

# An API server, its client, a Dapr sidecar and what the two stand on.
get_fix_tools() {
    debian_packages "${FIX_PACKAGES[@]}"
    mkdir -p "$CACHE"
    GO_STAGING=v0.${KUBERNETES_VERSION#v1.} GO_LDFLAGS="-X k8s.io/component-base/version.gitVersion=$KUBERNETES_VERSION" \
        go_tool kubernetes k8s.io/kubernetes "$KUBERNETES_VERSION" '' cmd/kube-apiserver cmd/kubectl
    KUBE_APISERVER=$CACHE/kubernetes-$KUBERNETES_VERSION/kube-apiserver
    KUBECTL=$CACHE/kubernetes-$KUBERNETES_VERSION/kubectl
    # with all components it does not build, without a tag it panics at its start
    GO_STAGING='' GO_LDFLAGS="-X github.com/dapr/dapr/pkg/buildinfo.version=${DAPR_VERSION#v}" \
        go_tool dapr github.com/dapr/dapr "$DAPR_VERSION" stablecomponents cmd/daprd
    DAPRD=$CACHE/dapr-$DAPR_VERSION/daprd
    DAPR_CRDS=$CACHE/dapr-$DAPR_VERSION/crds
    dapr_crds
    python_packages

    local tool
    for tool in "$KUBE_APISERVER" "$KUBECTL" "$DAPRD" "$PYTHON" etcd redis-server redis-cli curl git jq openssl setpriv \
        strace /usr/lib/postgresql/*/bin/postgres; do
        command -v "$tool" >/dev/null || die "the tool $tool is missing"
    done
}

# A runner for workflows, and what lints them.
get_action_tools() {
    debian_packages "${ACTION_PACKAGES[@]}"
    mkdir -p "$CACHE"
    go_tool act github.com/nektos/act "$ACT_VERSION" '' .
    ACT=$CACHE/act-$ACT_VERSION/act
    go_tool actionlint github.com/rhysd/actionlint "$ACTIONLINT_VERSION" '' cmd/actionlint
    ACTIONLINT=$CACHE/actionlint-$ACTIONLINT_VERSION/actionlint
    local home=$CACHE/zizmor-$ZIZMOR_VERSION
    ZIZMOR=$home/bin/zizmor
    if [[ ! -d $home ]]; then
        "$DEBIAN_PYTHON" -m venv "$home.building"
        quietly "$WORK/pip.log" "$home.building/bin/python" -m pip install --disable-pip-version-check --quiet "zizmor==$ZIZMOR_VERSION"
        # the program is no script, so it may be moved
        mv -T "$home.building" "$home"
    fi

    local tool
    for tool in "$ACT" "$ACTIONLINT" "$ZIZMOR" git curl jq shellcheck; do
        command -v "$tool" >/dev/null || die "the tool $tool is missing"
    done
}

# The definitions of Dapr's resources, from the same module.
dapr_crds() {
    local module
    [[ -d $DAPR_CRDS ]] && return
    module=$(cd / && GOWORK=off go mod download -json "github.com/dapr/dapr@$DAPR_VERSION" | jq -r .Dir)
    cp -r --no-preserve=mode "$module/charts/dapr/crds" "$DAPR_CRDS.copy"
    mv -T "$DAPR_CRDS.copy" "$DAPR_CRDS"
}

# Dapr's SDK and a web server for Python, in an environment of their own that is
# keyed by the versions they are pinned to.
python_packages() {
    local pins=$HERE/python.txt home
    home=$CACHE/python-$(sha256sum "$pins" | cut -c1-12)
    PYTHON=$home/bin/python
    [[ -d $home ]] && return
    say "installing Dapr's SDK for Python, FastAPI and uvicorn (kept in $home)"
    # it is used by 'python -m' alone, so it may be moved once it is whole
    "$DEBIAN_PYTHON" -m venv "$home.building"
    quietly "$WORK/pip.log" "$home.building/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$pins"
    mv -T "$home.building" "$home"
}

debian_packages() { # debian_packages PACKAGE...
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0
    say "Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    quietly "$WORK/apt.log" apt-get update -q -o DPkg::Lock::Timeout=600
    # RUNLEVEL=1 keeps invoke-rc.d from starting the engine that a package brings
    RUNLEVEL=1 quietly "$WORK/apt.log" apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=600 "${missing[@]}"
}

# go_tool NAME MODULE VERSION TAGS PACKAGE...: builds programs of a Go module
# into $CACHE/NAME-VERSION. Not by 'go install', which refuses a module whose
# go.mod excludes or replaces versions, but in a throw-away module that requires it.
#
# GO_STAGING: the version at which the modules that stand in MODULE's own tree, and
#   that it replaces by themselves there, are had from the proxy. Where it is set
#   (or empty), MODULE's other replacements are taken over too: a dependency's do
#   not count by themselves.
# GO_LDFLAGS: more flags for the linker.
go_tool() {
    local name=$1 module=$2 version=$3 tags=$4 build
    local -a packages=("${@:5}")
    local home=$CACHE/$name-$version
    [[ -d $home ]] && return
    say "building $module $version (kept in $home)"
    build=$(mktemp -d "$CACHE/building.XXXXXX")
    (
        cd "$build"
        export GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0
        printf 'module tools\n\ngo 1.26.0\n' >go.mod
        [[ -z ${GO_STAGING+set} ]] || replace_as "$module@$version"
        quietly get.log go get "$module@$version"
        mkdir bin
        packages=("${packages[@]/#/$module/}")
        quietly build.log nice go build -trimpath -tags "$tags" -ldflags "-s -w ${GO_LDFLAGS:-}" -o bin/ \
            "${packages[@]%/.}"
    )
    # two runs at once may both have built it: the first one's is kept
    mv -T "$build/bin" "$home" 2>/dev/null || [[ -d $home ]]
    rm -rf "$build"
}

# replace_as MODULE@VERSION: gives the module in this directory that one's
# replacements; './staging/src/PATH' becomes PATH at $GO_STAGING.
replace_as() {
    local upstream
    local -a options
    upstream=$(go mod download -json "$1" | jq -r .GoMod)
    mapfile -t options < <(go mod edit -json "$upstream" | jq -r --arg staging "$GO_STAGING" '
        .Replace[]? | (.Old | .Path + if .Version then "@" + .Version else "" end) as $old
        | "-replace=\($old)=" + if .New.Version then "\(.New.Path)@\(.New.Version)"
                                else (.New.Path | ltrimstr("./staging/src/")) + "@" + $staging end')
    ((${#options[@]} > 0)) || die "no replacements are read from $upstream"
    go mod edit "${options[@]}"
}
