#!/usr/bin/env bash
# Makes the benchmark image with real tools.
# usage: make.sh OUT   leaves OUT/{image.tar,image.oci.tar,oci/,truth.tsv,engine/}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
tag=unbake-bench:1
context=$out/context
# shellcheck source=/dev/null
. "$here/engine.sh"

step() { echo "image: $*" >&2; }

need=()
for pair in dockerd:docker.io skopeo:skopeo debootstrap:debootstrap openssl:openssl ssh-keygen:openssh-client git:git; do
  command -v "${pair%%:*}" >/dev/null || need+=("${pair#*:}")
done
[ -x /usr/bin/docker ] || need+=(docker.io)
if [ ${#need[@]} -gt 0 ]; then
  step "installing ${need[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >&2
fi

rm -rf "$out"
mkdir -p "$context/pip" "$context/web" "$context/system"
trap 'engine_stop' EXIT

step "base system (debootstrap)"
debootstrap --variant=minbase --include=python3,ca-certificates bookworm "$context/rootfs" >"$out/debootstrap.log"
rm -rf "$context"/rootfs/var/cache/apt/archives/*.deb "$context"/rootfs/var/lib/apt/lists/*

step "Python packages"
python3 -m pip install --quiet --target "$context/pip" --no-deps --no-compile --only-binary=:all: \
  --implementation cp --python-version 3.11 --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
  --platform manylinux2014_x86_64 -r "$here/requirements.txt"

step "npm packages"
cp "$here/package.json" "$context/web/"
(cd "$context/web" && npm install --before 2026-11-20 --omit=optional --legacy-peer-deps --ignore-scripts \
  --no-audit --no-fund --no-package-lock --loglevel=error >&2)

step "the app and its planted credentials"
"$here/plant.py" "$context" "$out/truth.tsv"
tar -C "$context/rootfs" --one-file-system --exclude=./dev/* --numeric-owner -cf "$context/rootfs.tar" .
rm -rf "$context/rootfs"

step "docker build"
engine_start "$out/engine"
token=$(PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here python3 -c 'import credentials; print(credentials.all_values()["github"])')
docker_cli build --quiet --network none --build-arg "GITHUB_TOKEN=$token" --tag "$tag" "$context" >&2
rm -rf "$context"

step "docker save"
docker_cli save --output "$out/image.tar" "$tag"
docker_cli image prune --force >/dev/null
engine_stop

step "OCI layout and archive (skopeo)"
skopeo copy --quiet "docker-archive:$out/image.tar" "oci:$out/oci:latest"
skopeo copy --quiet "oci:$out/oci:latest" "oci-archive:$out/image.oci.tar:latest"

step "checking the truth against the image"
"$here/verify.py" "$out"
touch "$out/.complete"
