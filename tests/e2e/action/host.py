#!/usr/bin/env python3
"""A host on the loopback interface that stands where GitHub is: gives out the files of a
directory, and takes SARIF as "Upload an analysis as SARIF data" of its REST API does.

    host.py DIRECTORY PORT_FILE TOKEN

What is taken is written to DIRECTORY/taken.json and DIRECTORY/taken.sarif.
"""

import base64
import functools
import gzip
import http.server
import json
import pathlib
import re
import sys


class Host(http.server.SimpleHTTPRequestHandler):
    token = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not re.fullmatch(r"/repos/[^/]+/[^/]+/code-scanning/sarifs", self.path):
            return self.answer(404)
        if self.headers["Authorization"] != f"Bearer {self.token}":
            return self.answer(403)
        taken = json.loads(body)
        directory = pathlib.Path(self.directory)
        (directory / "taken.sarif").write_bytes(gzip.decompress(base64.b64decode(taken.pop("sarif"), validate=True)))
        (directory / "taken.json").write_text(json.dumps(taken))
        return self.answer(202)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main(directory, port_file, token):
    Host.token = token
    server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=directory))
    pathlib.Path(port_file).write_text(str(server.server_address[1]))
    server.serve_forever()


main(*sys.argv[1:])
