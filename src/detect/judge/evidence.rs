//! The evidence for and against a value, added up to a confidence. `docs/detection.md` explains the weights.

use super::super::placeholder::is_placeholder;
use super::form::{is_code, is_hash, is_type_name, is_uuid};
use super::name::{Strength, names_a_test, strength};
use super::surroundings::Surroundings;
use super::tokens::Reading;
use super::value::looks_like_credential_value;
use crate::finding::Confidence;
use crate::span::Span;

/// Sums from which on a value is reported with this confidence.
const LOW: i32 = 3;
const MEDIUM: i32 = 5;
const HIGH: i32 = 9;

/// Bits from which on chance alone made a value, and those that a password has which a person thought hard about.
const RANDOM_BITS: f64 = 60.0;
const MIXED_BITS: f64 = 36.0;

/// Where a name has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Place {
    /// A variable of a process: `DB_PASSWORD=…` on a line of its own, an item of `environment:`, `ENV`, a pair of
    /// `name: DB_PASSWORD` and `value: …`. What stands there is used.
    Environment,
    /// A line of a configuration: `password: …`, `db.password=…`.
    Setting,
    /// A text in quotes: in code, JSON, an attribute.
    Literal,
    /// The argument of a call, the default of a look-up: `define('DB_PASSWORD', '…')`, `getenv("TOKEN") ?: "…"`.
    Argument,
    /// `<password>…</password>`
    Markup,
    /// `--password …`
    Flag,
    /// `?token=…`
    Query,
    /// Without quotes, in the middle of something.
    Inline,
}

impl Place {
    fn weight(self) -> i32 {
        match self {
            Self::Environment => 3,
            Self::Setting | Self::Literal | Self::Argument | Self::Markup | Self::Flag => 1,
            Self::Query | Self::Inline => 0,
        }
    }
}

/// An assignment that was read from a text.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct Assignment<'t> {
    /// The text.
    pub(in crate::detect) text: &'t [u8],
    /// Where the name stands.
    pub(in crate::detect) at: Span,
    /// The name.
    pub(in crate::detect) name: &'t str,
    /// The value.
    pub(in crate::detect) value: &'t str,
    /// Where it was found.
    pub(in crate::detect) place: Place,
    /// Whether the value stands in quotes.
    pub(in crate::detect) quoted: bool,
}

impl Assignment<'_> {
    /// `NAME: value`, as types are declared too.
    fn is_by_colon(&self) -> bool {
        self.text.get(self.at.start + self.name.len()) == Some(&b':')
    }
}

/// How sure it is that the value of an assignment is a credential; `None` when it is none.
pub(in crate::detect) fn assignment(it: &Assignment<'_>) -> Option<Confidence> {
    // In order of what they cost: most words of a text that are followed by a sign end here.
    if !is_long_enough(it) || !it.value.bytes().all(|b| b.is_ascii_graphic()) || is_bare_code(it) {
        return None;
    }
    let strength = strength(it.name)?;
    if !can_be_one(it) {
        return None;
    }
    let reading = Reading::of(it.value);
    if it.place == Place::Inline && (reading.is_wordy() || reading.is_weak()) {
        return None;
    }
    let named = match strength {
        Strength::Specific => 3,
        Strength::General => 2,
    };
    let tested = if names_a_test(it.name) { -3 } else { 0 };
    let shape = shape(it, &reading);
    // What makes tokens leaves no name without a digit.
    let is_name = strength == Strength::General
        && it.value.len() < 24
        && !it.value.contains(|c: char| c.is_ascii_digit());
    let without = named + it.place.weight() + if is_name { shape.min(0) } else { shape } + tested;
    // Companions can add so much to a setting, and nothing to the others. Looking for them costs the most.
    let most = if it.place == Place::Setting { Surroundings::MOST } else { 0 };
    if without + most < LOW {
        return None;
    }
    let found = Surroundings::of(it.text, it.at);
    let is_word = it.place == Place::Setting && !it.quoted && reading.is_wordy();
    if is_word && !found.has_companions && !is_chosen(it.value) {
        return None;
    }
    let vectors =
        it.place == Place::Literal && found.has_vectors && it.value.bytes().all(|b| b.is_ascii_hexdigit());
    let sum = without + found.weight(it.place == Place::Setting, reading.is_wordy());
    let shown = it.place == Place::Query && queries_no_host(it);
    graded(sum - if vectors || shown { 3 } else { 0 })
}

fn is_long_enough(it: &Assignment<'_>) -> bool {
    let least = match it.place {
        Place::Environment => 3,
        Place::Setting | Place::Markup | Place::Literal => 5,
        _ => 6,
    };
    it.value.len() >= least
}

/// `token: this.tokens[0]`: code, where no quotes say that it is a text.
fn is_bare_code(it: &Assignment<'_>) -> bool {
    !it.quoted && (it.place != Place::Environment || it.is_by_colon()) && is_code(it.value)
}

/// What no sum of evidence makes a credential.
fn can_be_one(it: &Assignment<'_>) -> bool {
    let value = it.value;
    let is_class = it.place == Place::Setting && is_capitalised(value);
    let is_its_name = it.place != Place::Environment && repeats(it.name, value);
    let is_escaped = value.contains("\\u");
    looks_like_credential_value(value)
        && !(is_placeholder(value) || is_type_name(value) || is_escaped || is_class || is_its_name)
}

/// `Incomplete`, `SocketOption`: a class, where a type is declared.
fn is_capitalised(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.bytes().all(|b| b.is_ascii_alphabetic())
        && value.contains(|c: char| c.is_ascii_lowercase())
}

/// `password: "password"`, `token=token`: the name once more, which says what goes there.
fn repeats(name: &str, value: &str) -> bool {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-', '.'], "");
    let (name, value) = (plain(name), plain(value));
    name.ends_with(&value) || value.ends_with(&name) && value.len() < name.len() + 6
}

/// A word that was made to meet the rules for passwords: `Summer-2024!`.
fn is_chosen(value: &str) -> bool {
    let has = |class: fn(&u8) -> bool| value.as_bytes().iter().any(class);
    has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && value.bytes().any(|b| b.is_ascii_punctuation() && !b"_-.:/".contains(&b))
}

/// What the value's own characters say.
fn shape(it: &Assignment<'_>, reading: &Reading) -> i32 {
    let value = it.value;
    let has = |class: fn(&u8) -> bool| usize::from(value.as_bytes().iter().any(class));
    let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    let (digits, symbols) = (has(u8::is_ascii_digit), has(u8::is_ascii_punctuation));
    let classes = lower + upper + digits + symbols;
    let names_itself = ["password", "passwd", "secret", "token", "credential", "apikey", "test"]
        .iter()
        .any(|word| value.to_ascii_lowercase().contains(word));
    if is_hash(value) {
        return -1;
    }
    if is_uuid(value) {
        return 2;
    }
    let chosen =
        is_chosen(value) && (it.quoted || it.place == Place::Setting) && !names_itself && value.len() < 40;
    if reading.is_weak() && !chosen {
        return if names_itself && it.place != Place::Environment { -2 } else { -1 };
    }
    if reading.is_wordy() {
        return if chosen { 1 } else { -1 };
    }
    let strength = match reading.bits {
        bits if bits >= RANDOM_BITS && classes > 1 && digits == 1 => 3,
        bits if bits >= MIXED_BITS && classes > 1 => 2,
        _ => i32::from(classes > 2),
    };
    strength - i32::from(names_itself)
}

/// How sure it is that the password of a login (`user:password@host`, `Password=…;`) is in use. `sure` is what the
/// expression made it, `decoded` the password where it stands there encoded.
pub(in crate::detect) fn login(
    text: &[u8],
    at: Span,
    decoded: Option<&str>,
    sure: Confidence,
) -> Option<Confidence> {
    let raw = std::str::from_utf8(text.get(at.start..at.end)?).ok()?;
    let password = decoded.map_or_else(|| unescaped(raw), str::to_owned);
    if !password.contains(|c: char| c.is_alphanumeric()) || is_placeholder(&password) {
        return None;
    }
    let reading = Reading::of(&password);
    let found = Surroundings::of(text, at);
    let is_weak = reading.is_weak() || reading.is_wordy() && reading.bits < MIXED_BITS;
    let mut sum = match (is_weak || user_before(text, at) == password.as_bytes(), reading.bits >= RANDOM_BITS)
    {
        (true, _) => 3,
        (false, false) => 6,
        (false, true) => 9,
    };
    if found.is_environment {
        sum += 3;
    }
    if names_no_host(&text[at.end..]) {
        sum -= 4;
    }
    let graded = graded(sum + found.weight(false, true)).unwrap_or(Confidence::Low);
    Some(graded.min(sure))
}

fn graded(sum: i32) -> Option<Confidence> {
    match sum {
        HIGH.. => Some(Confidence::High),
        MEDIUM.. => Some(Confidence::Medium),
        LOW.. => Some(Confidence::Low),
        _ => None,
    }
}

/// A URL writes `@` as `%40`.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &after[2..];
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out + rest
}

/// The user of `//user:password@`.
fn user_before(text: &[u8], at: Span) -> &[u8] {
    let Some(before) = text[..at.start].strip_suffix(b":") else { return b"" };
    let start = before.iter().rposition(|b| *b == b'/').map_or(0, |slash| slash + 1);
    &before[start..]
}

/// `@example.com`, `@localhost`, `@host`: what stands for a host in a text.
fn names_no_host(after: &[u8]) -> bool {
    after.strip_prefix(b"@").is_some_and(is_no_host)
}

/// Whether the URL of a query is one of a text.
fn queries_no_host(it: &Assignment<'_>) -> bool {
    let before = &it.text[it.at.start.saturating_sub(200)..it.at.start];
    memchr::memmem::rfind(before, b"://").is_some_and(|at| is_no_host(&before[at + 3..]))
}

/// `example.com`, `www.example.org`, `service.test`.
fn is_no_host(rest: &[u8]) -> bool {
    let end =
        rest.iter().take(80).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    let host = String::from_utf8_lossy(&rest[..end]).to_ascii_lowercase();
    let is_reserved = |name: &str| {
        ["example", "test", "invalid", "localhost"]
            .iter()
            .any(|tld| name == *tld || name.strip_suffix(tld).is_some_and(|left| left.ends_with('.')))
    };
    let parent = host.rsplit_once('.').map_or("", |(parent, _)| parent);
    is_reserved(&host)
        || parent == "example"
        || parent.ends_with(".example")
        || host.starts_with("127.")
        || ["host", "hostname", "server", "foo", "bar", "proxy", "domain", ""].contains(&host.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How sure the password between `:` and the last `@` of a text's URL is in use.
    fn of_url(text: &str) -> Option<Confidence> {
        let scheme = text.find("://").expect("a URL") + 3;
        let start = scheme + text[scheme..].find(':').expect("a password") + 1;
        let end = start + text[start..].find('@').expect("a host");
        login(text.as_bytes(), Span { start, end }, None, Confidence::Medium)
    }

    #[test]
    fn the_place_of_a_login_decides() {
        #[rustfmt::skip]
        let urls = [
            ("url = postgres://app:kX9-unbake-Inv3nted@db.internal/app", Some(Confidence::Medium)),
            ("DATABASE_URL=postgres://postgres:postgres@db:5432/app", Some(Confidence::Medium)),
            ("      - DATABASE_URL=postgresql://postgres:postgres@db:5432/app", Some(Confidence::Medium)),
            ("url = postgres://postgres:postgres@db:5432/app", Some(Confidence::Low)),
            ("http://user:password@example.com/", Some(Confidence::Low)),
            ("http://user:kX9-Inv3nted@www.example.com/", Some(Confidence::Low)),
            ("http://unbake:unbake@db/", Some(Confidence::Low)),
            (">>> get('http://user:kX9-Inv3nted@db.internal/')", Some(Confidence::Low)),
            ("http://user:%40%3A@db.internal/", None),
            ("http://user:xxxxxxxx@db.internal/", None),
        ];
        for (text, sure) in urls {
            assert_eq!(of_url(text), sure, "{text}");
        }
    }

    #[test]
    fn a_password_is_judged_as_it_reads_decoded() {
        let text = b"Authorization: Basic dW5iYWtlOnNlY3JldA==\n";
        let at = Span { start: 21, end: 41 };
        assert_eq!(login(text, at, Some("secret"), Confidence::High), Some(Confidence::Low));
        let strong = Some("kX9vQ2mZr7TbW4sLp8Nc");
        assert_eq!(login(text, at, strong, Confidence::High), Some(Confidence::High));
    }

    #[test]
    fn hosts_of_texts() {
        for host in
            ["@example.com/x", "@www.example.org", "@db.test:5432", "@localhost", "@127.0.0.1", "@host:80"]
        {
            assert!(names_no_host(host.as_bytes()), "{host}");
        }
        for host in ["@db:5432", "@orders.acme.internal", "@examples.internal", ";Encrypt=true"] {
            assert!(!names_no_host(host.as_bytes()), "{host}");
        }
    }
}
