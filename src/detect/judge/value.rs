//! What a value can be: a reference, a setting, or a credential.

use super::name::names_credential;
use super::setting::{Setting, setting};

/// A longer value is no reference. (It bounds the time that a hostile one takes.)
const MAX_REFERENCE: usize = 1024;

/// Starts of values that refer to a credential which is kept elsewhere.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "/run/secrets/", "/var/run/secrets/", "@Microsoft.KeyVault(", "ENC[", "System.getenv(", "arn:aws", "awssm://",
    "env:", "file:", "gcpsm://", "keyvault:", "op://", "os.environ", "os.getenv(", "process.env.", "ref+",
    "secretref:", "sm://", "ssm:", "vault:",
];

/// What stands before the name in `${env:NAME}`. Another word there is a name, and what follows its default.
const RESOLVERS: &[&str] =
    &["cf", "env", "file", "opt", "param", "secret", "secrets", "self", "sops", "ssm", "vault"];

/// Marks round a name that something else fills in.
const MARKS: &[(&str, &str)] =
    &[("{", "}"), ("((", "))"), ("#{", "}"), ("#{", "}#"), ("%", "%"), ("@@", "@@"), ("__", "__")];

/// Starts and ends of what a person is to fill in and can never run as it stands. `changeme` and `yourpassword` are
/// not here: they run.
#[rustfmt::skip]
const BLANKS: (&[&str], &[&str]) = (
    &["insert_", "insert-", "replace_", "replace-", "your_", "your-", "placeholder", "redacted"],
    &["_val", "_here", "-here", "placeholder", "redacted"],
);

/// Whether a value is none but says where one is, or that one is to be put there: empty, `$VAR`, `${VAR}`,
/// `$(VAR)`, `{{ … }}`, `<…>`, the path of a mounted secret, a secret store's notation.
pub fn is_reference(value: &str) -> bool {
    let value = value.trim();
    if value.len() > MAX_REFERENCE {
        return false;
    }
    value.contains("{{")
        || REFERENCES.iter().any(|start| value.starts_with(start))
        || MARKS.iter().any(|(open, close)| inside(value, open, close).is_some_and(is_word))
        || inside(value, "<", ">").is_some_and(|inner| !inner.contains(['<', '>', '\n']))
        || !without_variables(value).contains(char::is_alphanumeric)
}

/// Whether a value has a password in it: a URL with `user:password@`, Go's `user:password@tcp(host)`, or a row of
/// settings such as `Server=db;Password=…`.
pub fn holds_password(value: &str) -> bool {
    let in_url = value.match_indices("://").any(|(at, mark)| {
        let rest = &value[at + mark.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`<>|".contains(c)).unwrap_or(rest.len());
        rest[..end].rsplit_once('@').is_some_and(|(user, _)| has_password(user))
    });
    let in_go = || {
        ["@tcp(", "@unix("]
            .iter()
            .any(|mark| value.split_once(mark).is_some_and(|(user, _)| has_password(user)))
    };
    let in_settings = || {
        settings(value).is_some_and(|pairs| {
            pairs
                .iter()
                .any(|(name, value)| names_credential(name) && !is_reference(value) && !is_blank(value))
        })
    };
    in_url || in_go() || in_settings()
}

/// Whether a value can be a credential, given a name that says so. Weak words (`postgres`) can; switches, numbers,
/// durations, paths, URLs without a password, names of variables and text for people can not. Four digits and more
/// can: `1234` is a password that people use.
pub fn looks_like_credential_value(value: &str) -> bool {
    let value = value.trim();
    if is_reference(value) || is_blank(value) {
        return false;
    }
    holds_password(value) || form(value).is_none()
}

/// What a value is that configuration is made of; `None` for one that can be a credential, if its name says so.
pub fn form(value: &str) -> Option<Setting> {
    let value = value.trim();
    if value.contains("PRIVATE KEY-----") {
        return None;
    }
    setting(value).or_else(|| settings(value).map(|_| Setting::Pairs))
}

fn inside<'v>(value: &'v str, open: &str, close: &str) -> Option<&'v str> {
    value.strip_prefix(open)?.strip_suffix(close)
}

/// A name, a dotted or slashed path of names.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./: ".contains(&b))
}

/// What is left of a value when its variables are taken out.
fn without_variables(value: &str) -> String {
    let mut left = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        left.push_str(before);
        rest = match variable(after) {
            Some(end) => &after[end..],
            None => {
                left.push('$');
                after
            }
        };
    }
    left + rest
}

/// The length of the variable that begins after a `$`.
fn variable(text: &str) -> Option<usize> {
    if text.starts_with('(') {
        return Some(text.find(')')? + 1);
    }
    if text.starts_with('{') {
        let end = text.find('}')?;
        return has_no_default(&text[1..end]).then_some(end + 1);
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    is_variable_like(&text[..end]).then_some(end)
}

/// `VAR`, `VAR:?message`, `env:VAR`; not `VAR:-hunter2`, nor Spring's `VAR:hunter2`.
fn has_no_default(variable: &str) -> bool {
    let Some((name, default)) = variable.split_once(':') else { return true };
    let default = default.trim_start_matches(['-', '=']);
    RESOLVERS.contains(&name) || default.is_empty() || default.starts_with(['?', '+'])
}

/// `VAR`, `db_password`, `token`; not the `ecret123` of `$ecret123`, which nothing expands.
fn is_variable_like(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && (name.contains('_') || !name.contains(|c: char| c.is_ascii_lowercase()) || names_credential(name))
}

/// Whether a value is something to be filled in: `INSERT_KEY`, `your-token`, `xxxx`, `****`.
pub fn is_blank(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let masked =
        lower.len() > 2 && ["x", "*", ".", "-"].iter().any(|mark| lower.replace(mark, "").is_empty());
    masked || BLANKS.0.iter().any(|s| lower.starts_with(s)) || BLANKS.1.iter().any(|s| lower.ends_with(s))
}

fn has_password(user_info: &str) -> bool {
    let Some((_, password)) = user_info.split_once(':') else { return false };
    !is_reference(password) && !is_blank(password)
}

/// `name=value` pairs of a connection string, divided by `;` or blanks, or those of a URL's query.
fn settings(value: &str) -> Option<Vec<(&str, &str)>> {
    if value.contains('\n') || !value.contains('=') {
        return None;
    }
    let (start, query) = value.split_once('?').map_or((value, ""), |(start, query)| (start, query));
    let (text, divider): (&str, &[char]) = match (start.contains("://"), value.contains(';')) {
        (true, _) => (query, &['&']),
        (false, true) => (value, &[';']),
        (false, false) => (value, &[' ', '\t']),
    };
    let pairs: Option<Vec<_>> =
        text.split(divider).map(str::trim).filter(|p| !p.is_empty()).map(|p| p.split_once('=')).collect();
    pairs.filter(|pairs| pairs.len() > 1 || start.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_no_values() {
        #[rustfmt::skip]
        let values = [
            "", "  ", "$VAR", "$db_password", "$password", "${VAR}", "${VAR:?must be set}", "${VAR:-}", "${env:X}",
            "$(VAR)", "$(cat /x/y)", "${A}-${B}", "{{ .Values.password }}", "x-{{ y }}", "<YOUR_API_KEY>", "<your key>",
            "/run/secrets/db", "/var/run/secrets/x/token", "ENC[AES256_GCM,data:x]", "vault:secret/data/db#pw",
            "op://vault/item/field", "ref+awsssm://x", "{SQUARE_SANDBOX_TOKEN}", "%DB_PASSWORD%", "((db-password))",
            "#{DbPassword}", "__DB_PASSWORD__", "@@TOKEN@@", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "file:/x",
            "process.env.TOKEN", "********",
        ];
        for value in values {
            assert!(is_reference(value), "{value}");
            assert!(!looks_like_credential_value(value), "{value}");
        }
        for value in [
            "postgres",
            "$ecret123",
            "${VAR:-hunter2}",
            "${VAR:hunter2}",
            "a$b",
            "pa$$word",
            "<a><b>",
            "$2b$10$abc",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }

    #[test]
    fn passwords_in_urls_and_connection_strings() {
        #[rustfmt::skip]
        let with = [
            "postgres://app:hunter2@db:5432/app", "http://admin:admin@grafana:3000/api", "redis://:pass@redis:6379",
            "curl -XPOST http://admin:admin@grafana:3000 -d x", "user:pass@tcp(db:3306)/app", "amqp://a:p@ss@mq",
            "host=localhost user=postgres password=example port=5432", "Server=db;User Id=sa;Password=Strong1;",
            "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=aW52ZW50ZWQ=;", "jdbc:mysql://db/x?user=u&password=pw",
        ];
        for value in with {
            assert!(holds_password(value) && looks_like_credential_value(value), "{value}");
        }
        #[rustfmt::skip]
        let without = [
            "postgres://db:5432/app", "http://user@host/", "amqp://rabbit:5672", "postgres://u:$(PW)@db/app",
            "postgres://u:${PW}@db", "postgres://u:<password>@db", "host=localhost user=postgres",
            "postgres://u:***@db", "Server=db;Password=${PW};Encrypt=true", "https://hooks.invalid/x?a=1&b=2",
        ];
        for value in without {
            assert!(!holds_password(value) && !looks_like_credential_value(value), "{value}");
        }
    }

    #[test]
    fn weak_words_count_and_settings_do_not() {
        #[rustfmt::skip]
        let credentials = [
            "postgres", "admin", "password", "changeme", "yourpassword", "fake_password", "1234", "123456", "hunter2",
            "Bearer aW52ZW50ZWQ", "correct horse battery", "/9j4Ab+x/k2=", "my-secret-pw", "p@ssw0rd", "a:b:c",
        ];
        for value in credentials {
            assert!(looks_like_credential_value(value), "{value}");
        }
        #[rustfmt::skip]
        let settings = [
            "true", "False", "no", "12", "-1", "3.5", "30s", "1h30m", "512Mi", "80%", "/etc/tls/key.pem", "./certs/ca",
            "secrets.json", "data.db", "http://host/path", "redis-cart:6379", "localhost:6379", "bearer", "SCRAM-SHA-256",
            "DB_PASSWORD", "INSERT_API_KEY", "your-token", "xxxxxxxx", "REPLACE_SECRET", "TOKEN_VAL", "{\"a\": 1}",
            "2016-09-08T21:47:36Z", "13.0.0-next-8.29", "v1.4.2", "-0x3f879678", "PBKDF2WithHmacSHA256", "sha256-aW52ZW50ZWQ=", "ssh-rsa AAAA unbake",
            "The token that the service takes from its caller", "a\nb", "admin@example.com", "x",
        ];
        for value in settings {
            assert!(!looks_like_credential_value(value), "{value}");
        }
    }
}
