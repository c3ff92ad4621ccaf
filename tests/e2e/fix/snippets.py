#!/usr/bin/env python3
"""snippets.py PLAN SECRETS OUT MUST...: runs the Python that a plan prints, as it is printed,
against the sidecar of DAPR_HTTP_PORT and DAPR_GRPC_PORT.

What a snippet loads is held against what `fix --emit secret` wrote to the directory
SECRETS: nothing but planned values, and among them that of each variable MUST. The one
of FastAPI is started by uvicorn, and asked over HTTP. Prints 'ok' and 'FAIL' lines.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import objects

SECONDS = 30
# The calls that the SDK has, each with what tells it in a text.
FORMS = {
    "get_secret, with FastAPI": ("FastAPI(", "get_secret("),
    "get_secret": ("dapr.clients import", "get_secret("),
    "get_bulk_secret": ("dapr.clients import", "get_bulk_secret("),
    "get_bulk_secret, with asyncio": ("dapr.aio.clients import", "get_bulk_secret("),
}
LOADED = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1], run_name='__main__')['config']))"
ASKED = '''"""The snippet's application, with a way to ask what it holds."""
from snippet import app, config


@app.get("/held")
async def held():
    return vars(config)
'''


def loaded(path):
    """What a program's `config` is when it has run."""
    ran = subprocess.run([sys.executable, "-c", LOADED, path], capture_output=True, text=True, timeout=SECONDS)
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr.strip().splitlines()[-1])
    return json.loads(ran.stdout)


def served(directory):
    """What uvicorn's application answers, to its own question and to ours."""
    (directory / "asked.py").write_text(ASKED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = directory / "uvicorn.log"
    with open(log, "w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "asked:app", "--host", "127.0.0.1", "--port", str(port)],
            cwd=directory, stdout=file, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + SECONDS
        while True:
            try:
                configured = get(port, "configured")
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(log.read_text()[-500:])
                time.sleep(0.1)
        if configured != {"configured": True}:
            raise RuntimeError(f"GET /configured: {configured}")
        return get(port, "held")
    finally:
        server.terminate()
        server.wait()


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=SECONDS) as answer:
        return json.load(answer)


def wrong(config, planned, must):
    """What is not right with what was loaded; never a value."""
    strange = [name for name, value in config.items() if value not in planned]
    held = set(config.values())
    missing = [name for name, value in must.items() if value not in held]
    return [*(f"{name} is no planned value" for name in strange), *(f"the value of {name} is missing" for name in missing)]


def main(plan, secrets, out, *names):
    plan, out = json.loads(pathlib.Path(plan).read_text()), pathlib.Path(out).resolve()
    values = {(name, key): value for (_, name), keys in objects.emitted(secrets).items() for key, value in keys.items()}
    must = {
        use["name"]: values[secret["name"], key["key"]]
        for secret in plan["secrets"] for key in secret["keys"] for use in key["uses"] if use.get("name") in names
    }
    texts = [snippet["text"] for snippet in plan["snippets"] if snippet["language"] == "python"]
    for number, (form, marks) in enumerate(FORMS.items()):
        check, directory = f"snippets: Python, {form}", out / str(number)
        text = next((text for text in texts if all(mark in text for mark in marks)), None)
        if text is None or set(must) != set(names):
            print(f"FAIL {check}: {'it is not printed' if text is None else f'the plan has no {set(names) - set(must)}'}")
            continue
        directory.mkdir(parents=True)
        (directory / "snippet.py").write_text(text)
        try:
            config = served(directory) if "FastAPI(" in text else loaded(directory / "snippet.py")
            problems = wrong(config, set(values.values()), must)
        except (RuntimeError, OSError, subprocess.TimeoutExpired, KeyError) as error:
            problems = [str(error).replace("\n", " ")]
        print(f"FAIL {check}: {'; '.join(problems)}" if problems else f"ok   {check}: {len(config)} values", flush=True)


if "DAPR_GRPC_PORT" not in os.environ or "DAPR_HTTP_PORT" not in os.environ:
    sys.exit("DAPR_GRPC_PORT and DAPR_HTTP_PORT say where the sidecar is")
main(*sys.argv[1:])
