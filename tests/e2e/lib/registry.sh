# shellcheck shell=bash
# A real registry: Debian's docker-registry, with a password for each request and a
# certificate of an authority made here. skopeo and buildah push what ../run built, and
# what unbake reads from there must be what it reads from the layout on disk.

REGISTRY_HOME=$WORK/registry
REGISTRY_PORT=45443
REGISTRY=localhost:$REGISTRY_PORT
REGISTRY_PASSWORD=unbake-e2e-invented # of a registry that lives as long as this run
REGISTRY_PID=

check_registry() {
    say 'a registry with htpasswd and TLS'
    local image=$WORK/image
    start_registry
    registry_login "$REGISTRY_HOME/login" "$REGISTRY_PASSWORD"
    registry_login "$REGISTRY_HOME/outdated" unbake-e2e-outdated
    push_by_skopeo "oci:$image/oci:1" "$REGISTRY/skopeo:1"
    push_by_skopeo "oci:$image/oci-zstd-chunked:1" "$REGISTRY/chunked:1"
    push_by_skopeo "oci:$image/buildkit-platforms" "$REGISTRY/platforms:1"
    push_by_skopeo "docker-archive:$image/clean.tar" "$REGISTRY/clean:1"
    push_by_buildah "$REGISTRY/buildah:1"

    check_same_as_on_disk skopeo "oci:$image/oci:1"
    check_same_as_on_disk chunked "oci:$image/oci-zstd-chunked:1"
    check_same_as_on_disk platforms "oci:$image/buildkit-platforms"
    check 'registry: what buildah pushed has leaks' expect_status 1 \
        registry_scan login buildah:1 --format json --reveal --output "$REGISTRY_HOME/buildah.json"
    judge "$CHECK" no-secret registry "$WORK/truth.json" "$REGISTRY_HOME"/*.text "$REGISTRY_HOME"/*.stderr
    check 'registry: an image without a leak' expect_status 0 registry_scan login clean:1
    check 'registry: the same by its digest' expect_status 0 registry_scan login "clean@$(digest_of clean:1)"
    check_registry_refusals
    check_registry_faults
    check_registry_writes_no_file
    stop_registry
}

# A certificate authority, a certificate of it for localhost, and the registry.
start_registry() {
    rm -rf "$REGISTRY_HOME"
    mkdir -p "$REGISTRY_HOME/ca" "$REGISTRY_HOME/login" "$REGISTRY_HOME/outdated" "$REGISTRY_HOME/nobody"
    (
        cd "$REGISTRY_HOME"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=unbake e2e authority' \
            -addext 'basicConstraints=critical,CA:TRUE' -keyout authority.key -out ca/ca.crt
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout tls.key -out tls.csr
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >tls.ext
        openssl x509 -req -in tls.csr -CA ca/ca.crt -CAkey authority.key -CAcreateserial -days 2 -extfile tls.ext -out tls.crt
    ) 2>"$REGISTRY_HOME/openssl.log" || die "no certificate: see $REGISTRY_HOME/openssl.log"
    htpasswd -Bbn -C 5 unbake "$REGISTRY_PASSWORD" >"$REGISTRY_HOME/htpasswd" 2>/dev/null
    # No cache of blobs: the faults below change what is stored.
    cat >"$REGISTRY_HOME/config.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $REGISTRY_HOME/data}, maintenance: {uploadpurging: {enabled: false}}}
http: {addr: "localhost:$REGISTRY_PORT", tls: {certificate: $REGISTRY_HOME/tls.crt, key: $REGISTRY_HOME/tls.key}}
auth: {htpasswd: {realm: unbake-e2e, path: $REGISTRY_HOME/htpasswd}}
END
    docker-registry serve "$REGISTRY_HOME/config.yml" >"$REGISTRY_HOME/log" 2>&1 </dev/null &
    REGISTRY_PID=$!
    wait_for 20 openssl s_client -connect "$REGISTRY" -CAfile "$REGISTRY_HOME/ca/ca.crt" -verify_return_error ||
        die "the registry does not answer: $(tail -n 3 "$REGISTRY_HOME/log")"
}

stop_registry() {
    [[ -n $REGISTRY_PID ]] || return 0
    kill "$REGISTRY_PID" 2>/dev/null || true
    wait "$REGISTRY_PID" 2>/dev/null || true
    REGISTRY_PID=
}

registry_login() { # registry_login DIRECTORY PASSWORD: a configuration as Docker's client writes it
    printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$REGISTRY" "$(printf 'unbake:%s' "$2" | base64 -w0)" >"$1/config.json"
}

push_by_skopeo() { # push_by_skopeo SOURCE REFERENCE: every platform, with the digests as they are
    local -a keep=(--all --preserve-digests)
    [[ $1 == docker-archive:* ]] && keep=()
    quietly "$REGISTRY_HOME/push.log" skopeo copy --quiet "${keep[@]}" --dest-cert-dir "$REGISTRY_HOME/ca" \
        --dest-authfile "$REGISTRY_HOME/login/config.json" "$1" "docker://$2"
}

push_by_buildah() { # push_by_buildah REFERENCE: what images_by_buildah has built
    quietly "$REGISTRY_HOME/push.log" buildah --root "$WORK/engines/buildah/root" --runroot "$WORK/engines/buildah/run" \
        --storage-driver vfs push --cert-dir "$REGISTRY_HOME/ca" --authfile "$REGISTRY_HOME/login/config.json" \
        localhost/planted:1 "docker://$1"
}

registry_scan() { # registry_scan LOGIN REFERENCE ARGUMENT...
    local login=$1 reference=$2
    shift 2
    DOCKER_CONFIG=$REGISTRY_HOME/$login "$UNBAKE" scan --ca "$REGISTRY_HOME/ca/ca.crt" "$@" "docker://$REGISTRY/$reference" \
        </dev/null
}

# The same findings, with the same places and digests, as the layout that was pushed.
check_same_as_on_disk() { # check_same_as_on_disk NAME TARGET
    local name=$1 target=$2 here=$REGISTRY_HOME/$1
    check "registry: $name has leaks" expect_status 1 \
        registry_scan login "$name:1" --format json --reveal --output "$here.json"
    check "registry: $name, told without values" expect_status 1 \
        registry_scan_to "$here.text" "$name:1"
    check "registry: $name on disk has leaks" expect_status 1 \
        scan "$target" - --format json --reveal --output "$here-disk.json"
    check "registry: $name is read as from disk" same_reading "$here.json" "$here-disk.json"
    judge "$DEBIAN_PYTHON" "$CHECK" schema "registry: $name" "$ROOT/docs/report.schema.json" "$here.json"
}

registry_scan_to() { # registry_scan_to FILE REFERENCE
    registry_scan login "$2" >"$1" 2>"${1%.text}.stderr"
}

same_reading() { # same_reading REPORT REPORT: all but the target's name
    # a layout has a file of its own, oci-layout, which is counted
    local what='del(.targets[].target, .coverage.files, .coverage.bytes)'
    diff <(jq -S "$what" "$1") <(jq -S "$what" "$2") >"$1.diff" || {
        head -n 20 "$1.diff"
        return 1
    }
}

digest_of() { # digest_of REFERENCE
    skopeo inspect --raw --cert-dir "$REGISTRY_HOME/ca" --authfile "$REGISTRY_HOME/login/config.json" \
        "docker://$REGISTRY/$1" | sha256sum | sed 's/^\([0-9a-f]*\).*/sha256:\1/'
}

check_registry_refusals() {
    check 'registry: without a login: 4' says 4 'no login for it was found' registry_scan nobody clean:1
    check 'registry: with an outdated login: 4' says 4 'refused the login (1 tried)' registry_scan outdated clean:1
    check 'registry: an image that is not there: 4' says 4 'the registry does not have it' registry_scan login absent:1
    check "registry: an authority that is not trusted: 4" says 4 'give its authority with --ca' \
        "$UNBAKE" scan "docker://$REGISTRY/clean:1"
    check "registry: the login of Podman's file" expect_status 0 \
        env REGISTRY_AUTH_FILE="$REGISTRY_HOME/login/config.json" DOCKER_CONFIG="$REGISTRY_HOME/nobody" \
        "$UNBAKE" scan --ca "$REGISTRY_HOME/ca/ca.crt" "docker://$REGISTRY/clean:1"
    check 'registry: no password in what was said' no_password_said
}

says() { # says STATUS WORDS COMMAND...
    local expected=$1 words=$2 status=0 said
    shift 2
    said=$("$@" 2>&1 </dev/null) || status=$?
    printf '%s\n' "$said" >>"$REGISTRY_HOME/said"
    ((status == expected)) && [[ $said == *"$words"* ]] && return
    printf 'status %d; it said: %s' "$status" "$said"
    return 1
}

no_password_said() {
    ! grep -rqF -e "$REGISTRY_PASSWORD" -e unbake-e2e-outdated -e "$(printf 'unbake:%s' "$REGISTRY_PASSWORD" | base64 -w0)" \
        "$REGISTRY_HOME/said" "$REGISTRY_HOME"/*.stderr
}

# A layer of the pushed image, changed in the registry's store, and then gone.
check_registry_faults() {
    local layer blob
    layer=$(skopeo inspect --raw --cert-dir "$REGISTRY_HOME/ca" --authfile "$REGISTRY_HOME/login/config.json" \
        "docker://$REGISTRY/clean:1" | jq -r '.layers[0].digest')
    blob=$REGISTRY_HOME/data/docker/registry/v2/blobs/sha256/${layer:7:2}/${layer#sha256:}/data
    [[ -s $blob ]] || {
        fail 'registry: faults' "$blob is not there"
        return
    }
    cp "$blob" "$REGISTRY_HOME/blob"
    printf 'X' | dd of="$blob" bs=1 seek="$(($(stat -c %s "$blob") / 2))" conv=notrunc status=none
    check 'registry: a layer that was changed: 3' expect_status 3 registry_scan login clean:1
    truncate -s -1000 "$blob"
    check 'registry: a layer that was cut short: 3' expect_status 3 registry_scan login clean:1
    rm "$blob"
    check 'registry: a layer that is gone: 3' expect_status 3 registry_scan login clean:1
    cp "$REGISTRY_HOME/blob" "$blob"
    check 'registry: and when it is there again: 0' expect_status 0 registry_scan login clean:1
}

# Layers go from the socket to the scanner: nothing is stored on the way.
check_registry_writes_no_file() {
    local trace=$REGISTRY_HOME/strace report=$REGISTRY_HOME/traced.json
    check 'registry: the scan under strace finds leaks' expect_status 1 \
        under_strace "$trace" registry_scan login skopeo:1 --reveal --format json --output "$report"
    judge "$CHECK" no-file registry "$trace" "$report"
}
