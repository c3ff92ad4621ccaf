# shellcheck shell=bash
# Makes the real images. Three builders build one context; what each built is then
# written in as many forms as real tools write. $WORK/forms.tsv lists them:
#
#   NAME  FAMILY  TARGET  ENGINE
#
# FAMILY is the builder: forms of one family are conversions of one image. TARGET is
# what 'unbake scan' is given; '-' stands for 'docker save | unbake scan -'. ENGINE
# is the engine that must run for it, or '-'. The image's real configuration is kept
# as $WORK/config/NAME/OS-ARCHITECTURE.json: reports are held against it.

IMAGE=unbake-e2e/planted:1
FORMS=$WORK/forms.tsv
MADE=$WORK/forms.made # says that the forms are complete, and from which recipe

# The recipe: what the forms are made from.
images_recipe() {
    (cd "$HERE" && cat plant.py lib/images.sh lib/tools.sh && find context -type f | sort | xargs cat) |
        sha256sum | cut -d' ' -f1
}

images_are_made() { [[ -f $MADE && $(<"$MADE") == "$(images_recipe)" ]]; }

make_images() {
    rm -rf "$MADE" "$FORMS" "$WORK/image" "$WORK/config"
    mkdir -p "$WORK/image" "$WORK/config"
    make_context
    say 'images of the Docker engine 20.10, and their conversions'
    images_by_docker
    images_by_skopeo
    image_by_umoci
    image_without_leak
    image_without_a_layer
    say 'images of buildah'
    images_by_buildah
    say 'images of BuildKit'
    images_by_buildkit
    images_recipe >"$MADE"
}

# form NAME FAMILY TARGET [ENGINE [CONFIG [ARCHITECTURE...]]]: lists a form. CONFIG is
# where skopeo can read its configuration, TARGET itself unless said.
form() {
    local name=$1 family=$2 target=$3 engine=${4:--} config=${5:-$3} architecture
    local -a architectures=("${@:6}")
    [[ $config == *:* ]] || config=docker-archive:$config
    mkdir -p "$WORK/config/$name"
    for architecture in "${architectures[@]:-amd64}"; do
        skopeo --override-arch "$architecture" inspect --config --raw "$config" \
            >"$WORK/config/$name/linux-$architecture.json"
    done
    printf '%s\t%s\t%s\t%s\n' "$name" "$family" "$target" "$engine" >>"$FORMS"
}

make_context() {
    local root=$WORK/rootfs tool
    python3 "$HERE/plant.py" "$HERE/context" "$WORK/context" "$WORK/truth.json"
    # the base: busybox, and the few names of it that the Dockerfile uses
    rm -rf "$root"
    mkdir -p "$root"/{bin,etc,root,srv,tmp,var}
    cp "$(command -v busybox)" "$root/bin/busybox"
    for tool in sh cat rm mkdir touch true wget httpd; do
        ln -s busybox "$root/bin/$tool"
    done
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
    tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner -cf "$WORK/context/rootfs.tar" .
    NPM_TOKEN=$(jq -r .build_arguments.NPM_TOKEN "$WORK/truth.json")
}

images_by_docker() {
    local saved=$WORK/image/docker20.tar engine
    quietly "$WORK/build-docker.log" docker_on docker20 build --network none --no-cache \
        --build-arg "NPM_TOKEN=$NPM_TOKEN" --tag "$IMAGE" "$WORK/context"
    docker_on docker20 save --output "$saved" "$IMAGE"
    form docker20-save docker "$saved"
    form docker20-engine docker "docker-daemon:$IMAGE" docker20 "docker-archive:$saved"
    form docker20-stdin docker - docker20 "docker-archive:$saved"
    for engine in docker29 docker29c; do
        docker_on "$engine" load --quiet --input "$saved" >/dev/null
        docker_on "$engine" save --output "$WORK/image/$engine.tar" "$IMAGE"
        form "$engine-save" docker "$WORK/image/$engine.tar"
        form "$engine-engine" docker "docker-daemon:$IMAGE" "$engine" "docker-archive:$WORK/image/$engine.tar"
    done
}

images_by_skopeo() {
    local image=$WORK/image source=docker-archive:$WORK/image/docker20.tar target format
    for target in "oci:$image/oci:1" "oci-archive:$image/oci.tar:1" "docker-archive:$image/skopeo.tar:$IMAGE"; do
        skopeo copy --quiet "$source" "$target"
    done
    form skopeo-oci docker "oci:$image/oci:1"
    form skopeo-oci-archive docker "oci-archive:$image/oci.tar"
    form skopeo-docker-archive docker "docker-archive:$image/skopeo.tar"
    # the same two again, as plain paths: their kind is found from their content
    form skopeo-oci-path docker "$image/oci" - "oci:$image/oci:1"
    form skopeo-oci-archive-path docker "$image/oci.tar" - "oci-archive:$image/oci.tar"
    for format in zstd zstd:chunked; do
        target=$image/oci-${format/:/-}
        skopeo copy --quiet --dest-compress-format "$format" "$source" "oci:$target:1"
        form "skopeo-${format/:/-}" docker "oci:$target:1"
    done
    skopeo copy --quiet --dest-compress-format zstd "$source" "oci-archive:$image/oci-zstd.tar:1"
    form skopeo-zstd-archive docker "oci-archive:$image/oci-zstd.tar"
}

# umoci unpacks the image, app/.env is taken away, and the change is packed as one
# more layer: a family of its own, in which that file is deleted.
image_by_umoci() {
    local layout=$WORK/image/umoci
    cp -r "$WORK/image/oci" "$layout"
    quietly "$WORK/umoci.log" umoci unpack --image "$layout:1" "$WORK/bundle"
    rm "$WORK/bundle/rootfs/app/.env"
    quietly "$WORK/umoci.log" umoci repack --image "$layout:2" --history.created_by 'take app/.env away' "$WORK/bundle"
    rm -rf "$WORK/bundle"
    form umoci umoci "oci:$layout:2"
    jq '(.files[] | select(.path == "app/.env") | .state) = "deleted"' "$WORK/truth.json" >"$WORK/truth-umoci.json"
}

# One file system without a credential, by 'docker import'; not in the table, since
# its checks are its own.
image_without_leak() {
    docker_on docker20 import "$WORK/context/rootfs.tar" unbake-e2e/clean:1 >/dev/null
    docker_on docker20 save --output "$WORK/image/clean.tar" unbake-e2e/clean:1
}

# The OCI layout with one layer's blob gone: the one of app/.env, the second layer.
image_without_a_layer() {
    local layout=$WORK/image/oci-holed manifest
    cp -r "$WORK/image/oci" "$layout"
    manifest=$(jq -r '.manifests[0].digest' "$layout/index.json")
    jq -r '.layers[1].digest' "$layout/blobs/${manifest/://}" >"$WORK/image/oci-holed.digest"
    manifest=$(<"$WORK/image/oci-holed.digest")
    rm "$layout/blobs/${manifest/://}"
}

images_by_buildah() {
    # chroot and vfs need nothing of the machine; --layers keeps one layer for each
    # instruction, and only docker's format holds HEALTHCHECK and ONBUILD.
    local -a buildah=(buildah --root "$WORK/engines/buildah/root" --runroot "$WORK/engines/buildah/run"
        --storage-driver vfs)
    quietly "$WORK/build-buildah.log" "${buildah[@]}" bud --isolation chroot --layers --no-cache --format docker \
        --build-arg "NPM_TOKEN=$NPM_TOKEN" --tag localhost/planted:1 "$WORK/context"
    "${buildah[@]}" push --quiet localhost/planted:1 "docker-archive:$WORK/image/buildah.tar:$IMAGE"
    "${buildah[@]}" push --quiet --format oci localhost/planted:1 "oci:$WORK/image/buildah:1"
    form buildah-docker-archive buildah "docker-archive:$WORK/image/buildah.tar"
    form buildah-oci buildah "oci:$WORK/image/buildah:1"
}

images_by_buildkit() {
    # another name than $IMAGE, which the engines have given to the older builder's
    local image=$WORK/image name=unbake-e2e/buildkit:1
    buildkit_build oci --opt attest:provenance=mode=max --output "type=oci,dest=$image/buildkit.tar,name=$name"
    form buildkit-oci-archive buildkit "oci-archive:$image/buildkit.tar"
    buildkit_build zstd --opt attest:provenance=mode=max \
        --output "type=oci,tar=false,dest=$image/buildkit-zstd,compression=zstd,force-compression=true"
    form buildkit-zstd buildkit "oci:$image/buildkit-zstd"
    # eStargz, and the newer provenance
    buildkit_build estargz --opt attest:provenance=mode=max,version=v1 \
        --output "type=oci,dest=$image/buildkit-estargz.tar,compression=estargz,force-compression=true,oci-mediatypes=true"
    form buildkit-estargz buildkit "oci-archive:$image/buildkit-estargz.tar"
    buildkit_build plain --opt attest:provenance=mode=max \
        --output "type=oci,dest=$image/buildkit-plain.tar,compression=uncompressed,force-compression=true"
    form buildkit-uncompressed buildkit "oci-archive:$image/buildkit-plain.tar"
    buildkit_build docker --output "type=docker,dest=$image/buildkit-docker.tar,name=$name"
    form buildkit-docker-archive buildkit "docker-archive:$image/buildkit-docker.tar"
    # Two platforms in one index. The other one's RUN is the same busybox: the kernel
    # asks a program, not BuildKit, which machine it is for.
    buildkit_build platforms --opt attest:provenance=mode=max --opt platform=linux/amd64,linux/arm64 \
        --output "type=oci,tar=false,dest=$image/buildkit-platforms"
    form buildkit-platforms buildkit "oci:$image/buildkit-platforms" - '' amd64 arm64
    # Docker 29's newer image store keeps the index and the provenance.
    docker_on docker29c load --quiet --input "$image/buildkit.tar" >/dev/null
    docker_on docker29c save --output "$image/buildkit-docker29c.tar" "$name"
    form buildkit-docker29c-save buildkit "$image/buildkit-docker29c.tar" - "oci-archive:$image/buildkit-docker29c.tar"
}

buildkit_build() { # buildkit_build NAME ARGUMENT...
    local name=$1
    shift
    quietly "$WORK/build-buildkit-$name.log" "$BUILDCTL" --addr "$(engine_host buildkit)" build \
        --progress plain --frontend dockerfile.v0 --opt "build-arg:NPM_TOKEN=$NPM_TOKEN" \
        --local "context=$WORK/context" --local "dockerfile=$WORK/context" "$@"
}
