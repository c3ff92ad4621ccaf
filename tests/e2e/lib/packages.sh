# shellcheck shell=bash
# Files of packages, with databases that the real dpkg and pip wrote: a key in an
# unmodified file of a public package is counted, in any other file it is a finding.
# The packages are made here; each brings one file with an invented token.

PACKAGES=$WORK/packages

# make_deb MAINTAINER: dpkg-deb builds invented_1.0_all.deb, dpkg installs it into the
# root of this name; $2 is that name.
make_deb() {
    local maintainer=$1 root=$PACKAGES/$2 build=$PACKAGES/build-$2
    mkdir -p "$build/DEBIAN" "$build/usr/share/invented" "$root"/var/lib/dpkg/{info,updates}
    touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
    printf 'token = "%s"\n' "$(package_token)" >"$build/usr/share/invented/key.ini"
    printf 'Package: invented\nVersion: 1.0\nArchitecture: all\nMaintainer: %s\nDescription: invented\n' \
        "$maintainer" >"$build/DEBIAN/control"
    (cd "$build" && md5sum usr/share/invented/key.ini >DEBIAN/md5sums)
    quietly "$PACKAGES/$2.log" dpkg-deb --root-owner-group --build "$build" "$PACKAGES/$2.deb"
    quietly "$PACKAGES/$2.log" dpkg --root="$root" --log=/dev/null -i "$PACKAGES/$2.deb"
}

# make_wheel NAME: a wheel is written, and pip installs it into the root of this name.
make_wheel() {
    local name=$1 root=$PACKAGES/$2
    python3 - "$name" "$PACKAGES/$name-1.0-py3-none-any.whl" "$(package_token)" <<'PYTHON'
import base64, hashlib, sys, zipfile

name, wheel, token = sys.argv[1:]
info = f"{name}-1.0.dist-info"
files = {
    "invented/__init__.py": f'token = "{token}"\n',
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: unbake\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
record = ""
with zipfile.ZipFile(wheel, "w") as archive:
    for path, text in files.items():
        archive.writestr(path, text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
PYTHON
    # By name, from a directory as index: a path given outright is written down as such (PEP 610).
    quietly "$PACKAGES/$2.log" python3 -m pip --disable-pip-version-check install --no-index --no-deps \
        --no-compile --find-links "$PACKAGES" --target "$root/opt/app" "$name"
}

# A token of the form that GitHub's have, with its checksum.
package_token() {
    python3 -c "import sys; sys.path.insert(0, '$HERE'); import plant; print(plant.Inventor('unbake packages').github())"
}

make_packages() {
    local name
    rm -rf "$PACKAGES"
    mkdir -p "$PACKAGES"
    make_deb 'Unbake Inventors <unbake@packages.debian.org>' deb-public
    make_deb 'Acme Platform <platform@acme.example>' deb-private
    make_wheel requests wheel-public
    make_wheel acme_requests wheel-private
    for name in deb wheel; do
        cp -r "$PACKAGES/$name-public" "$PACKAGES/$name-changed"
    done
    printf '# changed\n' >>"$PACKAGES/deb-changed/usr/share/invented/key.ini"
    printf '# changed\n' >>"$PACKAGES/wheel-changed/opt/app/invented/__init__.py"
}

check_packages() {
    local name
    make_packages
    for name in {deb,wheel}-{public,private,changed}; do
        case $name in
        *-public) check "$name: the key is counted, not raised" package_is 0 1 0 "$name" ;;
        *) check "$name: the key is a finding" package_is 1 0 1 "$name" ;;
        esac
    done
    name=deb-public
    check 'deb-public: shown on request' "$UNBAKE" scan --show-public --format json \
        --output "$PACKAGES/shown.json" "$PACKAGES/$name"
    check 'deb-public: marked, with its package' jq -e '
        [.findings[] | select(.suppressed == "package") | .locations[].package] == ["deb:invented 1.0"]' \
        "$PACKAGES/shown.json"
}

# package_is STATUS COUNTED FINDINGS NAME
package_is() {
    local report=$PACKAGES/$4.json
    expect_status "$1" "$UNBAKE" scan --format json --output "$report" "$PACKAGES/$4" || return
    jq -e "(.suppressed.package == $2) and (.findings | length == $3)" "$report" >/dev/null || {
        jq -c '{suppressed, findings}' "$report"
        return 1
    }
}
