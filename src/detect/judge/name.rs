//! What a name says: `DB_PASSWORD`, `x-api-key`, `clientSecret`, `requirepass`.

/// Ends of words that name a credential wherever they stand in a name, also without a gap: `dbpassword`,
/// `azurestorageaccountkey`, `requirepass`.
#[rustfmt::skip]
const STRONG: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "pwd", "pass", "secret", "token", "apikey", "accesskey",
    "accountkey", "authkey", "encryptionkey", "masterkey", "privatekey", "secretkey", "signingkey", "storagekey",
    "masterauth", "connectionstring", "restuserkey",
];

/// Words that name a credential only as the last word of a name: `token` does, `token bucket` does not.
#[rustfmt::skip]
const WEAK: &[&str] = &[
    "pass", "secret", "token", "credential", "credentials", "creds", "dsn", "authorization", "pw", "psw",
];

/// Words that only end like a strong one.
const NOT_STRONG: &[&str] =
    &["bypass", "compass", "encompass", "overpass", "surpass", "trespass", "underpass"];

/// What makes a `key` a credential. A `partition key`, a `public key` or a bare `key` is none.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "access", "account", "admin", "aes", "api", "app", "application", "auth", "cookie", "crypt", "crypto",
    "deploy", "encryption", "hmac", "ingest", "integration", "jwt", "master", "private", "secret", "session",
    "shared", "signing", "ssh", "storage", "subscription", "webhook",
];

/// After the credential's word, these do not change what is named: `password_in`, `secret_value`,
/// `SECRET_KEY_BASE`. (Digits at the end of a word are left out: `v2` is `v`, `base64` is `base`.)
#[rustfmt::skip]
const TRAILING: &[&str] = &[
    "b", "base", "current", "default", "dev", "in", "new", "old", "out", "plain", "plaintext", "prod", "production",
    "raw", "staging", "test", "text", "v", "value",
];

/// After the credential's word, these name something about it: `token_type`, `PASSWORD_FILE`, `secretName`.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "age", "alg", "algorithm", "arn", "at", "attempts", "audience", "changed", "chars", "checksum", "class", "column",
    "command", "count", "created", "date", "digest", "dir", "directory", "duration", "enabled", "encoder", "encoding",
    "endpoint", "env", "error", "expiration", "expires", "expiry", "field", "file", "filename", "fingerprint", "format",
    "hash", "header", "hint", "host", "icon", "id", "ids", "input", "interval", "issuer", "kind", "label", "last",
    "length", "len", "lifetime", "limit", "link", "location", "manager", "max", "message", "method", "min", "mode",
    "modified", "mount", "ms", "name", "names", "namespace", "param", "parameter", "path", "pattern", "placeholder",
    "plugin", "policy", "position", "prefix", "prompt", "provider", "ref", "reference", "regex", "regexp", "required",
    "reset", "retries", "rotated", "rotation", "rules", "scope", "scopes", "seconds", "selector", "server", "service",
    "sha", "size", "source", "status", "store", "strength", "suffix", "time", "timeout", "title", "ttl", "type",
    "updated", "uri", "url", "used", "user", "username", "validation", "validator", "validity", "version", "volume",
];

/// Before the credential's word, anywhere, these make the name a switch or a bound: `ALLOW_EMPTY_PASSWORD`.
#[rustfmt::skip]
const SWITCHES: &[&str] = &[
    "allow", "allowed", "disable", "disabled", "empty", "enable", "enabled", "max", "maximum", "min", "minimum",
    "num", "require", "required", "requires",
];

/// As the first word, these make the name a question or an action: `use_password`, `reset-token`.
#[rustfmt::skip]
const ACTIONS: &[&str] = &[
    "change", "check", "forgot", "generate", "has", "hide", "is", "no", "reset", "show", "skip", "use", "validate",
    "verify", "with",
];

/// Words before a credential's word that take it back: a `pull secret` is the name of one, a `page token` a
/// position, an `eos token` a letter of a model, a `public key token` the name of an assembly, a `request token` a
/// number against doing a thing twice.
const TAKEN_BACK: &[(&str, &[&str])] = &[
    ("secret", &["existing", "image", "kube", "kubernetes", "k8s", "pull", "tls"]),
    (
        "token",
        &[
            "bos",
            "cancellation",
            "client",
            "cls",
            "context",
            "continuation",
            "continue",
            "csrf",
            "end",
            "eos",
            "idempotency",
            "lifecycle",
            "action",
            "mask",
            "next",
            "output",
            "pad",
            "page",
            "pagination",
            "previous",
            "question",
            "request",
            "resume",
            "sep",
            "starting",
            "stop",
            "sync",
            "unk",
            "update",
            "verification",
            "xsrf",
        ],
    ),
];

/// Last words of what stands beside a credential: `username`, `host`, `ca.crt`.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "account", "addr", "address", "bucket", "ca", "cert", "certificate", "cluster", "crt", "database", "db",
    "domain", "email", "endpoint", "fsid", "host", "id", "issuer", "login", "mail", "name", "namespace", "path",
    "port", "project", "protocol", "provider", "pub", "region", "scheme", "server", "tenant", "type", "uri", "url",
    "user", "version", "zone",
];

/// A longer name is cut.
const MAX_NAME: usize = 256;

/// Words before `token` that say whose it is. A bare `token` may be one of a parser.
#[rustfmt::skip]
const HOLDERS: &[&str] = &[
    "access", "admin", "api", "app", "auth", "authentication", "bearer", "bot", "deploy", "id", "jwt", "login", "oauth",
    "personal", "private", "refresh", "secret", "security", "service", "session", "user", "vault", "webhook",
];

/// Words that other things than credentials are called by as well.
const GENERAL: &[&str] = &["token", "credential", "credentials", "creds", "authorization", "dsn", "key"];

/// Kinds of `key` that are as often no credential.
const GENERAL_KEYS: &[&str] = &["admin", "app", "application", "cookie", "integration", "session", "shared"];

/// How clearly a name says that its value is a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The word has other meanings: `token`, `credentials`, `app_key`, `password_list`.
    General,
    /// It has none: `password`, `client_secret`, `api_key`, `access_token`.
    Specific,
}

/// How clearly a name says that its value is a credential; `None` where it does not.
pub fn strength(name: &str) -> Option<Strength> {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let end = named_end(&words)?;
    let is_general = match &words[..end] {
        [.., holder, "token"] => !HOLDERS.contains(holder),
        [.., kind, "key"] => GENERAL_KEYS.contains(kind),
        [.., word] => GENERAL.contains(word),
        [] => true,
    };
    let says_more = !words[end..].iter().all(|word| is_trailing(word));
    Some(if is_general || says_more { Strength::General } else { Strength::Specific })
}

/// Whether a name says that what it names is made for a test: `TEST_ENCRYPTION_KEY`, `dummyPassword`.
pub(super) fn names_a_test(name: &str) -> bool {
    const FIRST: [&str; 8] = ["dummy", "example", "fake", "mock", "sample", "stub", "test", "testing"];
    words(name).first().is_some_and(|word| FIRST.contains(&word.as_str()))
}

/// Whether a name ends as that of any credential may: also a bare `key`, and an `id` that goes with a secret. Beside a
/// provider's name and with the shape of its keys that is enough.
pub(super) fn names_any_key(name: &str) -> bool {
    let words = words(name);
    let last = words.iter().rev().find(|word| !is_trailing(word));
    last.is_some_and(|word| {
        ["key", "token", "secret", "pat", "auth"].iter().any(|end| word.ends_with(end))
            || names_credential(name)
    }) && !words.iter().any(|word| word == "public" || word == "partition" || word == "sort")
}

/// Whether a name says that its value is a credential: `DB_PASSWORD`, `x-api-key`, `clientSecret`, `requirepass`;
/// and not `PASSWORD_MIN_LENGTH`, `secretName`, `MAX_TOKENS`, `token_type`.
pub fn names_credential(name: &str) -> bool {
    let words = words(name);
    named_end(&words.iter().map(String::as_str).collect::<Vec<_>>()).is_some()
}

/// Index after the last word of the credential that a name means, if it means one.
fn named_end(words: &[&str]) -> Option<usize> {
    let end = credential_end(words)?;
    let (named, after) = words.split_at(end);
    let is_action = named.len() > 1 && ACTIONS.contains(&named[0]);
    let means_one = !is_action
        && !after.iter().any(|word| ABOUT.contains(word))
        && !named.iter().any(|word| SWITCHES.contains(word))
        && !is_key_of_a_secret(words);
    means_one.then_some(end)
}

/// Whether a name says that its value goes with a credential and is none itself: a user, a host, a certificate.
pub fn names_plain(name: &str) -> bool {
    let words = words(name);
    let last = words.iter().rev().find(|word| !TRAILING.contains(&word.as_str()));
    let is_plain = |word: &str| PLAIN.iter().any(|p| word == *p || p.len() > 3 && word.ends_with(p));
    last.is_some_and(|word| is_plain(word)) && !names_credential(name)
}

/// Index after the last word that names a credential.
fn credential_end(words: &[&str]) -> Option<usize> {
    let trailing = words.iter().rev().take_while(|word| is_trailing(word)).count();
    let last = words.len() - trailing;
    (1..=words.len()).rev().find(|&end| match &words[..end] {
        [.., "connection", "string"] => true,
        [.., "public", "key", "token"] => false,
        [.., kind, "key"] => KEYS.contains(kind),
        [.., before, word] if is_taken_back(before, word) => false,
        [.., word] if WEAK.contains(word) => end == last,
        [.., word] => is_strong(word),
        [] => false,
    })
}

fn is_taken_back(before: &str, word: &str) -> bool {
    TAKEN_BACK.iter().any(|(taken, befores)| *taken == word && befores.contains(&before))
}

fn is_trailing(word: &str) -> bool {
    TRAILING.contains(&word) || word.bytes().all(|b| b.is_ascii_digit())
}

fn is_strong(word: &str) -> bool {
    !NOT_STRONG.contains(&word) && STRONG.iter().any(|end| word.ends_with(end))
}

/// `DB_PASSWORD_SECRET_KEY`: the key in a Secret under which the password is.
fn is_key_of_a_secret(words: &[&str]) -> bool {
    matches!(words, [.., "key" | "password" | "token", "secret", "key"])
}

/// The words of a name, in lower case and without the digits at their end: `azureClientSecret`,
/// `AZURE_CLIENT_SECRET2` and `azure.client-secret` have the same three.
pub fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().take(MAX_NAME).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in letters.iter().enumerate() {
        let begins = c.is_uppercase()
            && (letters[..i].last().is_some_and(|before| !before.is_uppercase())
                || letters.get(i + 1).is_some_and(|after| after.is_lowercase()));
        if begins || !c.is_alphanumeric() {
            push_word(&mut words, &mut word);
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    push_word(&mut words, &mut word);
    words
}

fn push_word(words: &mut Vec<String>, word: &mut String) {
    let word = std::mem::take(word);
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    match (letters.is_empty(), word.is_empty()) {
        (false, _) => words.push(letters.to_owned()),
        (true, false) => words.push(word),
        (true, true) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials() {
        let names = "PASSWORD passwd pwd DB_PASS DB_PASSWORD dbPassword db.password db-password PGPASSWORD \
            MYSQL_ROOT_PASSWORD redisPassword saslPassword discovery.sendtargets.auth.password_in apiPassword \
            password2 PASSWORD_1 GF_SECURITY_ADMIN_PASSWORD requirepass masterauth restuserkey KEYSTORE_PASSPHRASE keypass \
            secret clientSecret AZURE_CLIENT_SECRET TWITTER_ACCESS_TOKEN_SECRET token GITHUB_TOKEN hfToken \
            GITLAB_TOKEN_PROD accesstoken APIKey API_KEY x-api-key apikey OPENAI_API_KEY API_KEY_OPENAI \
            PAYMENT_API_KEY MINIO_ACCESS_KEY MINIO_SECRET_KEY AWS_SECRET_ACCESS_KEY accountKey SECRET_KEY_BASE \
            azurestorageaccountkey privateKey private_key ENCRYPTION_KEY signingKey masterKey credential creds \
            GOOGLE_CREDENTIALS connectionString CONNECTION_STRING SENTRY_DSN Authorization Proxy-Authorization \
            X-Auth-Token ERLANG_COOKIE_SECRET NEW_RELIC_LICENSE_TOKEN oauth2ClientSecret SECRET_VALUE";
        for name in names.split_whitespace() {
            assert!(names_credential(name), "{name}");
            assert!(!names_plain(name), "{name}");
        }
    }

    #[test]
    fn names_of_what_only_looks_like_one() {
        let names = "PASSWORD_MIN_LENGTH tokens_per_fill MAX_TOKENS max_tokens num_tokens RATE_LIMIT_TOKENS secretName \
            secretNamespace adminSecretName PASSWORD_FILE MYSQL_ROOT_PASSWORD_FILE secretsFile PRIVATE_KEY_PATH \
            TOKEN_URL token_endpoint token_type tokenTTL ALLOW_EMPTY_PASSWORD MYSQL_ALLOW_EMPTY_PASSWORD usePassword \
            JWT_ISSUER OAUTH_CLIENT_ID publicKey ssh_public_key AWS_ACCESS_KEY_ID keyId secretKeyRef secretRef \
            SECRET_STORE secretStore SUBSCRIPTION_KEY_SECRET_KEY TS_KUBE_SECRET existingSecret imagePullSecret \
            imagePullSecrets credentialName allowedSecrets authenticator authorizer credentials_validity_in_ms \
            authRequired GF_AUTH_BASIC_ENABLED chapAuthSession default-authentication-plugin partition_key key KEY \
            nextPageToken eos_token bypass COMPASS tokenizer token_bucket passthrough username user host \
            checksum/config password_policy PASSWORD_HASH_ALGORITHM disable-password-auth";
        for name in names.split_whitespace() {
            assert!(!names_credential(name), "{name}");
        }
        for name in ["", "_", "--", "ü", "9"] {
            assert!(!names_credential(name) && !names_plain(name), "{name}");
        }
    }

    #[test]
    fn some_names_say_it_more_clearly() {
        for name in "password dbPass client_secret API_KEY accessToken AUTH_TOKEN PRIVATE_KEY".split(' ') {
            assert_eq!(strength(name), Some(Strength::Specific), "{name}");
        }
        for name in "token GITHUB_TOKEN credentials session_key password_list".split(' ') {
            assert_eq!(strength(name), Some(Strength::General), "{name}");
        }
        for name in
            "publicKeyToken ClientRequestToken PasswordLastUsed nextPageToken csrfToken username".split(' ')
        {
            assert_eq!(strength(name), None, "{name}");
        }
        for name in "ASANA_KEY algoliaKey statuspage_token stripe.auth".split(' ') {
            assert!(names_any_key(name), "{name}");
        }
        assert!(!names_any_key("ALGOLIA_APP_ID") && !names_any_key("stripe_public_key"));
    }

    #[test]
    fn names_of_what_stands_beside_one() {
        let names = "username discovery.sendtargets.auth.username_in apiAddress POSTGRES_USER host db_host ca.crt \
            tls.crt id_rsa.pub azurestorageaccountname clientId";
        for name in names.split_whitespace() {
            assert!(names_plain(name), "{name}");
        }
        for name in ["key", "tls.key", "config", "password"] {
            assert!(!names_plain(name), "{name}");
        }
    }
}
