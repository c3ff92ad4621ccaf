#!/usr/bin/env python3
"""Times the tools in turn on the benchmark image and prints the table.

Each round runs every tool once (A B C, A B C, ...), so that a change of the machine's mood hits all of them.
The page cache is warm. Seconds and core-seconds are medians, memory is the highest resident set of any round.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import score
import tools


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--repo", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="names of tools, with commas")
    parser.add_argument("--daemon", action="store_true", help="scan the image in the Docker engine as well")
    parser.add_argument("--large", type=pathlib.Path, help="an archive ten times as large, for its memory")
    parser.add_argument("--write", type=pathlib.Path, help="store the report here")
    return parser.parse_args()


def run(argv, log):
    """Seconds, core-seconds and peak resident MB of one run, and its exit status."""
    with open(log, "wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode


def warm(paths):
    """Reads the files once, so that no run pays for the disk."""
    for path in paths:
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            with open(file, "rb", buffering=0) as stream:
                while stream.read(1 << 20):
                    pass


def time_all(chosen, rounds, work):
    """The runs of each tool, round by round."""
    runs = [[] for _ in chosen]
    for number in range(rounds):
        for tool, kept in zip(chosen, runs):
            tool.prepare()
            log = work / "output.log"
            result = run(tool.argv, log)
            print(f"round {number + 1}: {tool.name}, {tool.target}: {result[0]:.2f} s, {result[2]:.0f} MB", file=sys.stderr)
            if result[3] not in tool.good_exits:
                tail = log.read_text(errors="replace")[-2000:]
                sys.exit(f"{tool.name} ({tool.target}) ended with {result[3]}:\n{tail}")
            kept.append(result)
    return runs


def start_up(unbake, work):
    """Milliseconds (median of 30) of `unbake --version` and of a scan of one file of 1 KB."""
    small = work / "small.txt"
    small.write_text("name: value of no interest\n" * 38)
    report = work / "small.json"
    out = {}
    for label, argv in (("`unbake --version`", [unbake, "--version"]),
                        ("a scan of one 1 KB file", [unbake, "scan", "--format", "json", "--output", str(report), str(small)])):
        times = [run(argv, work / "output.log")[0] for _ in range(30)]
        out[label] = statistics.median(times) * 1000
    return out


def machine():
    """The processor, the memory and the kernel in one line."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal")))
    return f"{model}, {os.cpu_count()} cores, {memory / 2**20:.0f} GiB, Linux {platform.release()}"


def ratio_lines(chosen, runs):
    """How many times longer the others take."""
    seconds = {(tool.name, tool.target): statistics.median(r[0] for r in kept) for tool, kept in zip(chosen, runs)}
    lines = []
    for (name, target), taken in seconds.items():
        own = seconds.get(("unbake", target))
        if own and name != "unbake":
            lines.append(f"- {target}: {name} takes {taken / own:.1f} times as long as unbake")
    own = seconds.get(("unbake", "OCI layout"))
    for name in ("inflate", "gzip"):
        for (other, target), taken in seconds.items():
            if own and other == name:
                lines.append(f"- OCI layout: unbake takes {own / taken:.2f} times as long as the inflation alone ({target})")
    return lines


def table(chosen, runs, truth):
    """The Markdown table, and what each tool missed or put in the wrong place."""
    total = len({row["id"] for row in truth})
    lines = ["| tool | target | seconds | core-seconds | peak MB | planted found | other findings |",
             "|---|---|---:|---:|---:|---:|---:|"]
    notes = []
    for tool, kept in zip(chosen, runs):
        numbers = [statistics.median(r[0] for r in kept), statistics.median(r[1] for r in kept), max(r[2] for r in kept)]
        found = other = "–"
        if tool.read:
            result = score.score(truth, tool.read(tool.report), tool.knows_places)
            found, other = f"{len(result.found)} of {total}", str(result.other)
            if result.missed:
                notes.append(f"- {tool.name} ({tool.target}) does not find: {', '.join(result.missed)}")
            notes += [f"- {tool.name} ({tool.target}) is off: {off}" for off in result.off]
        lines.append(f"| {tool.name} | {tool.target} | {numbers[0]:.2f} | {numbers[1]:.2f} | {numbers[2]:.0f} | {found} | {other} |")
    return lines, notes


def versions(args, chosen):
    """The version line of each program in the table."""
    ask = {"unbake": [chosen[0].argv[0], "--version"] if chosen[0].name == "unbake" else None,
           "betterleaks": [str(args.peers / "betterleaks"), "--version"],
           "trivy": [str(args.peers / "trivy"), "--version"],
           "gzip": ["gzip", "--version"]}
    names = dict.fromkeys(tool.name for tool in chosen)
    return [f"- {name}: {tools.version_of(ask[name])}" for name in names if ask.get(name)]


def report(args, work):
    """The whole page, as lines."""
    chosen = tools.all_tools(args.image, args.peers, args.repo, work, args.daemon)
    if args.only:
        chosen = [tool for tool in chosen if tool.name in args.only.split(",")]
    truth = score.read_truth(args.image / "truth.tsv")
    facts = json.loads((args.image / "facts.json").read_text())
    warm([args.image / "image.tar", args.image / "oci", args.image / "image.oci.tar"])
    runs = time_all(chosen, args.rounds, work)
    start = memory = None
    unbake = next((tool.argv[0] for tool in chosen if tool.name == "unbake"), None)
    if unbake:
        start = start_up(unbake, work)
        if args.large:
            large = [unbake, "scan", "--format", "json", "--output", str(work / "large.json"), str(args.large)]
            memory = run(large, work / "output.log")

    rows, notes = table(chosen, runs, truth)
    ratios = ratio_lines(chosen, runs)
    sizes = ", ".join(f"{layer['bytes'] / 1e6:.0f} MB in {layer['files']:,} files" for layer in facts["layers"])
    shorter = {args.image: "IMAGE", args.peers: "PEERS", args.repo: "REPO", work: "OUT"}
    page = ["# Benchmarks", "",
            "Written by `benches/compare --write`; not edited by hand.", "",
            f"- date: {datetime.date.today()}",
            f"- machine: {machine()}",
            f"- image: {facts['bytes'] / 1e9:.2f} GB in {facts['files']:,} files, {len(facts['layers'])} layers ({sizes})",
            f"- rounds: {args.rounds}, in turn, page cache warm; seconds and core-seconds are medians, memory is the highest",
            *versions(args, chosen), "",
            "betterleaks gets the `docker save` archive of the older form by its path and looks inside by itself; "
            "it knows no layers. It and unbake count a value under a rule once, trivy masks values and counts places.", "",
            *rows, ""]
    if ratios:
        page += ["## Ratios", "", *ratios, ""]
    if start:
        page += ["## Start-up", "", *[f"- {label}: {took:.1f} ms" for label, took in start.items()], ""]
    if memory:
        page += ["## Memory", "", f"- an archive of {args.large.stat().st_size / 1e9:.1f} GB: {memory[2]:.0f} MB "
                 f"(exit {memory[3]}), against {max(r[2] for r in runs[0]):.0f} MB", ""]
    if notes:
        page += ["## Not found, or found elsewhere", "", *notes, ""]
    page += [(pathlib.Path(__file__).parent / "known.md").read_text()]
    commands = [f"{tool.name}, {tool.target}: {tool.command(shorter)}" for tool in chosen]
    return page + ["## Commands", "", "```", *[line.replace(str(pathlib.Path.home()), "~") for line in commands], "```"]


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="unbake-bench-") as work:
        page = "\n".join(report(args, pathlib.Path(work))) + "\n"
    print(page, end="")
    if args.write:
        args.write.write_text(page)


if __name__ == "__main__":
    main()
