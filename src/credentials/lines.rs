//! Lines of `name = value` under `[section]`, and the words of a line: what most files of the old kind are.

/// One setting. All three are parts of the text; the section is empty before the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting<'t> {
    pub(crate) section: &'t str,
    pub(crate) name: &'t str,
    /// Without quotes and without a comment after it.
    pub(crate) value: &'t str,
    /// Whether the value stands in quotes.
    pub(crate) quoted: bool,
}

/// The settings of a text; the first of `dividers` in a line ends the name. Comments begin with `#`, `;` or `!`.
pub(crate) fn settings<'t>(text: &'t str, dividers: &'static [char]) -> impl Iterator<Item = Setting<'t>> {
    let mut section = "";
    lines(text).filter_map(move |line| {
        let line = line.trim();
        if let Some(inner) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = inner.0.trim_matches(|c: char| c == '[' || c.is_whitespace());
            return None;
        }
        if line.starts_with(['#', ';', '!']) {
            return None;
        }
        let (name, value) = line.split_once(dividers)?;
        let name = name.trim().trim_matches(['"', '\'']);
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        let quoted = value.trim_start().starts_with(['"', '\'']);
        Some(Setting { section, name, value: unquoted(value), quoted })
    })
}

/// Lines without their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').lines()
}

/// What a value says: what stands between its quotes, else all up to a comment.
pub(crate) fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return closing(inner, quote).map_or(inner, |end| &inner[..end]);
        }
    }
    let end = [" #", "\t#", " ;"].iter().filter_map(|mark| value.find(mark)).min();
    value[..end.unwrap_or(value.len())].trim_end()
}

/// Where the quote closes that was opened before `inner`.
pub(crate) fn closing(inner: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inner
        .char_indices()
        .find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })
        .map(|(at, _)| at)
}

/// The words of a line, with a quoted one whole and without its quotes.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let quote = rest.chars().next()?;
        if matches!(quote, '"' | '\'') {
            let inner = &rest[1..];
            let end = closing(inner, quote).unwrap_or(inner.len());
            rest = inner.get(end + 1..).unwrap_or_default();
            return Some(&inner[..end]);
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = &rest[..end];
        rest = &rest[end..];
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_sections_and_no_quotes_or_comments() {
        let text = "\u{feff}a = 1\r\n# b = 2\n[one]\nexport c: 'x # y' # z\n[[two]]\n\"d\"= e#f ; g\n";
        let found: Vec<_> = settings(text, &['=', ':']).map(|s| (s.section, s.name, s.value)).collect();
        assert_eq!(found, [("", "a", "1"), ("one", "c", "x # y"), ("two", "d", "e#f")]);
    }

    #[test]
    fn words_may_be_quoted() {
        assert_eq!(words(r#" a "b c" 'd' e" "#).collect::<Vec<_>>(), ["a", "b c", "d", "e\""]);
        assert_eq!(words("'open").collect::<Vec<_>>(), ["open"]);
    }
}
