"""What the API server made of manifests, before and after a fix.

Two objects are held against each other not as texts but as what a kubelet and a Dapr
sidecar would make of them: environment, arguments and volumes with every reference to
a Secret or ConfigMap resolved, `$(NAME)` expanded and `$$` read as `$`; component
metadata with the secret in the place of its reference. A fix is right when nothing of
that changed, and when nothing else in the objects changed either.
"""

import base64
import copy
import json
import pathlib
import re

import yaml

SERVER_FIELDS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")
# What admission invents for a pod and for a Job, another one each time.
RANDOM_NAME = re.compile(r"(kube-api-access)-[a-z0-9]{5}\b")
RANDOM_LABEL = re.compile(r'(controller-uid": ")[-0-9a-f]{36}')
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
EXPANSION = re.compile(r"\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)")


def read(path):
    """The objects of what kubectl printed: one object, or a List of them."""
    text = pathlib.Path(path).read_text()
    if not text.strip():
        return []
    text = RANDOM_NAME.sub(r"\1", RANDOM_LABEL.sub(r"\1-", text))
    document = json.loads(text)
    return document["items"] if document["kind"] == "List" else [document]


def identity(thing):
    metadata = thing["metadata"]
    return thing["apiVersion"], thing["kind"], metadata.get("namespace", "default"), metadata["name"]


def secret_data(secret):
    """Key to text of a Secret's manifest; bytes that are no text stay in base64."""
    data = dict(secret.get("stringData") or {})
    for key, value in (secret.get("data") or {}).items():
        raw = base64.b64decode(value)
        try:
            data.setdefault(key, raw.decode())
        except UnicodeDecodeError:
            data.setdefault(key, value)
    return data


def emitted(directory):
    """What `fix --emit` wrote, as `secret` or as `dapr-local-file`: (namespace, name) to keys and their texts."""
    secrets = {}
    for path in sorted(path for path in pathlib.Path(directory).rglob("*") if path.is_file()):
        for document in filter(None, yaml.safe_load_all(path.read_text())):
            if document.get("kind") == "Secret":
                metadata = document["metadata"]
                place = metadata.get("namespace", "default"), metadata["name"]
                secrets.setdefault(place, {}).update(secret_data(document))
            elif "kind" not in document:
                secrets.update((("default", name), keys) for name, keys in document.items())
    return secrets


class Cluster:
    """What can be referred to: the Secrets and ConfigMaps of a set of objects, and planned Secrets."""

    def __init__(self, objects, planned):
        self.secrets = {place: dict(keys) for place, keys in planned.items()}
        self.maps = {}
        for thing in objects:
            _, kind, namespace, name = identity(thing)
            if kind == "Secret":
                known = self.secrets.setdefault((namespace, name), {})
                for key, value in secret_data(thing).items():
                    known.setdefault(key, value)
            elif kind == "ConfigMap":
                self.maps.setdefault((namespace, name), thing.get("data") or {})

    def one(self, kind, namespace, reference):
        """The text behind a reference; what is not known stands for itself, the same before and after."""
        source = self.secrets if kind == "secret" else self.maps
        name, key = reference.get("name"), reference.get("key") or reference.get("name")
        known = source.get((namespace, name), {})
        return known[key] if key in known else f"<{kind} {namespace}/{name}: {key}>"

    def all(self, kind, namespace, reference):
        source = self.secrets if kind == "secret" else self.maps
        name = reference.get("name")
        known = source.get((namespace, name))
        return known if known is not None else {f"<{kind} {namespace}/{name}>": ""}


def expand(text, variables):
    """What the kubelet makes of `$(NAME)` and `$$`."""

    def one(match):
        if match.group(0) == "$$":
            return "$"
        return variables.get(match.group(1), match.group(0))

    return EXPANSION.sub(one, text)


def container(spec, namespace, cluster):
    """A container as it would be started: variables, arguments, and which variables come from Secrets."""
    variables, from_secrets = {}, set()
    for source in spec.pop("envFrom", None) or []:
        prefix = source.get("prefix", "")
        for field, kind in (("configMapRef", "map"), ("secretRef", "secret")):
            if field in source:
                for key, value in cluster.all(kind, namespace, source[field]).items():
                    variables[prefix + key] = value
                    (from_secrets.add if kind == "secret" else from_secrets.discard)(prefix + key)
    for entry in spec.pop("env", None) or []:
        source = entry.get("valueFrom") or {}
        from_secrets.discard(entry["name"])
        if "secretKeyRef" in source:
            variables[entry["name"]] = cluster.one("secret", namespace, source["secretKeyRef"])
            from_secrets.add(entry["name"])
        elif "configMapKeyRef" in source:
            variables[entry["name"]] = cluster.one("map", namespace, source["configMapKeyRef"])
        elif source:
            variables[entry["name"]] = f"<{json.dumps(source, sort_keys=True)}>"
        else:
            variables[entry["name"]] = expand(entry.get("value", ""), variables)
    for field in ("command", "args"):
        if field in spec:
            spec[field] = [expand(text, variables) for text in spec[field]]
    spec["started with"] = variables
    spec["from secrets"] = sorted(from_secrets)


def volume(spec, namespace, cluster):
    """A volume of a Secret or ConfigMap as the files that it brings."""
    for field, kind, name in (("configMap", "map", "name"), ("secret", "secret", "secretName")):
        if field not in spec:
            continue
        source = spec.pop(field)
        files = cluster.all(kind, namespace, {"name": source.get(name)})
        if "items" in source:
            files = {item["path"]: files.get(item["key"], f"<{item['key']}>") for item in source["items"]}
        spec["files"], spec["mode"] = files, source.get("defaultMode")


def pods(node):
    """Every pod specification below."""
    if isinstance(node, dict):
        if isinstance(node.get("containers"), list):
            yield node
        for child in node.values():
            yield from pods(child)
    elif isinstance(node, list):
        for child in node:
            yield from pods(child)


def dapr_entries(entries, namespace, cluster):
    """Metadata or headers of a Dapr resource, each with its text in the place of the reference."""
    for entry in entries:
        if "secretKeyRef" in entry:
            entry["value"] = cluster.one("secret", namespace, entry.pop("secretKeyRef"))


def dapr_variables(annotations, namespace, cluster):
    """`dapr.io/env` and `dapr.io/env-from-secret` as the variables that the sidecar gets."""
    variables = {}
    for pair in filter(None, (annotations.pop("dapr.io/env", None) or "").split(",")):
        name, _, value = pair.partition("=")
        variables[name.strip()] = value
    for pair in filter(None, (annotations.pop("dapr.io/env-from-secret", None) or "").split(",")):
        name, _, reference = pair.partition("=")
        secret, _, key = reference.partition(":")
        variables[name.strip()] = cluster.one("secret", namespace, {"name": secret, "key": key or secret})
    if variables:
        annotations["variables of the sidecar"] = variables


def annotated(node):
    """Every metadata with annotations below."""
    if isinstance(node, dict):
        if isinstance(node.get("annotations"), dict):
            yield node["annotations"]
        for child in node.values():
            yield from annotated(child)
    elif isinstance(node, list):
        for child in node:
            yield from annotated(child)


def as_written(thing):
    """The object without what the server and kubectl add to it."""
    thing = copy.deepcopy(thing)
    thing.pop("status", None)
    for field in SERVER_FIELDS:
        thing["metadata"].pop(field, None)
    for annotations in annotated(thing):
        annotations.pop(LAST_APPLIED, None)
    return thing


def resolved(thing, cluster):
    """The object with all that a fix may write differently resolved."""
    thing = as_written(thing)
    namespace = identity(thing)[2]
    for annotations in annotated(thing):
        dapr_variables(annotations, namespace, cluster)
    for pod in pods(thing):
        for kind in ("containers", "initContainers", "ephemeralContainers"):
            for spec in pod.get(kind) or []:
                container(spec, namespace, cluster)
        for spec in pod.get("volumes") or []:
            volume(spec, namespace, cluster)
    if thing["apiVersion"].startswith("dapr.io/"):
        spec = thing["spec"]
        for entries in (spec.get("metadata"), spec.get("headers"), headers_of_tracing(spec)):
            dapr_entries(entries or [], namespace, cluster)
    return thing


def headers_of_tracing(spec):
    return ((spec.get("tracing") or {}).get("otel") or {}).get("headers")
