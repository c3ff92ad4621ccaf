//! Texts that are made up in every style, of which it is known what they say.

use proptest::prelude::*;
use serde_json::Value;

/// What a text says, and how it is to be written. The numbers choose among styles.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) documents: Vec<Value>,
    pub(crate) layout: Layout,
}

/// How a file is written.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) json: Option<usize>,
    pub(crate) crlf: bool,
    pub(crate) bom: bool,
    pub(crate) final_newline: bool,
    pub(crate) step: usize,
    pub(crate) dash: usize,
    pub(crate) marker: usize,
    pub(crate) seed: u64,
}

pub(crate) fn file() -> impl Strategy<Value = File> {
    (prop::collection::vec(document(), 1..4), layout()).prop_map(|(mut documents, layout)| {
        if layout.json.is_some() {
            documents.truncate(1);
        }
        File { documents, layout }
    })
}

fn layout() -> impl Strategy<Value = Layout> {
    let json = prop_oneof![3 => Just(None), 1 => (0..4usize).prop_map(Some)];
    (json, any::<bool>(), any::<bool>(), any::<bool>(), 1..5usize, 0..5usize, 0..4usize, any::<u64>())
        .prop_map(|(json, crlf, bom, final_newline, step, dash, marker, seed)| Layout {
            json,
            crlf,
            bom,
            final_newline,
            step,
            dash: dash.min(step),
            marker,
            seed,
        })
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    let tree = leaf.prop_recursive(5, 30, 4, |inner| {
        prop_oneof![
            2 => prop::collection::vec((key(), inner.clone()), 0..5).prop_map(|entries| Value::Object(entries.into_iter().collect())),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    });
    prop::collection::vec((key(), tree), 1..5)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[a-z]{1,6}", 1 => "[a-zé .:#'\"]{1,6}", 1 => "[a-z]{1,3}\\.[a-z]{1,4}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z0-9/:@.-]{1,16}",
        2 => "[ -z|}~]{0,14}",
        1 => "[a-zé😀\t'\":#&*!|>-]{0,12}",
        2 => "([a-z #:-]{0,9}\n){1,4}",
        1 => "[a-z]{1,4}\n\n?[a-z ]{0,4}[a-z]",
        1 => "[0-9]{1,4}|yes|null|~|-|---|0x1f|1e3|2024-01-01",
    ]
}

impl File {
    pub(crate) fn text(&self) -> String {
        let mut writer = Writer {
            layout: &self.layout,
            random: self.layout.seed | 1,
            out: String::new(),
            anchors: 0,
            kept: false,
        };
        if let Some(kind) = self.layout.json {
            writer.json(&self.documents[0], kind);
        } else {
            writer.documents(&self.documents);
        }
        let mut text = writer.out;
        if self.layout.final_newline {
            text.push('\n');
        }
        if self.layout.crlf {
            text = text.replace('\n', "\r\n");
        }
        if self.layout.bom { format!("\u{feff}{text}") } else { text }
    }
}

struct Writer<'a> {
    layout: &'a Layout,
    random: u64,
    out: String,
    anchors: usize,
    /// Whether a scalar has just ended of whose text blank lines would be a part.
    kept: bool,
}

impl Writer<'_> {
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 20) % limit
    }

    fn documents(&mut self, documents: &[Value]) {
        for (index, document) in documents.iter().enumerate() {
            match (index, self.layout.marker) {
                (0, 0) => {}
                (0, 1) => self.out.push_str("# first\n---\n"),
                (0, 2) => self.out.push_str("%YAML 1.2\n--- # one\n"),
                (0, _) => self.out.push_str("---\n"),
                (_, 2) => self.out.push_str("\n...\n%YAML 1.2\n---\n"),
                (_, 3) => self.out.push_str("\n...\n# between\n---\n"),
                _ => self.out.push_str("\n--- # next\n"),
            }
            match document {
                Value::Object(map) if !map.is_empty() => self.block_map(map, 0, false),
                other => self.out.push_str(&other.to_string()),
            }
        }
    }

    fn json(&mut self, document: &Value, kind: usize) {
        if kind == 0 {
            self.out = document.to_string();
            return;
        }
        let indent: &[u8] = [b"  ".as_slice(), b"    ", b"\t"][kind - 1];
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
        serde::Serialize::serialize(
            document,
            &mut serde_json::Serializer::with_formatter(&mut bytes, formatter),
        )
        .unwrap();
        self.out = String::from_utf8(bytes).unwrap();
    }

    fn comment(&mut self) {
        match self.below(8) {
            0 => self.out.push_str(" # note"),
            1 => self.out.push_str("   # größer: 'x' | {y}"),
            2 => self.out.push_str("  "),
            _ => {}
        }
    }

    fn line(&mut self, column: usize) {
        self.out.push('\n');
        match self.below(10) {
            0 if self.kept => {}
            0 => self.out.push('\n'),
            1 => self.out.push_str(&format!("{}# head\n", " ".repeat(column))),
            _ => {}
        }
        self.kept = false;
        self.out.push_str(&" ".repeat(column));
    }

    /// `inline` says that the first key stands behind a dash.
    fn block_map(&mut self, map: &serde_json::Map<String, Value>, column: usize, inline: bool) {
        for (index, (key, value)) in map.iter().enumerate() {
            if index > 0 {
                self.line(column);
            } else if !inline {
                self.out.push_str(&" ".repeat(column));
            }
            let key = self.key(key);
            self.out.push_str(&key);
            self.out.push(':');
            self.block_value(value, column, column + self.layout.dash, column + self.layout.step);
        }
    }

    /// What stands behind a colon.
    fn block_value(&mut self, value: &Value, column: usize, dash: usize, nested: usize) {
        match value {
            Value::Object(map) if !map.is_empty() && self.below(4) > 0 => {
                self.property();
                self.comment();
                self.out.push('\n');
                self.block_map(map, nested, false);
            }
            Value::Array(items) if !items.is_empty() && self.below(4) > 0 => {
                self.property();
                self.comment();
                self.out.push('\n');
                self.block_sequence(items, dash, false);
            }
            Value::Null if self.below(2) == 0 => self.comment(),
            other => {
                self.out.push(' ');
                self.short(other, column);
            }
        }
    }

    fn block_sequence(&mut self, items: &[Value], column: usize, inline: bool) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.line(column);
            } else if !inline {
                self.out.push_str(&" ".repeat(column));
            }
            self.out.push('-');
            match item {
                Value::Object(map) if !map.is_empty() && self.below(4) > 0 => {
                    if self.below(4) == 0 {
                        self.comment();
                        self.out.push('\n');
                        self.block_map(map, column + 3, false);
                    } else {
                        let blanks = 1 + self.below(3) as usize;
                        self.out.push_str(&" ".repeat(blanks));
                        self.block_map(map, column + 1 + blanks, true);
                    }
                }
                Value::Array(items) if !items.is_empty() && self.below(3) > 0 => {
                    self.out.push(' ');
                    self.block_sequence(items, column + 2, true);
                }
                Value::Null if self.below(2) == 0 => self.comment(),
                other => {
                    self.out.push(' ');
                    self.short(other, column);
                }
            }
        }
    }

    /// An anchor that nothing uses, or a tag that changes nothing.
    fn property(&mut self) {
        if self.below(12) == 0 {
            self.anchors += 1;
            self.out.push_str(&format!(" &a{}", self.anchors));
        }
    }

    /// A scalar or a flow collection, with its comment.
    fn short(&mut self, value: &Value, column: usize) {
        match value {
            Value::String(text) if text.contains('\n') && self.below(3) > 0 && self.literal(text, column) => {
            }
            Value::String(text) => {
                if self.below(12) == 0 {
                    self.out.push_str("!!str ");
                }
                let written = self.scalar(text, false);
                self.out.push_str(&written);
                self.comment();
            }
            Value::Object(_) | Value::Array(_) => {
                let lines = (self.below(3) == 0).then_some(column + 2);
                self.flow(value, lines);
                self.comment();
            }
            other => {
                self.out.push_str(&other.to_string());
                self.comment();
            }
        }
    }

    /// A literal block scalar, if the text can be one.
    fn literal(&mut self, text: &str, column: usize) -> bool {
        let body = text.trim_end_matches('\n');
        let newlines = text.len() - body.len();
        let lines = || body.split('\n');
        // Readers don't agree on the text of one that ends with a file that has no final line end.
        if newlines > 0 && !self.layout.final_newline {
            return false;
        }
        if body.is_empty()
            || lines().any(|line| line.trim().is_empty() != line.is_empty() || line.contains(['\t', '\r']))
        {
            return false;
        }
        let indicator = if body.starts_with([' ', '\n']) || self.below(4) == 0 { "2" } else { "" };
        let chomp = match newlines {
            0 => "-",
            1 => "",
            _ => "+",
        };
        // A line is folded only if none of the texts has to be: no line end is between two words.
        let fold = !body.contains('\n') && !body.starts_with(' ') && self.below(2) == 0;
        self.out.push_str(&format!("{}{indicator}{chomp}", if fold { '>' } else { '|' }));
        if self.below(4) == 0 {
            self.out.push_str(" # header | >");
        }
        for line in lines() {
            self.out.push('\n');
            if !line.is_empty() {
                self.out.push_str(&" ".repeat(column + 2));
                self.out.push_str(line);
            }
        }
        self.out.push_str(&"\n".repeat(newlines.saturating_sub(1)));
        self.kept = newlines > 1;
        true
    }

    fn flow(&mut self, value: &Value, lines: Option<usize>) {
        let pad = if self.below(3) == 0 { " " } else { "" };
        let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
        let keys: Vec<Option<&String>> = match value {
            Value::Object(map) => map.keys().map(Some).collect(),
            Value::Array(items) => items.iter().map(|_| None).collect(),
            _ => return,
        };
        let values: Vec<&Value> = match value {
            Value::Object(map) => map.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => return,
        };
        self.out.push(open);
        for (index, (key, value)) in keys.iter().zip(&values).enumerate() {
            match lines {
                Some(column) => {
                    self.comment();
                    self.out.push_str(&format!("\n{}", " ".repeat(column + 2)));
                }
                None if index == 0 => self.out.push_str(pad),
                None => self.out.push(' '),
            }
            if let Some(key) = key {
                let key = self.key(key);
                self.out.push_str(&format!("{key}: "));
            }
            match value {
                Value::Object(_) | Value::Array(_) => {
                    self.flow(value, lines.filter(|_| index % 2 == 0).map(|c| c + 2))
                }
                Value::String(text) => {
                    let written = self.scalar(text, true);
                    self.out.push_str(&written);
                }
                other => self.out.push_str(&other.to_string()),
            }
            let more = index + 1 < values.len();
            if more || (lines.is_some() && self.below(3) == 0) {
                self.out.push(',');
            }
        }
        match lines {
            Some(column) if !values.is_empty() => {
                self.comment();
                self.out.push_str(&format!("\n{}", " ".repeat(column + 1)));
            }
            _ if !values.is_empty() => self.out.push_str(pad),
            _ => {}
        }
        self.out.push(close);
    }

    fn key(&mut self, key: &str) -> String {
        let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.')
            && !matches!(key, "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null")
            && !key.starts_with('.');
        match self.below(6) {
            0 => serde_json::Value::from(key).to_string(),
            1 => format!("'{}'", key.replace('\'', "''")),
            _ if plain => key.to_owned(),
            _ => serde_json::Value::from(key).to_string(),
        }
    }

    /// A scalar of one line.
    fn scalar(&mut self, text: &str, flow: bool) -> String {
        let plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || b"/@._-".contains(&byte) || (byte == b':' && !flow)
            })
            && !text.ends_with(':')
            && serde_yaml::from_str::<serde_yaml::Value>(text).is_ok_and(|value| value.is_string())
            && !matches!(text.to_lowercase().as_str(), "y" | "n" | "yes" | "no" | "on" | "off");
        let single = !text.chars().any(char::is_control);
        match self.below(4) {
            0 | 1 if plain => text.to_owned(),
            0..=2 if single => format!("'{}'", text.replace('\'', "''")),
            _ => serde_json::Value::from(text).to_string(),
        }
    }
}
