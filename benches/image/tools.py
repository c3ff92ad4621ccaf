"""The programs that are measured: the command of each, and how to read its report."""

import dataclasses
import json
import os
import pathlib
import shlex
import shutil
import subprocess
from collections.abc import Callable

from score import CONFIGURATION, Finding, Place


@dataclasses.dataclass
class Tool:
    """One line of the table. `read` is None for what reports nothing."""

    name: str
    target: str
    argv: list[str]
    read: Callable[[pathlib.Path], list[Finding]] | None = None
    report: pathlib.Path | None = None
    knows_places: bool = False
    good_exits: tuple[int, ...] = (0,)
    fresh: pathlib.Path | None = None  # a folder that each run must find absent

    def command(self, shorter):
        """The command as a person would type it, with long folders replaced."""
        text = shlex.join(self.argv)
        for folder, name in shorter.items():
            text = text.replace(str(folder), name)
        return text

    def prepare(self):
        """Leaves nothing of an earlier run for the next to profit from."""
        if self.fresh:
            shutil.rmtree(self.fresh, ignore_errors=True)


def read_unbake(report):
    """Report version 1, with the values (--reveal)."""
    findings = []
    for item in json.loads(report.read_text())["findings"]:
        places = []
        for location in item["locations"]:
            layer = location.get("layer") or {}
            places.append(Place(location["path"], location.get("line"), layer.get("index"), layer.get("state")))
        findings.append(Finding(item["rule"], item["secret"].get("value", ""), places))
    return findings


def read_betterleaks(report):
    """Its findings, one for each place; the same value under the same rule counts once."""
    merged = {}
    for item in json.loads(report.read_text())["findings"]:
        rule, value = item["rule_id"], item["match"]["value"]
        place = Place(item["location"].get("path", ""), item["location"].get("start_line"))
        merged.setdefault((rule, value), Finding(rule, value, [])).places.append(place)
    return list(merged.values())


def read_trivy(report):
    """It masks the values, so its findings are told by place. What it finds in the image's configuration and history
    has the target's own path, and a line of the JSON that it made of them."""
    findings = []
    page = json.loads(report.read_text())
    for result in page.get("Results") or []:
        for item in result.get("Secrets") or []:
            place = Place(result["Target"].lstrip("/"), item["StartLine"])
            if result["Target"] == page["ArtifactName"]:
                place = Place(CONFIGURATION)
            findings.append(Finding(item["RuleID"], None, [place]))
    return findings


def layer_blobs(layout):
    """The layer blobs of an OCI layout with one image."""
    def blob(descriptor):
        return layout / "blobs" / descriptor["digest"].replace(":", "/")

    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]).read_text())
    return [str(blob(layer)) for layer in manifest["layers"]]


def all_tools(image, peers, repo, work, daemon):
    """Every line of the table, in the order of the table."""
    unbake = os.environ.get("UNBAKE", str(repo / "target/release/unbake"))
    tar, oci, oci_tar = image / "image.tar", image / "oci", image / "image.oci.tar"
    blobs = layer_blobs(oci)
    tools = []

    targets = [("docker save", str(tar)), ("OCI layout", str(oci)), ("OCI archive", str(oci_tar))]
    if daemon:
        targets.append(("Docker engine", "docker-daemon:unbake-bench:1"))
    for number, (label, target) in enumerate(targets):
        report = work / f"unbake-{number}.json"
        argv = [unbake, "scan", "--format", "json", "--reveal", "--output", str(report), target]
        tools.append(Tool("unbake", label, argv, read_unbake, report, knows_places=True, good_exits=(0, 1)))

    report = work / "betterleaks.json"
    argv = [str(peers / "betterleaks"), "fs", "--max-archive-depth", "8", "--exit-code", "0",
            "--output", str(report), str(tar)]
    tools.append(Tool("betterleaks", "docker save", argv, read_betterleaks, report))

    for number, (label, target) in enumerate([("docker save", tar), ("OCI layout", oci)]):
        report, cache = work / f"trivy-{number}.json", work / "trivy-cache"
        argv = [str(peers / "trivy"), "image", "--scanners", "secret", "--image-config-scanners", "secret",
                "--input", str(target), "--format", "json", "--output", str(report), "--cache-dir", str(cache),
                "--quiet", "--offline-scan", "--skip-version-check", "--disable-telemetry", "--timeout", "30m"]
        tools.append(Tool("trivy", label, argv, read_trivy, report, fresh=cache))

    tools.append(Tool("inflate", "layers, zlib-rs", [str(repo / "target/release/examples/inflate"), *blobs]))
    gzip = f"printf '%s\\n' \"$@\" | xargs -P {os.cpu_count()} -n 1 gzip -dc >/dev/null"
    tools.append(Tool("gzip", "layers, gzip -dc", ["sh", "-c", gzip, "sh", *blobs]))
    return tools


def version_of(argv):
    """The first line that a program prints of its version."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return "not there"
    return (done.stdout or done.stderr).strip().split("\n")[0]
