#!/usr/bin/env python3
"""compare.py BEFORE AFTER SECRETS: holds what the API server made of the manifests
before a fix against what it made of them afterwards.

BEFORE and AFTER are directories of what kubectl printed, a file for each manifest;
SECRETS is the directory into which `fix --emit secret` wrote. Prints 'ok' and 'FAIL'
lines, one for each manifest.
"""

import pathlib
import re
import sys

import objects


def differences(before, after, path=""):
    """Where two values differ, as paths."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{path}[{index}]")
    elif before != after:
        yield path


def settle_containers(before, after):
    """Takes out what a fix may add to a container: variables from Secrets which an argument or
    another variable is made of. In a script that a shell reads they stand as `$NAME`."""
    for old_pod, new_pod in zip(objects.pods(before), objects.pods(after)):
        for kind in ("containers", "initContainers", "ephemeralContainers"):
            for old, new in zip(old_pod.get(kind) or [], new_pod.get(kind) or []):
                was, is_now = old["started with"], new["started with"]
                texts = [*old.get("args", []), *old.get("command", []), *was.values()]
                for name in set(is_now) - set(was):
                    value = is_now[name]
                    if name in new["from secrets"] and any(value in text for text in texts):
                        del is_now[name]
                        for field in ("args", "command"):
                            new[field] = [in_shell(text, name, value) for text in new[field]] if field in new else None
                for side in (old, new):
                    side.pop("from secrets")
                    for field in ("args", "command"):
                        if side.get(field) is None:
                            side.pop(field, None)


def in_shell(text, name, value):
    name = re.escape(name)
    return re.sub(rf'"\$\{{?{name}\}}?"|\$\{{{name}\}}|\${name}\b', lambda _: value, text)


def settle_map(before, after, planned, namespace):
    """A key that went from a ConfigMap has to be in a planned Secret of its namespace, text for text."""
    held = [text for (where, _), keys in planned.items() if where == namespace for text in keys.values()]
    for key, text in (before.get("data") or {}).items():
        if key not in (after.get("data") or {}) and text in held:
            after.setdefault("data", {})[key] = text


def settle_store(before, after):
    """`auth` may come where references came; the name of a store that was there already stays."""
    if "auth" not in before and set(after.get("auth") or {}) == {"secretStore"}:
        after.pop("auth")


def compare(before, after, old_cluster, new_cluster, planned):
    """What is wrong with an object after the fix, as paths."""
    old, new = objects.resolved(before, old_cluster), objects.resolved(after, new_cluster)
    settle_containers(old, new)
    if old["kind"] == "ConfigMap":
        settle_map(old, new, planned, objects.identity(before)[2])
    if old["apiVersion"].startswith("dapr.io/"):
        settle_store(old, new)
    return [f"{old['kind']}/{old['metadata']['name']}: {path}" for path in differences(old, new)]


def main(before, after, secrets):
    before, after = pathlib.Path(before), pathlib.Path(after)
    planned = objects.emitted(secrets)
    manifests = sorted(path.relative_to(before) for path in before.rglob("*.json"))
    olds = {path: objects.read(before / path) for path in manifests}
    news = {path: objects.read(after / path) if (after / path).exists() else [] for path in manifests}
    everything = [[thing for things in side.values() for thing in things] for side in (olds, news)]
    for path in manifests:
        # an object of the same file goes before one of the same name elsewhere
        old_cluster = objects.Cluster(olds[path] + everything[0], {})
        new_cluster = objects.Cluster(news[path] + everything[1], planned)
        name = f"{path.as_posix().removesuffix('.json')}: the objects differ in the intended fields alone"
        wrong = []
        if [objects.identity(thing) for thing in olds[path]] != [objects.identity(thing) for thing in news[path]]:
            wrong = ["they are not the same objects"]
        else:
            for pair in zip(olds[path], news[path]):
                wrong += compare(*pair, old_cluster, new_cluster, planned)
            if all(objects.as_written(old) == objects.as_written(new) for old, new in zip(olds[path], news[path])):
                wrong = ["nothing differs"]
        print(f"FAIL {name}: {'; '.join(wrong)}" if wrong else f"ok   {name}")


main(*sys.argv[1:])
