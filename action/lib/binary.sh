# shellcheck shell=bash
# Which unbake is run: the one that is given, a release whose checksum stands in
# releases.txt, or one that is built from the source that this action is part of. UNBAKE
# is its path. Nothing is ever the newest of anything.

get_binary() {
    if [[ -n $UNBAKE_ACTION_BINARY ]]; then
        UNBAKE=$UNBAKE_ACTION_BINARY
        # a name without a slash would be looked for in PATH
        [[ $UNBAKE == */* ]] || UNBAKE=./$UNBAKE
        [[ -f $UNBAKE && -x $UNBAKE ]] || stop "the input binary: $UNBAKE_ACTION_BINARY is no program"
    elif [[ -n $UNBAKE_ACTION_VERSION ]]; then
        get_release "${UNBAKE_ACTION_VERSION#v}"
    else
        build
    fi
    local version
    version=$("$UNBAKE" --version) || stop "$UNBAKE does not run on this machine"
    printf 'unbake: %s (%s)\n' "$version" "$UNBAKE"
}

get_release() {
    local target=${RUNNER_OS:-Linux}-${RUNNER_ARCH:-X64} home version os checksum url
    while read -r version os checksum url; do
        [[ $version == "$1" && $os == "$target" ]] || continue
        home=${RUNNER_TOOL_CACHE:-$WORK}/unbake/$version/$checksum
        UNBAKE=$home/unbake
        [[ ! -x $UNBAKE ]] || return 0
        download "$url" "$checksum" "$home"
        return
    done < <(grep -v '^#' "$ACTION/releases.txt")
    stop "there is no release $1 of unbake for $target in the action's releases.txt; without the input version, unbake is built from source"
}

# download URL SHA256 DIR: the archive is unpacked only after its checksum is known to be right.
download() {
    local archive=$WORK/release.tar.gz sum
    curl --silent --show-error --fail --location --retry 3 --max-time 300 --output "$archive" -- "$1" ||
        stop "$1 could not be downloaded"
    sum=$(sha256 <"$archive")
    [[ $sum == "$2" ]] || stop "$1 has the SHA-256 $sum, and should have $2: it is not used"
    mkdir -p "$WORK/release" "$(dirname "$3")"
    tar -xzf "$archive" -C "$WORK/release" unbake || stop "$1 has no unbake in it"
    keep "$WORK/release" "$3"
}

build() {
    local source home
    source=$(dirname "$ACTION")
    command -v cargo >/dev/null ||
        stop 'unbake is built from source, which needs Rust (cargo) on the runner; or give the input version or binary'
    home=${RUNNER_TOOL_CACHE:-$WORK}/unbake/source/$(source_key "$source")
    UNBAKE=$home/unbake
    [[ ! -x $UNBAKE ]] || return 0
    printf '::group::Building unbake from source\n'
    # the lock file of the source holds; a configuration of the scanned repository does not
    (cd "$source" && cargo build --release --locked --bin unbake --target-dir "$WORK/target") ||
        stop 'unbake could not be built; see the log'
    printf '::endgroup::\n'
    mkdir -p "$WORK/built" "$(dirname "$home")"
    cp "$WORK/target/release/unbake" "$WORK/built/"
    rm -rf "$WORK/target"
    keep "$WORK/built" "$home"
}

# What the build depends on: all that is in it, and the compiler.
source_key() {
    (
        cd "$1" || exit
        rustc --version --verbose
        find Cargo.toml Cargo.lock build.rs src rules -type f | LC_ALL=C sort | while IFS= read -r file; do
            printf '%s %s\n' "$(sha256 <"$file")" "$file"
        done
    ) | sha256
}

# keep FROM TO: two jobs at once may both have made it; either is whole.
keep() { mv "$1" "$2" 2>/dev/null || [[ -x $2/unbake ]]; }

sha256() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-64
}
