"""Compares what a scanner reported with the truth about the planted credentials."""

import dataclasses
import re


# The path of a place of which a report says no more than that it is in the image's configuration or history.
CONFIGURATION = "(configuration)"


@dataclasses.dataclass
class Place:
    """Where a report says that a value stands; what a tool does not tell is None."""

    path: str
    line: int | None = None
    layer: int | None = None
    state: str | None = None


@dataclasses.dataclass
class Finding:
    """One credential of a report. `value` is None where the tool masks it."""

    rule: str
    value: str | None
    places: list[Place]


@dataclasses.dataclass
class Score:
    """`found` and `missed` are kinds of planted credentials, `off` says which places are wrong."""

    found: list[str]
    missed: list[str]
    other: int
    off: list[str]


def read_truth(path):
    """The places of the truth file as dictionaries."""
    header, *lines = path.read_text().splitlines()
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines]


def same_path(truth, path):
    """Nested files may be named with or without the steps between the outermost and the innermost."""
    if truth.startswith("history["):
        return path.startswith(truth)
    first, *inner = truth.split("!")
    found, *found_inner = re.split("!", path)
    return first == found and (not inner or found_inner[-1:] == inner[-1:])


def same_place(row, place):
    """Whether the report's place is the one of the truth, in all that both of them tell."""
    return (
        same_path(row["path"], place.path)
        and (row["line"] == "-" or place.line is None or int(row["line"]) == place.line)
        and (row["layer"] == "-" or place.layer is None or int(row["layer"]) == place.layer)
        and (row["layer"] == "-" or place.state is None or row["state"] == place.state)
    )


def is_planted(row, finding):
    """By the value where the report shows it, by the place where it is masked."""
    if finding.value is not None:
        return row["match"] in finding.value
    return any(same_place(row, place) or is_near(row, place, finding.rule) for place in finding.places)


def is_near(row, place, rule):
    """The same credential told in another way: its kind, in the configuration; the line after a key's header."""
    if place.path == CONFIGURATION:
        return row["path"].startswith(("config:", "history[")) and rule.startswith(row["kind"])
    return row["kind"].endswith("-key") and same_path(row["path"], place.path) and place.line == int(row["line"]) + 1


def score(truth, findings, check_places):
    """Found, missed and other findings; with `check_places`, every place of the truth that the report has not got."""
    found, off, planted = set(), [], set()
    for row in truth:
        hits = [number for number, finding in enumerate(findings) if is_planted(row, finding)]
        planted.update(hits)
        if hits:
            found.add(row["id"])
        places = [place for number in hits for place in findings[number].places]
        if check_places and row["need"] == "must" and hits and not any(same_place(row, place) for place in places):
            wanted = f"{row['path']}:{row['line']} layer {row['layer']} {row['state']}"
            off.append(f"{row['kind']}: wanted {wanted}, reported {places}")
    kinds = {row["id"]: row["kind"] for row in reversed(truth)}
    return Score(
        found=[kind for number, kind in kinds.items() if number in found],
        missed=[kind for number, kind in sorted(kinds.items(), key=lambda item: int(item[0])) if number not in found],
        other=len(findings) - len(planted),
        off=off,
    )
