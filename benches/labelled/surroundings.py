"""Twelve kinds of text in which credentials stand. Each takes a name and a value and gives a file's name and text."""

import json


def python(name, value):
    return "settings.py", f'"""Settings."""\n\nimport os\n\nTIMEOUT = 30\n{name} = "{value}"\n\n\ndef load():\n    return os.environ\n'


def javascript(name, value):
    return "client.js", f"'use strict';\n\nconst retries = 3;\nconst options = {{\n  {name}: '{value}',\n  retries,\n}};\nmodule.exports = options;\n"


def go(name, value):
    return "main.go", f'package main\n\nimport "fmt"\n\nconst {name} = "{value}"\n\nfunc main() {{\n\tfmt.Println("ready")\n}}\n'


def java(name, value):
    return "Client.java", f'package acme.orders;\n\npublic final class Client {{\n    private static final String {name} = "{value}";\n    private int retries = 3;\n}}\n'


def csharp(name, value):
    return "Client.cs", f'namespace Acme.Orders;\n\npublic class Client\n{{\n    private const string {name} = "{value}";\n}}\n'


def ruby(name, value):
    return "client.rb", f"require 'net/http'\n\nmodule Acme\n  {name.upper()} = '{value}'.freeze\nend\n"


def yaml(name, value):
    return "values.yaml", f"replicas: 2\nsettings:\n  {name}: {json.dumps(value)}\n  region: eu\n"


def as_json(name, value):
    return "config.json", json.dumps({"service": "orders", "settings": {name: value, "retries": 3}}, indent=2) + "\n"


def properties(name, value):
    return "app.properties", f"server.port=8080\norders.{name}={value}\norders.region=eu\n"


def shell(name, value):
    return "deploy.sh", f"#!/bin/sh\nset -eu\nexport {name.upper()}='{value}'\nexec ./orders --port 8080\n"


def log(name, value):
    return "orders.log", f"2026-03-01T10:02:11Z INFO  started on 8080\n2026-03-01T10:02:14Z DEBUG request {name}={value} status=200\n2026-03-01T10:02:15Z INFO  done\n"


def prose(name, value):
    return "NOTES.md", f"# Hand-over\n\nThe orders service runs on two machines. To get in, take {value} as the {name}\nuntil the new one is there.\n"


ALL = [python, javascript, go, java, csharp, ruby, yaml, as_json, properties, shell, log, prose]
