//! How a POSIX shell reads a part of a script, and how a variable is written there.

use std::ops::Range;

use super::reason::Reason;

/// What stands round a part of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Nothing.
    Bare,
    /// `"…"`
    Double,
    /// `'…'`
    Single,
}

impl Quoting {
    /// A variable's value as one word, whichever letters it has.
    pub(super) fn reference(self, name: &str) -> String {
        match self {
            Self::Bare => format!("\"${name}\""),
            Self::Double => format!("${{{name}}}"),
            Self::Single => format!("'\"${name}\"'"),
        }
    }
}

/// Letters that stand for themselves without quotes; so do those that are not ASCII.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || "_@%+=:,./-^!".contains(c)
}

/// What is open where the lexer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Double,
    Paren,
    Brace,
}

/// How the shell reads a part of a script. An error where the part is not what the program gets, or a variable would
/// not be read there.
pub(super) fn quoting(script: &str, part: &Range<usize>) -> Result<Quoting, Reason> {
    let found = before(script, part.start)?;
    let text = script.get(part.clone()).unwrap_or_default();
    let after = script.get(part.end..).unwrap_or_default();
    let stands_for_itself = match found {
        Quoting::Bare => text.chars().all(is_bare) && text != "!",
        Quoting::Double => !text.contains(['"', '\\', '$', '`']),
        Quoting::Single => !text.contains('\''),
    };
    if !stands_for_itself {
        return Err(Reason::Shell("the shell changes it before the program gets it"));
    }
    if script[..part.start].ends_with(['$', '\\']) && found != Quoting::Single {
        return Err(Reason::Dollar);
    }
    // A name that is set: `unbake=…` is no assignment when its name is in quotes.
    if found == Quoting::Bare && after.starts_with('=') {
        return Err(Reason::Shell("it stands where a name is expected"));
    }
    Ok(found)
}

/// The quotes that are open at a byte.
fn before(script: &str, end: usize) -> Result<Quoting, Reason> {
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < end {
        let rest = &script[at..];
        if let Some(opened) = expansion(rest) {
            open.push(opened);
            at += "${".len();
            continue;
        }
        let top = open.last().copied();
        let letter = rest.chars().next().unwrap_or_default();
        let mut step = letter.len_utf8();
        match letter {
            '\\' => step += rest[1..].chars().next().map_or(0, char::len_utf8),
            '`' => return Err(Reason::Shell("the script has `…` before it")),
            '"' if top == Some(Open::Double) => drop(open.pop()),
            '"' => open.push(Open::Double),
            '}' if top == Some(Open::Brace) => drop(open.pop()),
            _ if top == Some(Open::Double) => {}
            '\'' => {
                let close = rest[1..].find('\'').map(|close| close + 2);
                match close {
                    Some(length) if at + length <= end => step = length,
                    // It is open at the byte.
                    _ => return Ok(Quoting::Single),
                }
            }
            '<' if rest.starts_with("<<<") => step = 3,
            '<' if rest.starts_with("<<") => {
                return Err(Reason::Shell("the script has a here-document before it"));
            }
            '(' => open.push(Open::Paren),
            ')' if top == Some(Open::Paren) => drop(open.pop()),
            '#' if begins_word(&script[..at]) => {
                step = rest.find('\n').unwrap_or(rest.len());
                if at + step > end {
                    return Err(Reason::Shell("it stands in a comment of the script"));
                }
            }
            _ => {}
        }
        at += step;
    }
    match open.last() {
        _ if at > end => Err(Reason::Shell("the script escapes it")),
        None | Some(Open::Paren) => Ok(Quoting::Bare),
        Some(Open::Double) => Ok(Quoting::Double),
        Some(Open::Brace) => Err(Reason::Shell("it stands in a `${…}` of the script")),
    }
}

/// `${…` or `$(…`
fn expansion(rest: &str) -> Option<Open> {
    match rest.as_bytes() {
        [b'$', b'{', ..] => Some(Open::Brace),
        [b'$', b'(', ..] => Some(Open::Paren),
        _ => None,
    }
}

fn begins_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || ";&|()".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `§` marks the part's ends.
    fn rewritten(marked: &str) -> Result<String, Reason> {
        let mut parts = marked.split('§');
        let mut next = || parts.next().unwrap_or_default();
        let (before, part, after) = (next(), next(), next());
        let script = format!("{before}{part}{after}");
        let found = quoting(&script, &(before.len()..before.len() + part.len()))?;
        Ok(format!("{before}{}{after}", found.reference("PW")))
    }

    #[test]
    fn a_variable_is_one_word_whatever_stands_round_it() {
        let cases = [
            ("redis-server --requirepass §unbake§", "redis-server --requirepass \"$PW\""),
            ("curl -u \"app:§un bake§\" x", "curl -u \"app:${PW}\" x"),
            ("curl -u 'app:§un$bake§' x", "curl -u 'app:'\"$PW\"'' x"),
            ("PW=§unbake§ run", "PW=\"$PW\" run"),
            ("# it's\nrun a#b §unbake§!", "# it's\nrun a#b \"$PW\"!"),
            ("run \"$(cat 'a)b' \"c\")\" -p §unbake§", "run \"$(cat 'a)b' \"c\")\" -p \"$PW\""),
            ("x=${A:-\"b\"} run \"${B}§unbake§\"", "x=${A:-\"b\"} run \"${B}${PW}\""),
            ("x=$(login §unbake§)", "x=$(login \"$PW\")"),
            ("cat <<< a; run \\' §unbake§", "cat <<< a; run \\' \"$PW\""),
        ];
        for (before, after) in cases {
            assert_eq!(rewritten(before).as_deref(), Ok(after), "{before}");
        }
    }

    #[test]
    fn what_the_shell_would_change_is_refused() {
        let cases = [
            "run §un\\$bake§",
            "run \"§un$bake§\"",
            "run §un*ke§",
            "cat <<EOF\n§unbake§\nEOF",
            "run `date` §unbake§",
            "true # §unbake§",
            "run ${X:-§unbake§}",
            "run $§unbake§",
            "run \\§unbake§",
            "export §unbake§=1",
        ];
        for script in cases {
            assert!(rewritten(script).is_err(), "{script}");
        }
    }
}
