#!/usr/bin/env python3
"""Writes the small app with its 20 planted credentials into a build context, and the truth about them.

usage: plant.py CONTEXT TRUTH

CONTEXT already holds the base system (rootfs/) and the package folders (pip/, web/).
TRUTH is a TSV of places: id, kind, need, path, line, layer, state, match.
  need   must: a place that unbake has to report; may: another value that counts for the same credential
  line   of the place in the (decoded) file, `-` where lines have no meaning
  layer  counted from the base, `-` for the image's configuration and history
  match  the characters that a report of this credential must hold
verify.py checks each line of it against the finished image.
"""

import base64
import gzip
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tarfile
import zipfile

import credentials

NPM, APP, SYSTEM = 2, 4, 5
EPOCH = 1_750_000_000
FIXED_GIT = {f"GIT_{who}_{what}": value
             for who in ("AUTHOR", "COMMITTER")
             for what, value in (("NAME", "Build"), ("EMAIL", "build@acme.example"), ("DATE", f"{EPOCH} +0000"))}


class Planter:
    """Writes files below the context and takes down where each credential went."""

    def __init__(self, context):
        self.context = context
        self.values = credentials.all_values()
        self.rows = []

    def write(self, path, content):
        """Writes one file of the context, text or bytes."""
        target = self.context / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def note(self, kind, path, layer, *, text=None, match=None, state="live", need="must", line="-"):
        """One line of truth; the line number is found in `text` when there is one."""
        match = match or self.values[kind]
        if text is not None:
            line = text[: text.index(match)].count("\n") + 1
        self.rows.append((kind, need, path, line, layer, state, match))

    def plain(self, kind, source, path, layer, text, **more):
        """A text file whose credential stands in it as it is."""
        self.write(source, text)
        self.note(kind, path, layer, text=text, **more)


def plant_text_files(p):
    v = p.values
    p.plain("sendgrid", "app/.env", "app/.env", APP,
            "# local defaults, see docs/deploy.md\nNODE_ENV=production\nLOG_LEVEL=info\n"
            f"SENDGRID_API_KEY={v['sendgrid']}\nPORT=8080\n")
    p.plain("postgres", "app/settings.py", "app/settings.py", APP,
            '"""Settings of the orders service."""\n\nimport os\n\nDEBUG = os.environ.get("DEBUG") == "1"\n'
            'ALLOWED_HOSTS = ["orders.acme.example"]\n\n'
            f'DATABASE_URL = os.environ.get("DATABASE_URL", "postgres://svc:{v["postgres"]}@db.internal:5432/app")\n'
            "CONN_MAX_AGE = 60\n")
    text = json.dumps({"service": "orders", "region": "eu-central-1",
                       "s3": {"bucket": "acme-orders-invoices", "accessKeyId": v["aws-id"],
                              "secretAccessKey": v["aws-secret"]},
                       "retries": 3}, indent=2) + "\n"
    p.plain("aws-secret", "app/config.json", "app/config.json", APP, text, state="overwritten")
    p.note("aws-id", "app/config.json", APP, text=text, state="overwritten", need="may")
    p.write("fix/config.json", json.dumps({"service": "orders", "region": "eu-central-1", "retries": 3}, indent=2) + "\n")
    p.plain("openai", "app/src/client.ts", "app/src/client.ts", APP,
            'import OpenAI from "openai";\n\nconst TIMEOUT_MS = 20_000;\n\nexport function client(): OpenAI {\n'
            "  return new OpenAI({\n"
            f'    apiKey: process.env.OPENAI_API_KEY ?? "{v["openai"]}",\n'
            "    timeout: TIMEOUT_MS,\n  });\n}\n")
    p.plain("google", "app/deploy/values.yaml", "app/deploy/values.yaml", APP,
            "replicaCount: 2\nimage:\n  repository: registry.acme.example/orders\n  tag: 1.4.2\n"
            f"maps:\n  # browser key\n  apiKey: {v['google']}\n  region: DE\n")
    p.plain("digitalocean", "web/node_modules/@acme/deploy-helper/lib/config.js",
            "app/web/node_modules/@acme/deploy-helper/lib/config.js", NPM,
            "'use strict';\n\nmodule.exports = {\n  endpoint: 'https://api.digitalocean.com/v2',\n"
            f"  token: process.env.DO_TOKEN || '{v['digitalocean']}',\n}};\n")
    p.write("web/node_modules/@acme/deploy-helper/package.json",
            json.dumps({"name": "@acme/deploy-helper", "version": "0.3.1", "main": "lib/config.js", "private": True}) + "\n")
    p.plain("databricks", "system/usr/lib/python3/dist-packages/acme_reports/client.py",
            "usr/lib/python3/dist-packages/acme_reports/client.py", SYSTEM,
            '"""Reads the nightly reports."""\n\nHOST = "https://adb-4213.7.azuredatabricks.net"\n'
            f'TOKEN = "{v["databricks"]}"\n\n\ndef headers():\n    return {{"Authorization": f"Bearer {{TOKEN}}"}}\n')
    p.plain("huggingface", "app/tests/test_model.py", "app/tests/test_model.py", APP,
            "import unittest\n\n\nclass ModelTest(unittest.TestCase):\n    def setUp(self):\n"
            f'        self.hub_token = "{v["huggingface"]}"\n\n    def test_labels(self):\n'
            "        self.assertTrue(self.hub_token)\n")
    p.plain("npm", "system/root/.npmrc", "root/.npmrc", SYSTEM,
            "registry=https://registry.npmjs.org/\nfund=false\n"
            f"//registry.npmjs.org/:_authToken={v['npm']}\n", state="deleted")


def plant_keys(p):
    """Private keys are made by the real tools, so these two differ from build to build."""
    rsa = p.context / "system/etc/ssl/private/orders.key"
    rsa.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", rsa, "2048"], check=True, capture_output=True)
    ssh = p.context / "system/root/.ssh/id_ed25519"
    ssh.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "deploy@acme.example", "-f", ssh], check=True)
    for kind, path in (("rsa-key", rsa), ("ssh-key", ssh)):
        body = path.read_text().splitlines()
        p.note(kind, str(path.relative_to(p.context / "system")), SYSTEM, match=body[2], line=1)


def plant_encoded(p):
    """Credentials that do not stand in a text file as they are."""
    v = p.values
    script = ("param([string]$Project)\r\n\r\n$ErrorActionPreference = 'Stop'\r\n"
              f"$env:GITLAB_TOKEN = '{v['gitlab']}'\r\nglab auth status\r\n")
    p.write("app/deploy/install.ps1", b"\xff\xfe" + script.encode("utf-16-le"))
    p.note("gitlab", "app/deploy/install.ps1", APP, text=script)

    inner = f"TWILIO_REGION=ie1\nTWILIO_API_KEY={v['twilio']}\n"
    encoded = base64.b64encode(inner.encode()).decode()
    text = json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "orders-sms"},
                       "type": "Opaque", "data": {"twilio.env": encoded}}, indent=2) + "\n"
    p.write("app/deploy/sms-secret.json", text)
    p.note("twilio", "app/deploy/sms-secret.json", APP, line=text[: text.index(encoded)].count("\n") + 1)

    database = p.write("app/data/app.db", b"")
    with sqlite3.connect(database) as db:
        db.execute("CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        db.executemany("INSERT INTO setting VALUES (?, ?)",
                       [("locale", "de_DE"), ("slack.bot_token", v["slack-bot"]), ("theme", "dark")])
    db.close()
    p.note("slack-bot", "app/data/app.db", APP)


def plant_nested(p):
    """Credentials inside archives, compiled code and a git object."""
    v = p.values
    text = ("server.port=8080\nspring.application.name=orders\n"
            "azure.storage.connection-string=DefaultEndpointsProtocol=https;AccountName=acmeorders;"
            f"AccountKey={v['azure']};EndpointSuffix=core.windows.net\n")
    jar = io.BytesIO()
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: example.acme.Orders\n")
        archive.writestr("application.properties", text)
    p.write("app/lib/app.jar", jar.getvalue())
    p.note("azure", "app/lib/app.jar!application.properties", APP, text=text, match=v["azure"].rstrip("="))

    text = f"[alerts]\nchannel = telegram\nbot_token = {v['telegram']}\nchat_id = -1001\n"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        info = tarfile.TarInfo("etc/acme/alerts.conf")
        info.size, info.mtime = len(text), EPOCH
        archive.addfile(info, io.BytesIO(text.encode()))
    p.write("system/var/backups/config.tar.gz", gzip.compress(plain.getvalue(), mtime=EPOCH))
    p.note("telegram", "var/backups/config.tar.gz!etc/acme/alerts.conf", SYSTEM, text=text)

    p.write("rootfs/tmp/notify.py",
            f'"""Tells the channel."""\n\nHOOK = "{v["slack-hook"]}"\n\n\ndef notify(text):\n    return HOOK, {{"text": text}}\n')
    compile_it = ("import py_compile; py_compile.compile('/tmp/notify.py', cfile='/tmp/notify.pyc', "
                  "dfile='/app/notify.py', invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)")
    subprocess.run(["chroot", p.context / "rootfs", "python3", "-c", compile_it], check=True)
    compiled = p.context / "rootfs/tmp/notify.pyc"
    p.write("app/__pycache__/notify.cpython-311.pyc", compiled.read_bytes())
    compiled.unlink()
    (p.context / "rootfs/tmp/notify.py").unlink()
    p.note("slack-hook", "app/__pycache__/notify.cpython-311.pyc", APP, match=v["slack-hook"].split("/services/")[1])

    text = f"[distutils]\nindex-servers = pypi\n\n[pypi]\nusername = __token__\npassword = {v['pypi']}\n"
    repo = p.context / "app"
    environment = {**os.environ, **FIXED_GIT, "GIT_CONFIG_GLOBAL": "/dev/null"}

    def git(*arguments):
        done = subprocess.run(["git", "-C", repo, *arguments], check=True, env=environment, capture_output=True, text=True)
        return done.stdout.strip()

    p.write("app/.pypirc", text)
    p.write("app/setup.cfg", "[metadata]\nname = acme-orders\nversion = 1.4.2\n")
    git("init", "-q", "-b", "main")
    git("add", ".pypirc", "setup.cfg")
    git("commit", "-q", "-m", "Release set-up")
    blob = git("rev-parse", "HEAD:.pypirc")
    git("rm", "-q", ".pypirc")
    git("commit", "-q", "-m", "Take the release set-up out again")
    p.note("pypi", f"app/.git/objects/{blob[:2]}/{blob[2:]}", APP, text=text)


def plant_configuration(p, here):
    """The two credentials of the Dockerfile itself."""
    text = (here / "Dockerfile.in").read_text().replace("@PAYMENT_API_KEY@", p.values["stripe"])
    (p.context / "Dockerfile").write_text(text)
    p.note("stripe", "config:Env[PAYMENT_API_KEY]", "-")
    p.note("stripe", "history[ENV PAYMENT_API_KEY]", "-")
    # The old builder writes a build argument before every RUN that follows, whether it is used there or not.
    p.note("github", "history[/app/.built-with]", "-")
    p.note("github", "history[rm /root/.npmrc]", "-")


def main():
    context, truth = map(pathlib.Path, sys.argv[1:3])
    planter = Planter(context)
    plant_text_files(planter)
    plant_keys(planter)
    plant_encoded(planter)
    plant_nested(planter)
    plant_configuration(planter, pathlib.Path(__file__).resolve().parent)

    groups = {"aws-id": "aws-secret"}
    ids = {}
    for kind, *_ in planter.rows:
        ids.setdefault(groups.get(kind, kind), len(ids) + 1)
    assert len(ids) == 20, f"{len(ids)} credentials planted, not 20"
    with truth.open("w") as out:
        print("id", "kind", "need", "path", "line", "layer", "state", "match", sep="\t", file=out)
        for kind, *rest in planter.rows:
            print(ids[groups.get(kind, kind)], kind, *rest, sep="\t", file=out)


if __name__ == "__main__":
    main()
