#!/usr/bin/env python3
"""Makes an image several times as large: the same layers again, with every path below copyN/.

usage: enlarge.py IMAGE.tar LARGE.tar TIMES

It reads and writes the older form of `docker save`. It is for the memory check: the result has TIMES as many
layers, files and bytes, and no two layers are alike.
"""

import hashlib
import io
import json
import sys
import tarfile

BLOCK = 512


class Hashing(io.RawIOBase):
    """Passes bytes on to a file, counting and hashing them."""

    def __init__(self, file):
        self.file, self.size, self.sha256 = file, 0, hashlib.sha256()

    def write(self, data):
        self.file.write(data)
        self.sha256.update(data)
        self.size += len(data)
        return len(data)


def moved(entry, folder):
    """The entry below another folder; a hard link's target moves with it."""
    entry.name = folder + entry.name
    entry.pax_headers = {key: value for key, value in entry.pax_headers.items() if key not in ("path", "linkpath")}
    if entry.islnk():
        entry.linkname = folder + entry.linkname
    return entry


def copy_layer(source, out, name, folder):
    """Writes one layer as a member of the outer archive; returns its diff id."""
    start = out.tell()
    out.write(bytes(BLOCK))
    sink = Hashing(out)
    with tarfile.open(fileobj=source) as layer, tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as copy:
        for entry in layer:
            content = layer.extractfile(entry) if entry.isreg() else None
            copy.addfile(moved(entry, folder), content)
    out.write(bytes(-sink.size % BLOCK))
    end = out.tell()
    header = tarfile.TarInfo(name)
    header.size = sink.size
    out.seek(start)
    out.write(header.tobuf(tarfile.USTAR_FORMAT))
    out.seek(end)
    return "sha256:" + sink.sha256.hexdigest()


def put(out, name, content):
    header = tarfile.TarInfo(name)
    header.size = len(content)
    out.write(header.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % BLOCK))


def main():
    source, target, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with tarfile.open(source) as archive, open(target, "wb") as out:
        manifest = json.load(archive.extractfile("manifest.json"))
        image = manifest[0]
        config = json.load(archive.extractfile(image["Config"]))
        names, diff_ids = [], []
        for number in range(times):
            for index, layer in enumerate(image["Layers"]):
                name = f"{number:02}{index:02}/layer.tar"
                names.append(name)
                folder = f"copy{number}/" if number else ""
                diff_ids.append(copy_layer(archive.extractfile(layer), out, name, folder))
            print(f"enlarge: {number + 1} of {times}", file=sys.stderr)
        config["rootfs"]["diff_ids"] = diff_ids
        config["history"] *= times
        content = json.dumps(config).encode()
        image.update(Config=hashlib.sha256(content).hexdigest() + ".json", Layers=names, RepoTags=["unbake-bench:large"])
        put(out, image["Config"], content)
        put(out, "manifest.json", json.dumps(manifest).encode())
        out.write(bytes(2 * BLOCK))


if __name__ == "__main__":
    main()
