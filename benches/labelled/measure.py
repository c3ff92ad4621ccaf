#!/usr/bin/env python3
"""Makes the labelled set, runs the scanners on it and on the benchmark image, and prints the tables."""

import argparse
import collections
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import os

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "image"))

import lookalikes
import score
import surroundings
import tools
import values

LEVELS = ["high", "medium", "low"]
# Names that a person gives a setting; half of them say nothing of a credential.
NAMES = ["api_token", "service_key", "setting_a", "upstream", "client_secret", "value"]
START, END = "<!-- benches/quality: begin -->", "<!-- benches/quality: end -->"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=pathlib.Path, required=True)
    parser.add_argument("--image", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--no-image", action="store_true")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


class Set:
    """The labelled set: files below `root`, each with what is true of it."""

    def __init__(self, root):
        self.root, self.labels = root, {}

    def add(self, group, surrounding, name, written, secret, rule=None, value=None):
        """One file in which `written` stands; `secret` says whether `value`, or all of it, is a credential."""
        value = value or written
        file, text = surrounding(name, written)
        path = pathlib.Path(group, f"{len(self.labels):05}", file)
        (self.root / path).parent.mkdir(parents=True)
        (self.root / path).write_text(text)
        self.labels[str(path)] = {"group": group, "value": value, "secret": secret, "rule": rule, "in": surrounding.__name__}


def make(root, all_rules, taken, rng):
    """Catalogued formats in all surroundings, generic passwords, and look-alikes of both."""
    made = Set(root)
    for name, rule in all_rules.items():
        if not taken[name]:
            continue
        for surrounding in surroundings.ALL:
            drawn = values.fresh(rule, taken[name], rng)
            # Prose has the name after the value, where a provider's name says nothing.
            if drawn is None or (drawn[0] and surrounding is surroundings.prose):
                continue
            needed, written, value = drawn
            made.add("catalogue", surrounding, needed or rng.choice(NAMES), written, True, name, value)
        for value in lookalikes.of_rule(rule, taken[name][0]):
            made.add("lookalike", rng.choice(surroundings.ALL), rng.choice(NAMES), value, False, name)
    words = "db_password smtp_password admin_password jwt_secret session_secret api_key auth_token access_token client_secret".split()
    alphabets = ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "0123456789abcdef",
                 "abcdefghijkmnpqrstuvwxyz23456789", "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789!#%+-_"]
    for number in range(480):
        value = "".join(rng.choice(alphabets[number % 4]) for _ in range(rng.randrange(12, 44)))
        # Prose gives a value no name: nothing but its shape is left, so it is left out.
        made.add("generic", surroundings.ALL[number % 11], rng.choice(words), value, True)
    for _ in range(4):
        for name, value in lookalikes.of_names(rng):
            made.add("generic-lookalike", rng.choice(surroundings.ALL[:11]), name, value, False)
    return made


def unbake(tool, root, work):
    report = work / "set-unbake.json"
    subprocess.run([tool, "scan", "--no-config", "--format", "json", "--reveal", "--min-confidence", "low", "--output", report, root],
                   check=False, capture_output=True)
    for finding in json.loads(report.read_text())["findings"]:
        for place in finding["locations"]:
            yield place["path"], finding["secret"]["value"], finding["confidence"]


def betterleaks(tool, root, work):
    report = work / "set-betterleaks.json"
    subprocess.run([tool, "fs", "--exit-code", "0", "--output", report, root], check=True, capture_output=True)
    for item in json.loads(report.read_text())["findings"]:
        yield item["location"]["path"], item["match"]["value"], None


def trivy(tool, root, work):
    report = work / "set-trivy.json"
    subprocess.run([tool, "fs", "--scanners", "secret", "--format", "json", "--output", report, "--cache-dir",
                    work / "trivy-cache", "--quiet", "--offline-scan", "--skip-version-check", "--disable-telemetry", root],
                   check=True, capture_output=True)
    for result in json.loads(report.read_text()).get("Results") or []:
        for _ in result.get("Secrets") or []:
            yield str(root / result["Target"]), None, None


def told(made, found):
    """For each file of the set the surest finding in it that touches its value; None where there is none."""
    best = dict.fromkeys(made.labels)
    for path, value, level in found:
        key = str(pathlib.Path(path).resolve().relative_to(made.root.resolve()))
        label = made.labels.get(key)
        if label is None:
            continue
        # What a scanner takes may be more or less than the value; it has to be of it. Masked ones count by place.
        if value is not None and not (value in label["value"] or label["value"] in value or value[:12] in label["value"]):
            continue
        rank = LEVELS.index(level) if level else 0
        best[key] = rank if best[key] is None else min(best[key], rank)
    return best


def share(labels, best, group, level):
    """How many files of a group are told at this confidence or a surer one, of how many."""
    of = [path for path, label in labels.items() if label["group"] == group]
    hit = [path for path in of if best[path] is not None and best[path] <= level]
    return len(hit), len(of)


def rows(name, made, best, levels):
    """Lines of the table of one tool."""
    out = []
    for level in levels:
        c, g = share(made.labels, best, "catalogue", level), share(made.labels, best, "generic", level)
        lc, lg = share(made.labels, best, "lookalike", level), share(made.labels, best, "generic-lookalike", level)
        wrong, right = lc[0] + lg[0], c[0] + g[0]
        percent = lambda pair: f"{pair[0]} of {pair[1]} ({100 * pair[0] / pair[1]:.1f} %)"
        precision = right / max(1, right + wrong)
        generic_precision, generic_recall = g[0] / max(1, g[0] + lg[0]), g[0] / g[1]
        f1 = 2 * generic_precision * generic_recall / max(1e-9, generic_precision + generic_recall)
        label = name if len(levels) == 1 else f"{name}, {LEVELS[level]} and surer"
        out.append(f"| {label} | {percent(c)} | {percent(lc)} | {percent(g)} | {percent(lg)} | {100 * precision:.1f} % | {f1:.3f} |")
    return out


def noise(args, work, chosen):
    """Findings in the benchmark image that are not planted, by confidence."""
    truth = score.read_truth(args.image / "truth.tsv")
    facts = json.loads((args.image / "facts.json").read_text())
    lines = ["| tool | not planted | for each 100,000 files |", "|---|---:|---:|"]
    for tool in tools.all_tools(args.image, args.peers, args.repo, work, False):
        if tool.target != "docker save" or tool.name not in chosen:
            continue
        tool.prepare()
        argv = tool.argv + (["--min-confidence", "low", "--no-config"] if tool.name == "unbake" else [])
        subprocess.run(argv, check=False, capture_output=True)
        findings = tool.read(tool.report)
        groups = {tool.name: findings}
        if tool.name == "unbake":
            told = [f["confidence"] for f in json.loads(tool.report.read_text())["findings"]]
            groups = {f"unbake, {level} and surer": [f for f, c in zip(findings, told) if LEVELS.index(c) <= number]
                      for number, level in enumerate(LEVELS)}
        for label, some in groups.items():
            other = score.score(truth, some, False).other
            lines.append(f"| {label} | {other} | {other * 100_000 / facts['files']:.0f} |")
    return lines


def missed(made, best, limit=40):
    """Which rules' values were not told at the default confidence, and in what."""
    lost = collections.Counter()
    for path, label in made.labels.items():
        if label["group"] == "catalogue" and (best[path] is None or best[path] > 1):
            lost[label["rule"]] += 1
    return [f"{rule} ({count})" for rule, count in lost.most_common(limit)]


def main():
    args = arguments()
    chosen = args.only.split(",") if args.only else ["unbake", "betterleaks", "trivy"]
    binary = os.environ.get("UNBAKE", str(args.repo / "target/release/unbake"))
    with tempfile.TemporaryDirectory(prefix="unbake-quality-") as folder:
        work = args.keep or pathlib.Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        all_rules, taken = values.taken(binary, args.repo, work)
        made = make(work / "set", all_rules, taken, random.Random(20261124))
        page = [f"{datetime.date.today()}, {len(made.labels):,} files, {len(all_rules)} rules with an expression.", "",
                "| tool | catalogued found | their look-alikes told | generic found | their look-alikes told | precision | generic F1 |",
                "|---|---:|---:|---:|---:|---:|---:|"]
        for name, run in (("unbake", unbake), ("betterleaks", betterleaks), ("trivy", trivy)):
            if name not in chosen:
                continue
            best = told(made, run(binary if name == "unbake" else args.peers / name, made.root, work))
            page += rows(name, made, best, range(3) if name == "unbake" else [2])
            if name == "unbake":
                (work / "told.json").write_text(json.dumps({p: [l, best[p]] for p, l in made.labels.items()}, indent=1))
                print("not told at the default confidence:", ", ".join(missed(made, best)), file=sys.stderr)
        if not args.no_image:
            page += ["", *noise(args, work, chosen)]
    print("\n".join(page))
    if args.write:
        document = args.repo / "docs/detection.md"
        text = document.read_text()
        before, after = text.split(START)[0], text.split(END)[1]
        document.write_text(before + START + "\n" + "\n".join(page) + "\n" + END + after)


if __name__ == "__main__":
    main()
