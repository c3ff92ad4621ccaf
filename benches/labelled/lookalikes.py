"""What looks like a credential and is none: values that stand in every repository and image."""

import base64
import hashlib
import string
import uuid

URL = string.ascii_letters + string.digits + "-_"


def of_names(rng):
    """(name, value) pairs whose name speaks of credentials, or whose value is as random as one."""
    hexed = lambda n: "".join(rng.choice("0123456789abcdef") for _ in range(n))
    text = lambda n: "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(n))
    return [
        ("password", "${DB_PASSWORD}"), ("password", "{{ .Values.db.password }}"), ("password", "<your-password>"),
        ("password", "********"), ("password", "your-password-here"), ("password_file", "/run/secrets/db-password"),
        ("password_min_length", "12"), ("password_hash_algorithm", "argon2id"), ("passwordResetUrl", "https://acme.example/reset"),
        ("token", "process.env.API_TOKEN"), ("token", "getToken(request)"), ("token_type", "Bearer"), ("token", "YOUR_TOKEN_HERE"),
        ("tokenizer", "cl100k_base"), ("max_tokens", "4096"), ("token_endpoint", "https://login.acme.example/oauth2/token"),
        ("api_key", "os.environ['API_KEY']"), ("api_key", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), ("api_key", "INSERT_API_KEY"),
        ("apiKey", "config.get('orders.apiKey')"), ("api_key_header", "X-Api-Key"), ("secretName", "orders-db-credentials"),
        ("secret", "vault:secret/data/orders#password"), ("client_secret", "op://infra/orders/client-secret"),
        ("secretKeyRef", "orders-db"), ("access_key", "AKIAIOSFODNN7EXAMPLE"), ("public_key", f"ssh-ed25519 AAAAC3Nza{text(58)}"),
        ("checksum", hexed(64)), ("sha1", hexed(40)), ("etag", f'W/{hexed(32)}'), ("commit", hexed(40)),
        ("integrity", "sha512-" + base64.b64encode(rng.randbytes(64)).decode()), ("digest", "sha256:" + hexed(64)),
        ("request_id", str(uuid.UUID(int=rng.getrandbits(128)))), ("session", str(uuid.UUID(int=rng.getrandbits(128)))),
        ("build", f"v1.{rng.randrange(99)}.0-{hexed(7)}"), ("image", f"registry.acme.example/orders@sha256:{hexed(64)}"),
        ("icon", "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + rng.randbytes(60)).decode()),
        ("key", "orders.title.password.label"), ("cache_key", f"orders:{hexed(16)}"), ("sort_key", "created_at"),
        ("certificate", "-----BEGIN CERTIFICATE-----"), ("fingerprint", ":".join(hexed(2) for _ in range(20))),
        ("database_url", "postgres://$USER:$PASSWORD@db/orders"), ("database_url", "postgres://localhost:5432/orders"),
        ("redis_url", "redis://cache:6379/0"), ("homepage", "https://github.com/acme/orders"), ("locale_password", "Passwort eingeben"),
        ("nonce", hashlib.md5(rng.randbytes(8)).hexdigest()), ("font", "data:font/woff2;base64,d09GMgABAAAA" + text(40)),
        ("path", "/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache"), ("class", "PasswordAuthenticationTokenProviderFactoryBean"),
        ("method", "com.acme.orders.security.TokenAuthenticationFilter"), ("css", "orders-password-input__label--required"),
    ]


def of_rule(rule, value):
    """Texts that begin as this rule's values do, and go on as documentation, code or a mask does."""
    marks = sorted((m for m in rule.get("keywords", []) if value.lower().startswith(m.lower())), key=len)
    if not marks:
        return []
    mark = value[: len(marks[-1])]
    return [mark + "x" * (len(value) - len(mark)), mark + "...", mark + "<your-key>", mark + "*" * 12, mark + "your_key_here"]
