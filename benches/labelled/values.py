"""Fresh credentials in the format of each rule.

A rule's first examples show its format. What the scanner takes out of them is drawn again, character by character
within its class, so that no value of the set stands in a rule file; marks of the provider stay. Values with a structure
of their own (keys, tokens that decode) are taken as the examples have them.
"""

import json
import pathlib
import random
import string
import subprocess

import yaml

# Checks of values that can not be drawn by character, for they parse or decode.
STRUCTURED = {"pem", "putty", "jwt", "base64-json", "basic-auth", "jfrog-reference", "pypi-macaroon", "age-bech32",
              "aws-bedrock", "discord-bot", "github-crc32", "github-sha256", "gitlab-crc32", "npm-crc32", "confluent-crc32",
              "grafana-crc32", "atlassian-crc32"}
CLASSES = [string.digits, string.ascii_lowercase, string.ascii_uppercase]
HEX = set(string.hexdigits)


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


def fresh(rule, value, rng):
    """Another value of the same format."""
    if rule.get("checksum") in STRUCTURED or "\n" in value or "\\n" in value:
        return value
    marks = [m.lower() for m in rule.get("keywords", []) + rule.get("near", [])]
    lower = value.lower()
    fixed = set()
    for mark in marks:
        start = lower.find(mark)
        while start >= 0:
            fixed.update(range(start, start + len(mark)))
            start = lower.find(mark, start + 1)
    rest = [c for i, c in enumerate(value) if i not in fixed and c.isalnum()]
    hexadecimal = len(rest) >= 16 and all(c in HEX for c in rest)
    out = []
    for i, c in enumerate(value):
        if i in fixed or not c.isascii() or not c.isalnum():
            out.append(c)
        elif hexadecimal:
            out.append(rng.choice("0123456789ABCDEF" if c.isupper() else "0123456789abcdef"))
        else:
            out.append(rng.choice(next(k for k in CLASSES if c in k)))
    drawn = "".join(out)
    # A version number or an id with a fixed form may stand in a value: what the rule no longer takes, was one.
    return drawn
