# shellcheck shell=bash
# Gets the real tools: from Debian's packages, and built from the Go module
# proxy what Debian lacks. A tool that can't be had ends the run.

BUILDKIT_VERSION=v0.26.3
MOBY_VERSION=v2.0.0-beta.24 # Docker 29's engine

DEBIAN_PACKAGES=(
    docker.io containerd runc iptables ca-certificates # the engine of the older form
    skopeo buildah umoci busybox-static
    docker-registry apache2-utils # its htpasswd
    jq strace openssl zstd python3-jsonschema
)

# Debian's own client and engine, by full path: a newer client may stand before
# them in PATH, and it lacks the older builder.
DOCKER=/usr/bin/docker
DOCKERD20=/usr/sbin/dockerd
DEBIAN_PYTHON=/usr/bin/python3 # the one that python3-jsonschema is installed for

get_tools() {
    debian_packages
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

debian_packages() {
    local missing=() package
    for package in "${DEBIAN_PACKAGES[@]}"; do
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
# go.mod excludes versions, but in a throw-away module that requires it.
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
        quietly get.log go get "$module@$version"
        mkdir bin
        quietly build.log nice go build -trimpath -tags "$tags" -ldflags '-s -w' -o bin/ \
            "${packages[@]/#/$module/}"
    )
    # two runs at once may both have built it: the first one's is kept
    mv -T "$build/bin" "$home" 2>/dev/null || [[ -d $home ]]
    rm -rf "$build"
}
