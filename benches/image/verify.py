#!/usr/bin/env python3
"""Checks every line of the truth against the image that `docker save` wrote.

usage: verify.py OUT        OUT/image.tar and OUT/truth.tsv

It reads the archive with its own eyes (tarfile, zipfile, zlib), so that the truth is not merely what plant.py meant.
The places in the image's history are written back with their number: history[7]. A sum of the image goes to OUT/facts.json.
"""

import base64
import gzip
import io
import json
import pathlib
import re
import sys
import tarfile
import zipfile
import zlib

WHITEOUT = ".wh."


def layer_index(archive, names):
    """For each layer: path -> size of its regular files, and the whiteouts."""
    layers = []
    for name in names:
        files, gone, total = {}, set(), 0
        with tarfile.open(fileobj=archive.extractfile(name)) as layer:
            for entry in layer:
                path = entry.name.removeprefix("./")
                folder, _, last = path.rpartition("/")
                if last.startswith(WHITEOUT):
                    gone.add((folder + "/" if folder else "") + last.removeprefix(WHITEOUT))
                elif entry.isfile():
                    files[path] = entry.size
                    total += entry.size
        layers.append((files, gone, total))
    return layers


def state_of(path, index, layers):
    for files, gone, _ in layers[index + 1 :]:
        if path in files:
            return "overwritten"
        if path in gone:
            return "deleted"
    return "live"


def read_file(archive, names, index, path):
    with tarfile.open(fileobj=archive.extractfile(names[index])) as layer:
        for entry in layer:
            if entry.name.removeprefix("./") == path:
                return layer.extractfile(entry).read()
    raise KeyError(path)


def text_of(raw, path):
    """The bytes as the credential stands in them, decoded by what the file is."""
    outer, _, inner = path.partition("!")
    if outer.endswith(".jar"):
        return zipfile.ZipFile(io.BytesIO(raw)).read(inner).decode()
    if outer.endswith(".tar.gz"):
        return tarfile.open(fileobj=io.BytesIO(gzip.decompress(raw))).extractfile(inner).read().decode()
    if "/.git/objects/" in outer:
        return zlib.decompress(raw).partition(b"\0")[2].decode()
    if raw.startswith(b"\xff\xfe"):
        return raw.decode("utf-16")
    return raw.decode("latin-1")


def check_file(row, archive, names, layers):
    """The errors of one place in a file."""
    outer = row["path"].partition("!")[0]
    found = [number for number, (files, _, _) in enumerate(layers) if outer in files]
    index = int(row["layer"])
    if index not in found:
        return [f"not in layer {index} but in {found}"]
    errors = []
    if (state := state_of(outer, index, layers)) != row["state"]:
        errors.append(f"is {state}")
    text = text_of(read_file(archive, names, index, outer), row["path"])
    if row["match"] not in text:
        for encoded in re.findall(r"[A-Za-z0-9+/=]{40,}", text):
            if row["match"] in base64.b64decode(encoded).decode("latin-1"):
                return errors + check_line(row, text, encoded)
        return errors + ["the value is not in it"]
    if row["line"] == "1" and text.startswith("-----BEGIN"):
        return errors
    return errors + (check_line(row, text, row["match"]) if row["line"] != "-" else [])


def check_line(row, text, needle):
    line = text[: text.index(needle)].count("\n") + 1
    return [] if str(line) == row["line"] else [f"is on line {line}"]


def check_configuration(row, config):
    """The errors of a place in the image's configuration; numbers a place in the history."""
    if name := re.fullmatch(r"config:Env\[(\w+)\]", row["path"]):
        wanted = f"{name[1]}={row['match']}"
        return [] if wanted in config["config"]["Env"] else ["not in Env"]
    mark = re.fullmatch(r"history\[(.*)\]", row["path"])[1]
    for number, step in enumerate(config["history"]):
        text = step["created_by"]
        if (str(number) == mark or not mark.isdigit() and mark in text) and row["match"] in text:
            row["path"] = f"history[{number}]"
            return []
    return ["not in the history"]


def main():
    out = pathlib.Path(sys.argv[1])
    lines = (out / "truth.tsv").read_text().splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"))) for line in lines[1:]]
    bad = 0
    with tarfile.open(out / "image.tar") as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        names = manifest["Layers"]
        config = json.load(archive.extractfile(manifest["Config"]))
        layers = layer_index(archive, names)
        for row in rows:
            errors = check_configuration(row, config) if row["layer"] == "-" else check_file(row, archive, names, layers)
            bad += bool(errors)
            for error in errors:
                print(f"truth: {row['kind']} at {row['path']}: {error}", file=sys.stderr)
    with (out / "truth.tsv").open("w") as file:
        print(*header, sep="\t", file=file)
        for row in rows:
            print(*(row[name] for name in header), sep="\t", file=file)
    facts = {
        "layers": [{"files": len(files), "bytes": total} for files, _, total in layers],
        "files": sum(len(files) for files, _, _ in layers),
        "bytes": sum(total for _, _, total in layers),
        "archive_bytes": (out / "image.tar").stat().st_size,
        "oci_archive_bytes": (out / "image.oci.tar").stat().st_size,
    }
    (out / "facts.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts), file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
