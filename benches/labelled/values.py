"""Fresh credentials in the format of each rule, drawn from its expression.

What has a structure of its own (keys, tokens that decode or carry a checksum) is taken as the rule's examples have it.
"""

import json
import pathlib
import re
import subprocess
import sys

import rstr
import yaml

# Checks of values that can not be drawn, for they parse, decode or add up.
STRUCTURED = {"pem", "putty", "jwt", "base64-json", "basic-auth", "jfrog-reference", "pypi-macaroon", "age-bech32",
              "aws-bedrock", "discord-bot", "github-crc32", "github-sha256", "gitlab-crc32", "npm-crc32", "confluent-crc32",
              "grafana-crc32", "atlassian-crc32"}
# What has no upper bound is drawn up to it.
sys.modules["rstr.xeger"].STAR_PLUS_LIMIT = 600
# Parts of expressions that Python's engine takes minutes for, and that draw texts of several lines.
SLOW = ["[\\s\\S]", "[^;\\r\\n", "_|WARNING", "---- BEGIN"]
# A value with one of these brings its own surroundings.
ODD = re.compile(r"[\s\"'`\\\\<>{}]|[^!-~]")


def rules(repo):
    """Every rule that has an expression of its own, by id."""
    found = {}
    for path in sorted((repo / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text())["rules"]:
            if rule.get("regex"):
                found[rule["id"]] = rule
    return found


def taken(unbake, repo, work):
    """What unbake takes out of the examples: rule -> its values, in the order of the examples."""
    folder = work / "examples"
    folder.mkdir()
    all_rules = rules(repo)
    for name, rule in all_rules.items():
        for number, example in enumerate(rule["examples"]):
            (folder / f"{name}.{number}").write_text(example)
    report = work / "examples.json"
    subprocess.run([unbake, "scan", "--format", "json", "--reveal", "--min-confidence", "low", "--output", report,
                    folder], check=False, capture_output=True)
    values = {name: {} for name in all_rules}
    for finding in json.loads(report.read_text())["findings"]:
        for location in finding["locations"]:
            name, number = pathlib.Path(location["path"]).name.rsplit(".", 1)
            if name == finding["rule"]:
                values[name].setdefault(int(number), finding["secret"]["value"])
    return all_rules, {name: [found[k] for k in sorted(found)] for name, found in values.items()}


def fresh(rule, taken, rng):
    """A name that the value needs (None if any will do), what is to be written, and the value in it; None where the rule
    can't be drawn in a line."""
    if rule.get("checksum") in STRUCTURED or any(slow in rule["regex"] for slow in SLOW):
        value = rng.choice(taken)
        marked = any(mark.lower() in value.lower() for mark in rule.get("keywords") or [])
        return (None, value, value) if marked and not ODD.search(value) else None
    expression = re.compile(rule["regex"].replace("\\z", "\\Z"))
    draw = rstr.Rstr(rng)
    for _ in range(20):
        written = draw.xeger(expression.pattern)
        match = expression.search(written)
        if not match or not is_random(rule, match):
            continue
        value = match.groupdict().get("secret") or match.group()
        if rule.get("near"):
            if value != written.strip("\"'"):
                return None  # It needs more than the word before it.
            written = value
        # What ends an expression may be anything that ends a value.
        written = written.rstrip("\n \t,;\"')&<")
        if not ODD.search(written):
            return (rng.choice(rule["near"]).strip("_-.") + "_key" if rule.get("near") else None), written, value
    return None


def is_random(rule, match):
    """Whether chance gave the value the characters that chance gives: a draw may have few different ones."""
    value = match.groupdict().get("secret") or match.group()
    return len(set(value)) >= min(8, len(value) // 2)
