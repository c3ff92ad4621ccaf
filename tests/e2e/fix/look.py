#!/usr/bin/env python3
"""Looks something up in manifests.

look.py secret DIR NAMESPACE NAME     what this Secret that `fix --emit secret` wrote below DIR holds, as JSON
look.py reference FILE COMPONENT FIELD  the secretKeyRef of a Dapr component's field: NAME KEY
look.py roles FILE                    its Roles and RoleBindings, as YAML
"""

import json
import sys

import yaml

import objects


def secret(directory, namespace, name):
    print(json.dumps(objects.emitted(directory)[namespace, name]))


def documents(path):
    with open(path) as file:
        return [document for document in yaml.safe_load_all(file) if document]


def reference(path, component, field):
    for document in documents(path):
        if document["metadata"]["name"] == component:
            for item in document["spec"]["metadata"]:
                if item["name"] == field:
                    print(item["secretKeyRef"]["name"], item["secretKeyRef"]["key"])
                    return
    sys.exit(f"{component} has no {field} in {path}")


def roles(path):
    yaml.safe_dump_all([d for d in documents(path) if d["kind"] in ("Role", "RoleBinding")], sys.stdout)


{"secret": secret, "reference": reference, "roles": roles}[sys.argv[1]](*sys.argv[2:])
