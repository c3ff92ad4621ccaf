#!/usr/bin/env python3
"""Holds a report of unbake against what was planted. Prints one line for each check.

    check.py form NAME TRUTH CONFIGS REPORT [--provenance]
    check.py agree NAME CONFIGS REPORT WITH CONFIGS REPORT
    check.py builders NAME REPORT WITH REPORT
    check.py no-secret NAME TRUTH FILE...
    check.py no-file NAME STRACE-LOG OUTPUT
    check.py schema NAME SCHEMA REPORT...

NAME is the form of the image; TRUTH is what plant.py wrote; CONFIGS is a directory with the
image's real configuration for each platform, as skopeo read it; REPORT is unbake's JSON report,
made with --reveal, since only the value tells which planted credential a finding is.
"""

import json
import re
import sys
from pathlib import Path


def ok(name, problems):
    """One check, passed when there's no problem."""
    if not problems:
        print(f"ok   {name}")
        return
    shown = "; ".join(str(problem) for problem in problems[:4])
    more = f"; and {len(problems) - 4} more" if len(problems) > 4 else ""
    print(f"FAIL {name}: {shown}{more}")


def load(path):
    return json.loads(Path(path).read_text())


def load_configs(directory):
    return {path.stem.replace("-", "/", 1): load(path) for path in sorted(Path(directory).glob("*.json"))}


def locations(report):
    """Every place of every finding, with the finding that it belongs to."""
    return [(finding, place) for finding in report["findings"] for place in finding["locations"]]


def credential_of(finding, truth):
    value = finding["secret"].get("value", "")
    return next((name for name, needle in truth["credentials"].items() if needle in value), None)


def is_file(place):
    return not place["path"].startswith(("config:", "history[", "attestation:", "annotation:"))


def platform_of(place):
    return place.get("image", {}).get("platform")


# form: one report against what was planted and against the image's own configuration


def check_form(name, truth_file, config_dir, report_file, *options):
    truth, configs, report = load(truth_file), load_configs(config_dir), load(report_file)
    places = [(credential_of(finding, truth), place) for finding, place in locations(report)]

    ok(f"{name}: the verdict is leak, on {' and '.join(configs)}", verdict_problems(report, configs))
    ok(f"{name}: nothing is left unread", [skip for skip in report["coverage"]["skipped"]
                                          if skip.get("kind", "unread") == "unread"])
    for platform in configs:
        here = [(what, place) for what, place in places if platform_of(place) == platform]
        ok(f"{name}: the planted files of {platform}, their lines, layers and states",
           file_problems(truth, here))
        ok(f"{name}: the instructions that made their layers on {platform}",
           instruction_problems(truth, here))
        ok(f"{name}: the layers are those of the image's configuration for {platform}",
           layer_problems(configs[platform], here))
        ok(f"{name}: configuration and history of {platform}",
           config_problems(truth, configs[platform], here))
    ok(f"{name}: nothing else is found", [
        f"{finding['rule']} at {place['path']}" for finding, place in locations(report)
        if credential_of(finding, truth) is None])
    if "--provenance" in options:
        ok(f"{name}: the build arguments in the provenance", provenance_problems(truth, places))


def verdict_problems(report, configs):
    target = report["targets"][0]
    expected = {"kind": "image", "verdict": "leak", "platforms": sorted(configs)}
    found = {key: target.get(key) for key in expected}
    found["platforms"] = sorted(found["platforms"] or [])
    return [] if found == expected else [f"expected {expected}, got {found}"]


def same_path(planted, reported):
    # the one member of a gzip file may be named in the report
    return reported == planted or (planted.endswith(".gz") and reported.startswith(planted + "!"))


def matching(planted, places):
    return [place for what, place in places
            if what == planted["credential"] and same_path(planted["path"], place["path"])
            and place.get("layer", {}).get("index") == planted["layer"]]


def file_problems(truth, places):
    problems = []
    for planted in truth["files"]:
        expected = (planted["line"], planted["state"])
        where = f"{planted['credential']} in {planted['path']}, layer {planted['layer']}"
        found = {(place.get("line"), place["layer"]["state"]) for place in matching(planted, places)}
        if found != {expected}:
            problems.append(f"{where}: expected {expected}, got {sorted(found, key=str) or 'nothing'}")
    for what, place in places:
        known = any(place in matching(planted, [(what, place)]) for planted in truth["files"])
        if what and is_file(place) and not known:
            problems.append(f"{what} is not in {place['path']}, layer {place.get('layer', {}).get('index')}")
    return problems


def instruction_problems(truth, places):
    return [f"{planted['path']}: {place['layer'].get('created_by')!r} lacks {word!r}"
            for planted in truth["files"] for place in matching(planted, places)
            for word in planted["made_by"] if word not in place["layer"].get("created_by", "")]


def layer_problems(config, places):
    diff_ids = config["rootfs"]["diff_ids"]
    layers = [place["layer"] for _, place in places if "layer" in place]
    wrong = [f"layer {layer['index']} is {layer.get('diff_id')}" for layer in layers
             if not 0 <= layer["index"] < len(diff_ids) or layer.get("diff_id") != diff_ids[layer["index"]]]
    return wrong if layers else ["no place has a layer"]


def config_places(config, needle):
    """Where a value stands in an image's configuration, in the words of the report."""
    inner = config["config"]
    for entry in inner.get("Env") or []:
        if needle in entry:
            yield f"config:Env[{entry.split('=')[0]}]"
    for key, value in (inner.get("Labels") or {}).items():
        if needle in value:
            yield f"config:Labels[{key}]"
    if any(needle in word for word in (inner.get("Healthcheck") or {}).get("Test") or []):
        yield "config:Healthcheck"
    for index, instruction in enumerate(inner.get("OnBuild") or []):
        if needle in instruction:
            yield f"config:OnBuild[{index}]"
    for index, entry in enumerate(config["history"]):
        if needle in entry.get("created_by", ""):
            yield f"history[{index}]"


def config_problems(truth, config, places):
    problems = []
    for name, needle in truth["credentials"].items():
        expected = set(config_places(config, needle))
        found = {place["path"] for what, place in places
                 if what == name and place["path"].startswith(("config:", "history["))}
        problems += [f"{name} is not reported at {path}" for path in sorted(expected - found)]
        problems += [f"{name} is not at {path}" for path in sorted(found - expected)]
        if not expected and name in truth["in_configuration"]:
            problems.append(f"the image itself lacks {name}: the test is wrong")
    return problems


def provenance_problems(truth, places):
    found = {(what, place["path"]) for what, place in places}
    return [f"attestation:build-arg:{name} is not reported" for name in truth["build_arguments"]
            if (name, f"attestation:build-arg:{name}") not in found]


# agree, builders: two reports of the same content say the same


def facts(report, configs, both):
    """What two forms of one image must agree on, as far as both can hold it."""
    said = set()
    for finding, place in locations(report):
        path, layer = place["path"], place.get("layer", {})
        if path.startswith("config:") and config_key(path) not in both:
            continue
        # other shapes of provenance tell the same under other names
        if path.startswith("attestation:"):
            continue
        if platform_of(place) != next(iter(configs)):
            continue
        said.add((finding["rule"], finding["fingerprint"], path, place.get("line"), place.get("column"),
                  layer.get("index"), layer.get("state"), layer.get("created_by")))
    return said


def config_key(path):
    return re.match(r"config:(\w*)", path)[1]


def keys_of(configs):
    """The parts that a configuration has: OCI's has no Healthcheck and no OnBuild."""
    return {key for config in configs.values() for key, value in config["config"].items() if value}


def difference(name, one, other_name, other):
    lacking = [f"only {other_name} has {fact}" for fact in sorted(other - one, key=str)]
    return lacking + [f"only {name} has {fact}" for fact in sorted(one - other, key=str)]


def check_agree(name, config_dir, report_file, other_name, other_config_dir, other_report_file):
    configs, other_configs = load_configs(config_dir), load_configs(other_config_dir)
    both = keys_of(configs) & keys_of(other_configs)
    ok(f"{name}: the same findings as {other_name}", difference(
        name, facts(load(report_file), configs, both),
        other_name, facts(load(other_report_file), other_configs, both)))


def check_builders(name, report_file, other_name, other_report_file):
    def files(path):
        return {(finding["rule"], finding["fingerprint"], place["path"], place["line"], place["layer"]["state"])
                for finding, place in locations(load(path)) if is_file(place)}

    ok(f"{name}: the same files as {other_name}",
       difference(name, files(report_file), other_name, files(other_report_file)))


# no-secret, no-file, schema: what must hold for every run


def check_no_secret(name, truth_file, *outputs):
    credentials = load(truth_file)["credentials"].items()
    ok(f"{name}: no value is shown unless asked for", [
        f"{path} shows {what}" for path in outputs for what, needle in credentials
        if needle.encode() in Path(path).read_bytes()])


MAKES_A_FILE = re.compile(r"\b(?:O_CREAT|O_TMPFILE)\b|\b(?:creat|mkdir|mkdirat|mknod|mknodat|memfd_create|unlink|"
                          r"unlinkat|rename|renameat|renameat2|link|linkat|symlink|symlinkat)\(")


def check_no_file(name, trace, output):
    lines = Path(trace).read_text(errors="replace").splitlines()
    allowed = (f'"{output}"', '"/dev/null"')
    problems = [line for line in lines
                if MAKES_A_FILE.search(line) and not any(path in line for path in allowed)]
    if not any(f'"{output}"' in line for line in lines):
        problems.append("the trace lacks even the report: strace did not work")
    ok(f"{name}: no file is made but the report", problems)


def check_schema(name, schema_file, *reports):
    import jsonschema  # Debian's python3-jsonschema

    schema = load(schema_file)
    validator = jsonschema.validators.validator_for(schema)(schema)
    ok(f"{name}: the report holds to its schema", [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for path in reports for error in validator.iter_errors(load(path))])


COMMANDS = {"form": check_form, "agree": check_agree, "builders": check_builders,
            "no-secret": check_no_secret, "no-file": check_no_file, "schema": check_schema}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
