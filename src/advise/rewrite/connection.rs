//! The password within a URL or a connection string.

use std::ops::Range;

use crate::detect::judge;

/// Where its password stands, if it has exactly one.
pub(super) fn password(text: &str) -> Option<Range<usize>> {
    let found = in_url(text).or_else(|| in_go(text)).or_else(|| in_settings(text))?;
    let rest = format!("{}$(PASSWORD){}", &text[..found.start], &text[found.end..]);
    let is_literal = !found.is_empty() && !judge::is_reference(&text[found.clone()]);
    (is_literal && !judge::holds_password(&rest)).then_some(found)
}

/// `scheme://user:password@host`
fn in_url(text: &str) -> Option<Range<usize>> {
    let start = text.find("://")? + "://".len();
    let rest = &text[start..];
    let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`<>|".contains(c)).unwrap_or(rest.len());
    of_login(start, rest[..end].rsplit_once('@')?.0)
}

/// `user:password@tcp(host)`
fn in_go(text: &str) -> Option<Range<usize>> {
    let (login, _) = ["@tcp(", "@unix("].iter().find_map(|mark| text.split_once(mark))?;
    of_login(0, login)
}

fn of_login(start: usize, login: &str) -> Option<Range<usize>> {
    let (user, _) = login.split_once(':')?;
    Some(start + user.len() + 1..start + login.len())
}

/// `host=db password=…`, `Server=db;Password=…`, `host:6379,password=…`
fn in_settings(text: &str) -> Option<Range<usize>> {
    let separator: fn(char) -> bool = match text {
        _ if text.contains(';') => |c| c == ';',
        _ if text.contains(char::is_whitespace) => char::is_whitespace,
        _ => |c| c == ',',
    };
    let mut start = 0;
    for setting in text.split_inclusive(separator) {
        let (at, setting) = (start, setting.trim_end_matches(separator));
        start += text[start..].find(separator).map_or(text.len() - start, |end| end + 1);
        let Some((name, value)) = setting.split_once('=') else { continue };
        if judge::names_credential(name.trim()) {
            return unquoted(at + name.len() + 1, value);
        }
    }
    None
}

/// The value without blanks and quotes round it. `None` where a quote is not closed: the value goes on behind the
/// separator.
fn unquoted(start: usize, value: &str) -> Option<Range<usize>> {
    let blank = value.len() - value.trim_start().len();
    let (start, value) = (start + blank, value.trim());
    match value.chars().next()? {
        quote @ ('\'' | '"') => {
            let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.contains(quote)).then_some(start + 1..start + 1 + inner.len())
        }
        _ => Some(start..start + value.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_found_and_nothing_else() {
        let cases = [
            ("postgres://app:unb%40ke-1@db/app?sslmode=disable", Some("unb%40ke-1")),
            ("redis://:unbake-2@cache:6379", Some("unbake-2")),
            ("app:unbake-3@tcp(db:3306)/app", Some("unbake-3")),
            ("host=db user=app password=unbake-4 dbname=app", Some("unbake-4")),
            ("Server=db;User Id=app;Password = 'unbake-5';Encrypt=true", Some("unbake-5")),
            ("cache:6380,password=unbake-6,ssl=True", Some("unbake-6")),
            ("password=\"unb;ake\";Server=db", None),
            ("postgres://app@db/app", None),
            ("postgres://app:$(DB)@db/app", None),
            ("mongodb://a:unbake-7@h, mongodb://b:unbake-8@h", None),
            ("unbake", None),
        ];
        for (text, expected) in cases {
            assert_eq!(password(text).map(|part| &text[part]), expected, "{text}");
        }
    }
}
