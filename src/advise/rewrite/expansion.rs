//! `$(NAME)` and `$$` as the kubelet reads them in `env[].value`, `args` and `command`
//! (`k8s.io/kubernetes/third_party/forked/golang/expansion`). In what a Secret holds it reads neither.

use std::ops::Range;

use super::reason::Reason;

/// The text that a program gets for a part of `text`. An error where the part takes in another variable, or can't be
/// replaced by `$(NAME)` because of the `$` before it.
pub(super) fn expand(text: &str, part: &Range<usize>) -> Result<String, Reason> {
    let (mut out, mut at, mut after_dollar) = (String::with_capacity(part.len()), 0, false);
    while let Some(token) = Token::first(&text[at..]) {
        let end = at + token.len();
        let cut = |edge: usize| at < edge && edge < end;
        if cut(part.start) || cut(part.end) || at == part.start && after_dollar {
            return Err(Reason::Dollar);
        }
        if part.contains(&at) {
            match token {
                Token::Reference(name) => return Err(Reason::Composed(name.to_owned())),
                Token::Dollar => out.push('$'),
                Token::Other(text) => out.push_str(text),
            }
        }
        after_dollar = matches!(token, Token::Other("$"));
        at = end;
    }
    Ok(out)
}

enum Token<'t> {
    /// `$(NAME)`
    Reference(&'t str),
    /// `$$`
    Dollar,
    /// A character that stands for itself.
    Other(&'t str),
}

impl<'t> Token<'t> {
    fn first(rest: &'t str) -> Option<Self> {
        if rest.starts_with("$$") {
            return Some(Self::Dollar);
        }
        if let Some((name, _)) = rest.strip_prefix("$(").and_then(|inner| inner.split_once(')')) {
            return Some(Self::Reference(name));
        }
        let letter = rest.chars().next()?;
        Some(Self::Other(&rest[..letter.len_utf8()]))
    }

    fn len(&self) -> usize {
        match self {
            Self::Reference(name) => name.len() + "$()".len(),
            Self::Dollar => 2,
            Self::Other(text) => text.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<String, Reason> {
        expand(text, &(0..text.len()))
    }

    #[test]
    fn a_text_is_what_the_kubelet_makes_of_it() {
        let cases = [
            ("pa$$w", "pa$w"),
            ("pa$w", "pa$w"),
            ("$$(A)", "$(A)"),
            ("a$(", "a$("),
            ("€$$$$", "€$$"),
            ("$", "$"),
        ];
        for (text, effective) in cases {
            assert_eq!(whole(text).as_deref(), Ok(effective), "{text}");
        }
        for text in ["$(A)", "x$$$(A)", "a$()b"] {
            assert!(matches!(whole(text), Err(Reason::Composed(_))), "{text}");
        }
    }

    #[test]
    fn a_part_is_cut_out_between_its_neighbours() {
        assert_eq!(expand("$(A):pa$$w@h", &(5..10)).as_deref(), Ok("pa$w"));
        assert_eq!(expand("x$$pw", &(3..5)).as_deref(), Ok("pw"));
        assert_eq!(expand("x$pw", &(2..4)), Err(Reason::Dollar));
        assert_eq!(expand("x$$pw", &(2..5)), Err(Reason::Dollar));
        assert_eq!(expand("$(AB)", &(2..4)), Err(Reason::Dollar));
    }
}
