#!/usr/bin/env python3
"""Writes the build context with invented credentials in it, and the truth about them.

    plant.py TEMPLATES CONTEXT TRUTH.json

TEMPLATES is copied to CONTEXT with every @NAME@ replaced by a credential that is
made up here from a fixed seed: the same ones in every run, and none of them in
the repository. TRUTH.json says what was planted, where, and by which instruction.
"""

import gzip
import json
import random
import re
import shutil
import string
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

# in the order in which GitHub counts in base 62
ALNUM = string.digits + string.ascii_uppercase + string.ascii_lowercase


class Inventor:
    """Credentials with the form (and the checksum) of real ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, count, alphabet=ALNUM):
        return "".join(self.random.choice(alphabet) for _ in range(count))

    def with_crc(self, prefix):
        """GitHub's and npm's form: 30 characters and the CRC-32 of them in base 62."""
        body = self.some(30)
        rest, digits = zlib.crc32(body.encode()), ""
        while rest:
            rest, digit = divmod(rest, 62)
            digits = ALNUM[digit] + digits
        return prefix + body + digits.rjust(6, "0")

    def github(self):
        return self.with_crc("ghp_")

    def npm(self):
        return self.with_crc("npm_")

    def stripe(self):
        return "sk_live_" + self.some(24)

    def slack(self):
        digits = string.digits
        return f"xoxb-{self.some(12, digits)}-{self.some(12, digits)}-{self.some(24)}"

    def aws(self):
        return "AKIA" + self.some(16, string.ascii_uppercase + "234567")

    def sendgrid(self):
        return f"SG.{self.some(22)}.{self.some(43)}"

    def openai(self):
        return f"sk-{self.some(20)}T3BlbkFJ{self.some(20)}"

    def gitlab(self):
        return "glpat-" + self.some(20)

    def password(self):
        return self.some(22)



CREDENTIALS = {
    "STRIPE_ENV": "stripe",
    "STRIPE_FILE": "stripe",
    "DB_PASSWORD": "password",
    "GITHUB_CONFIG": "github",
    "GITHUB_SETTINGS": "github",
    "OPENAI_DEPLOY": "openai",
    "SLACK_CACHE": "slack",
    "SLACK_HEALTH": "slack",
    "SENDGRID_OLD": "sendgrid",
    "SENDGRID_ONBUILD": "sendgrid",
    "AWS_JAR": "aws",
    "GITLAB_LABEL": "gitlab",
    "GITLAB_DUMP": "gitlab",
    "NPM_TOKEN": "npm",
}

# Each planted file: the credential in it, its path in the image, the rendered file
# that its line is counted in, its state, and the instruction that made its layer:
# how it begins in the Dockerfile, and the words of it that every builder writes down.
FILES = [
    ("STRIPE_FILE", "app/.env", "app/env", "live", "COPY app/env ", ["COPY", "/app/.env"]),
    ("DB_PASSWORD", "app/.env", "app/env", "live", "COPY app/env ", ["COPY", "/app/.env"]),
    ("GITHUB_CONFIG", "app/config.yml", "app/config.v1.yml", "overwritten",
     "COPY app/config.v1.yml ", ["COPY", "/app/config.yml"]),
    ("OPENAI_DEPLOY", "app/deploy.token", "deploy/token", "deleted",
     "COPY deploy/token ", ["COPY", "/app/deploy.token"]),
    ("SLACK_CACHE", "srv/cache/session.json", "cache/session.json", "deleted",
     "COPY cache/ ", ["COPY", "/srv/cache/"]),
    ("SENDGRID_OLD", "srv/old/mailer/smtp.conf", "old/mailer/smtp.conf", "deleted",
     "COPY old/ ", ["COPY", "/srv/old/"]),
    ("GITHUB_SETTINGS", "app/settings.json", "app/settings.json", "overwritten",
     "COPY app/settings.json ", ["COPY", "/app/settings.json"]),
    ("GITHUB_SETTINGS", "app/settings.json", "app/settings.json", "overwritten",
     'RUN touch -d "2020-01-01 00:00:00" ', ["touch", "2020-01-01", "/app/settings.json"]),
    ("GITHUB_SETTINGS", "app/settings.json", "app/settings.json", "overwritten",
     'RUN touch -d "2021-01-01 00:00:00" ', ["touch", "2021-01-01", "/app/settings.json"]),
    ("GITHUB_SETTINGS", "app/settings.json", "app/settings.json", "live",
     'RUN touch -d "2020-01-01 00:00:00" /app/settings.json && true',
     ["touch", "2020-01-01", "/app/settings.json && true"]),
    ("PRIVATE_KEY", "etc/ssl/private/server.key", "server.key", "live",
     "COPY server.key ", ["COPY", "/etc/ssl/private/server.key"]),
    ("AWS_JAR", "app/app.jar!application.properties", "jar/application.properties", "live",
     "COPY app.jar ", ["COPY", "/app/app.jar"]),
    # a gzip file of one member has no name inside that is worth saying
    ("GITLAB_DUMP", "var/backup/dump.sql.gz", "backup/dump.sql", "live",
     "COPY dump.sql.gz ", ["COPY", "/var/backup/dump.sql.gz"]),
    ("NPM_TOKEN", "root/.npmrc", None, "deleted", "RUN echo ", ["registry.npmjs.org", "/root/.npmrc"]),
]

# What stands in the image's configuration or history, by instructions that make no layer.
IN_CONFIGURATION = ["STRIPE_ENV", "GITLAB_LABEL", "SLACK_HEALTH", "SENDGRID_ONBUILD", "NPM_TOKEN"]


def private_key():
    """A real key, so that its structure is one; and so it differs from run to run."""
    made = subprocess.run(["openssl", "genrsa", "-traditional", "2048"],
                          check=True, capture_output=True, text=True)
    return made.stdout


def render(templates, context, values):
    shutil.rmtree(context, ignore_errors=True)
    for template in sorted(templates.rglob("*")):
        if template.is_file():
            text = re.sub(r"@([A-Z_]+)@", lambda name: values[name[1]], template.read_text())
            target = context / template.relative_to(templates)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    (context / "server.key").write_text(values["PRIVATE_KEY"])
    jar = context / "jar"
    with zipfile.ZipFile(context / "app.jar", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("META-INF/MANIFEST.MF", "application.properties"):
            archive.write(jar / name, name)
    with gzip.open(context / "dump.sql.gz", "wb") as packed:
        packed.write((context / "backup/dump.sql").read_bytes())


def line_of(needle, path):
    lines = path.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if needle in line)


def truth(context, values):
    # A private key is found by its first line of base64, and reported from its BEGIN line on.
    needles = dict(values, PRIVATE_KEY=values["PRIVATE_KEY"].splitlines()[1])
    dockerfile = (context / "Dockerfile").read_text().splitlines()
    layers = [line for line in dockerfile if line.startswith(("ADD ", "COPY ", "RUN "))]
    files = []
    for name, path, source, state, instruction, words in FILES:
        line = line_of(needles[name], context / source) if source else 1
        files.append({
            "credential": name,
            "path": path,
            "line": 1 if name == "PRIVATE_KEY" else line,
            "state": state,
            "layer": next(i for i, text in enumerate(layers) if text.startswith(instruction)),
            "made_by": words,
        })
    return {
        "credentials": needles,
        "build_arguments": {"NPM_TOKEN": values["NPM_TOKEN"]},
        "in_configuration": IN_CONFIGURATION,
        "files": files,
    }


def main(templates, context, truth_file):
    inventor = Inventor("unbake e2e")
    values = {name: getattr(inventor, kind)() for name, kind in CREDENTIALS.items()}
    values["PRIVATE_KEY"] = private_key()
    render(Path(templates), Path(context), values)
    Path(truth_file).write_text(json.dumps(truth(Path(context), values), indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
