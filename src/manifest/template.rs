//! Templates of YAML, which are no YAML: read by line, for the report only. A line `key: value` has a literal where
//! no `{{ … }}` is in it.

use super::format::Format;
use super::{Field, Role};
use crate::place::Document;
use crate::span::Span;
use crate::yaml::route::cut;

/// A hostile file could have very many lines and keys: so much of them is told.
const MAX_FIELDS: usize = 20_000;
const MAX_NAME: usize = 253;
const MAX_DEPTH: usize = 32;

/// A key that the next lines may be below.
struct Open<'t> {
    indent: usize,
    key: &'t str,
}

/// The literals of a template. `None` for what is no text.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Field>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (mut fields, mut open, mut start) = (Vec::new(), Vec::new(), 0);
    let (mut kind_of_item, mut name_of_item) = (usize::MAX, "");
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some(entry) = Entry::of(line.trim_end()) else { continue };
        open.retain(|outer: &Open<'_>| outer.indent < entry.indent);
        // `- name: X` gives the `value` beside it a name.
        if entry.begins_item || entry.indent != kind_of_item {
            (kind_of_item, name_of_item) = (entry.indent, "");
        }
        if entry.key == "name" {
            name_of_item = entry.value;
        }
        let is_named = entry.key == "value" && !name_of_item.is_empty();
        let name = if is_named { name_of_item } else { entry.key };
        if !entry.value.is_empty() && fields.len() < MAX_FIELDS {
            let value_at = at + entry.value_at;
            fields.push(Field {
                document: place(&open, entry.key),
                name: cut(name, MAX_NAME).to_owned(),
                value: entry.value.to_owned(),
                raw: Span { start: value_at, end: value_at + entry.value.len() },
                role: Role::TemplateLine,
                decoded: false,
                component: None,
                proof: None,
            });
        }
        if open.len() < MAX_DEPTH {
            open.push(Open { indent: entry.indent, key: entry.key });
        }
    }
    Some(fields)
}

/// The keys that a line is below, as far as indentation tells.
fn place(open: &[Open<'_>], key: &str) -> Document {
    let keys: Vec<&str> = open.iter().map(|outer| outer.key).chain([key]).map(|key| cut(key, 63)).collect();
    let kind = Format::Template.kind().to_owned();
    Document { index: 0, kind, name: String::new(), field: keys.join(".") }
}

/// A line `key: value`.
struct Entry<'t> {
    indent: usize,
    begins_item: bool,
    key: &'t str,
    /// Empty where it is none: a template, a block, nothing.
    value: &'t str,
    value_at: usize,
}

impl<'t> Entry<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let body = line.trim_start().trim_start_matches("- ").trim_start();
        let indent = line.len() - body.len();
        let (key, rest) = body.split_once(':')?;
        let is_key =
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./\"'".contains(&b));
        if !is_key || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
            return None;
        }
        let begins_item = line.trim_start().starts_with("- ");
        let value = literal(rest.trim_start());
        let value_at = if value.is_empty() { 0 } else { value.as_ptr().addr() - line.as_ptr().addr() };
        Some(Self { indent, begins_item, key: key.trim_matches(['"', '\'']), value, value_at })
    }
}

/// The text of a value, without quotes and the comment behind it.
fn literal(value: &str) -> &str {
    if value.contains("{{") || value.starts_with(['|', '>', '&', '*', '#']) {
        return "";
    }
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = &value[1..];
            inner.find(quote).map_or("", |end| &inner[..end])
        }
        _ => value.find(" #").map_or(value, |end| &value[..end]).trim_end(),
    }
}
