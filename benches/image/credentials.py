"""Invented credentials in the shapes of real ones, the same on every machine.

Every value comes from SHA-256 over a fixed seed, so none of them stands in the repository.
"""

import base64
import hashlib
import string
import zlib

SEED = "unbake benchmark image 1"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
LETTERS = string.ascii_letters
URL = string.ascii_letters + string.digits + "_-"
BASE32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
DIGITS = string.digits
UPPER = string.ascii_uppercase + string.digits
BASE64 = string.ascii_letters + string.digits + "+/"


def draw(name, alphabet, length):
    """`length` characters of `alphabet`, evenly distributed and determined by `name`."""
    limit = 256 - 256 % len(alphabet)
    out = []
    block = 0
    while len(out) < length:
        digest = hashlib.sha256(f"{SEED}|{name}|{block}".encode()).digest()
        out += [alphabet[byte % len(alphabet)] for byte in digest if byte < limit]
        block += 1
    return "".join(out[:length])


def with_crc(prefix, name):
    """GitHub's and npm's form: 30 characters, then their CRC-32 in base 62."""
    body = draw(name, BASE62, 30)
    crc = zlib.crc32(body.encode())
    tail = ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        tail = BASE62[digit] + tail
    return prefix + body + tail


def macaroon(name):
    """The shape of a PyPI token: a macaroon for pypi.org in URL-safe base 64."""
    rest = bytes.fromhex(draw(name, HEX, 2 * 105))
    raw = b"\x02\x01\x08pypi.org\x02" + rest
    return "pypi-" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def all_values():
    """The credentials that need no program to make: name -> value."""
    return {
        "stripe": "sk_" + "live_" + draw("stripe", BASE62, 24),
        "github": with_crc("ghp" + "_", "github"),
        "npm": with_crc("npm" + "_", "npm"),
        "sendgrid": "SG" + "." + draw("sendgrid-id", URL, 22) + "." + draw("sendgrid", URL, 43),
        "postgres": draw("postgres", BASE62, 24),
        "aws-id": "AKI" + "A" + draw("aws-id", BASE32, 16),
        "aws-secret": draw("aws-secret", BASE64, 40),
        "openai": "sk-" + draw("openai-1", BASE62, 20) + "T3Blbk" + "FJ" + draw("openai-2", BASE62, 20),
        "google": "AI" + "za" + draw("google", URL, 35),
        "azure": draw("azure", BASE64, 85) + "Q" + "==",
        "telegram": "7" + draw("telegram-id", DIGITS, 9) + ":AA" + draw("telegram", URL, 33),
        "slack-bot": "xox" + "b-" + draw("slack-1", "123456789", 12) + "-"
        + draw("slack-2", "123456789", 12) + "-" + draw("slack-bot", BASE62, 24),
        "slack-hook": "https://hooks.slack" + ".com/services/T" + draw("hook-t", UPPER, 10)
        + "/B" + draw("hook-b", UPPER, 10) + "/" + draw("hook", BASE62, 24),
        "digitalocean": "dop_" + "v1_" + draw("digitalocean", HEX, 64),
        "databricks": "dap" + "i" + draw("databricks", HEX, 32),
        "huggingface": "hf" + "_" + draw("huggingface", LETTERS, 34),
        "gitlab": "glp" + "at-" + draw("gitlab", URL, 20),
        "twilio": "S" + "K" + draw("twilio", HEX, 32),
        "pypi": macaroon("pypi"),
    }
