//! XML, read as it comes: elements, attributes and text with the bytes they stand in. Nothing is checked that the
//! reading of a configuration does not need, so that a fragment or a template is read too. Entities are those that XML
//! itself knows; none is ever fetched.

/// Elements deeper than this are taken for their parent's content.
const MAX_DEPTH: usize = 128;

/// An open element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'t> {
    /// Without its prefix.
    pub(super) name: &'t str,
    tag: &'t str,
}

/// Calls `visit` with the open elements, the outermost first: for each start with an empty text, and for each run of text
/// in the innermost.
pub(super) fn walk<'t>(text: &'t str, mut visit: impl FnMut(&[Element<'t>], &'t str)) {
    let mut open: Vec<Element<'t>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let run = rest[..at].trim();
        if !run.is_empty() && !open.is_empty() {
            visit(&open, run);
        }
        rest = &rest[at..];
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            visit(&open, &data[..end]);
            rest = data.get(end + 3..).unwrap_or_default();
            continue;
        }
        let (skip, close) = match rest {
            _ if rest.starts_with("<!--") => (4, "-->"),
            _ if rest.starts_with("<?") => (2, "?>"),
            _ => (1, ">"),
        };
        let body = &rest[skip..];
        let end = if skip == 1 { end_of_tag(body) } else { body.find(close) };
        let Some(end) = end else { return };
        let tag = &body[..end];
        rest = &body[end + close.len()..];
        if skip == 1 {
            step(tag, &mut open, &mut visit);
        }
    }
}

/// Takes a tag, which stands between `<` and `>`.
fn step<'t>(tag: &'t str, open: &mut Vec<Element<'t>>, visit: &mut impl FnMut(&[Element<'t>], &'t str)) {
    if let Some(name) = tag.strip_prefix('/') {
        let name = local(name.trim());
        if let Some(at) = open.iter().rposition(|element| element.name == name) {
            open.truncate(at);
        }
    } else if !tag.starts_with('!') && open.len() < MAX_DEPTH {
        let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
        open.push(Element { name: local(&tag[..end]), tag: &tag[end..] });
        visit(open, "");
        if tag.ends_with('/') {
            open.pop();
        }
    }
}

/// A `>` in an attribute's value ends no tag.
fn end_of_tag(body: &str) -> Option<usize> {
    let mut quote = None;
    body.char_indices()
        .find(|&(_, c)| match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                false
            }
            None => {
                if matches!(c, '"' | '\'') {
                    quote = Some(c);
                }
                c == '>'
            }
        })
        .map(|(at, _)| at)
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl<'t> Element<'t> {
    /// Its attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
        let mut rest = self.tag;
        std::iter::from_fn(move || {
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, left) = after[1..].split_once(quote)?;
            rest = left;
            Some((name.trim(), value))
        })
    }

    /// The attribute of this name, in any case.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A text with its entities resolved.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').and_then(|(name, left)| Some((resolve(name)?, left)));
        match entity {
            Some((letter, left)) => {
                out.push(letter);
                rest = left;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

fn resolve(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        walk(text, |open, run| {
            let path: Vec<&str> = open.iter().map(|e| e.name).collect();
            if !run.is_empty() {
                found.push(format!("{}={run}", path.join("/")));
            }
        });
        found
    }

    #[test]
    fn text_stands_in_its_elements() {
        let text = "<?xml version='1.0'?><!DOCTYPE a><a><!-- <x>no</x> --><n:b c='>'> one </n:b><d/><e><![CDATA[<2>]]></e></a>";
        assert_eq!(texts(text), ["a/b=one", "a/e=<2>"]);
        assert_eq!(texts("<a><b>one</a><c>two</c>"), ["a/b=one", "c=two"]);
        assert_eq!(texts("<a>one<"), ["a=one"]);
    }

    #[test]
    fn attributes_and_entities() {
        let mut found = Vec::new();
        walk("<add key=\"x\" Value = 'a&amp;b'/>", |open, _| {
            found.extend(open[0].attributes());
            assert_eq!(open[0].attribute("value"), Some("a&amp;b"));
        });
        assert_eq!(found, [("key", "x"), ("Value", "a&amp;b")]);
        assert_eq!(unescaped("a&amp;b&#x41;&#66;&lt;&none;&"), "a&bAB<&none;&");
    }
}
