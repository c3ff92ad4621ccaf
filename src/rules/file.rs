//! Reads the project's own rule files: YAML whose every mistake is told, with its line and field.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::blame;
use super::check;
use super::model::Rule;
use super::problem::{Problem, Problems};
use crate::span::{Position, Span};
use crate::yaml::node::{Node, Value as Yaml};
use crate::yaml::parse;

/// A rule, and where it stands.
pub struct Placed {
    /// The rule.
    pub rule: Rule,
    /// File and line of its id: `rules/github.yml:7`.
    pub place: String,
}

/// Reads files, one after the other; ids are unique over all of them.
#[derive(Default)]
pub struct Reader {
    rules: Vec<Placed>,
    problems: Vec<Problem>,
    /// Where each id was first seen.
    ids: HashMap<String, String>,
}

impl Reader {
    /// Reads a file. Mistakes are kept for [`Reader::finish`].
    pub fn read(&mut self, file: &str, text: &str) {
        let stream = parse::parse(text.as_bytes());
        let before = self.problems.len();
        let mut told = Told { file, text, problems: &mut self.problems };
        for error in &stream.errors {
            told.at_line(error.at.line, String::new(), error.message.clone());
        }
        match stream.documents.as_slice() {
            _ if !stream.errors.is_empty() => {}
            [document] => read_file(&document.root, &mut told, &mut self.rules, &mut self.ids),
            _ => {
                told.at_line(1, String::new(), "a rule file is one document: `provider:` and `rules:`".into())
            }
        }
        self.problems[before..].sort_by_key(|problem| problem.line);
    }

    /// The rules of all files, if there was no mistake.
    pub fn finish(self) -> Result<Vec<Placed>, Problems> {
        if self.problems.is_empty() { Ok(self.rules) } else { Err(Problems(self.problems)) }
    }
}

/// Where mistakes of one file go.
struct Told<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Told<'_> {
    fn at_line(&mut self, line: u64, field: String, message: String) {
        self.problems.push(Problem { file: self.file.to_owned(), line, field, message });
    }

    fn at(&mut self, span: Span, field: String, message: String) {
        self.at_line(self.line(span), field, message);
    }

    fn line(&self, span: Span) -> u64 {
        Position::START.after(self.text.as_bytes().get(..span.start).unwrap_or_default()).line
    }
}

fn read_file(root: &Node, told: &mut Told<'_>, rules: &mut Vec<Placed>, ids: &mut HashMap<String, String>) {
    twice(root, "", told);
    let Value::Object(mut fields) = to_json(root) else {
        return told.at(root.span, String::new(), "not a mapping with `provider:` and `rules:`".into());
    };
    fields.remove("rules");
    for (field, message) in blame::file(&fields) {
        told.at(field_span(root, &field), field, message);
    }
    let shared: Vec<String> =
        fields.remove("references").and_then(|list| Vec::deserialize(list).ok()).unwrap_or_default();
    let Some(list) = root.get("rules").filter(|list| matches!(list.resolved().value, Yaml::Sequence(_)))
    else {
        return told.at(field_span(root, "rules"), "rules".into(), "there is no list of rules".into());
    };
    for (number, node) in list.items().iter().enumerate() {
        let Some(mut rule) = read_rule(node, number, told) else { continue };
        let line = told.line(field_span(node, "id"));
        let place = format!("{}:{line}", told.file);
        if let Some(first) = ids.get(&rule.id) {
            let message = format!("`{}` is the id of another rule, at {first}", rule.id);
            told.at_line(line, format!("rules[{number}].id"), message);
        } else {
            ids.insert(rule.id.clone(), place.clone());
        }
        if rule.references.is_empty() {
            rule.references.clone_from(&shared);
        }
        rules.push(Placed { rule, place });
    }
}

/// The rule, if it could be read; it may still have mistakes.
fn read_rule(node: &Node, number: usize, told: &mut Told<'_>) -> Option<Rule> {
    let path = format!("rules[{number}]");
    twice(node, &path, told);
    let Value::Object(fields) = to_json(node) else {
        told.at(node.span, path, "a rule is a mapping with `id:`, `title:`, …".into());
        return None;
    };
    let (rule, mistakes) = match Rule::deserialize(Value::Object(fields.clone())) {
        Ok(rule) => {
            let mistakes = check::mistakes(&rule);
            (Some(rule), mistakes)
        }
        Err(_) => {
            let (sound, mut mistakes) = blame::rule(&fields);
            // What could be read of it is checked as well, but for the fields that are known to be wrong.
            let mut also = sound.map(|rule| check::mistakes(&rule)).unwrap_or_default();
            also.retain(|(field, _)| mistakes.iter().all(|(known, _)| known != field));
            mistakes.extend(also);
            (None, mistakes)
        }
    };
    for (field, message) in mistakes {
        told.at(field_span(node, &field), format!("{path}.{field}"), message);
    }
    rule
}

/// A key that stands twice: the first of them would say nothing.
fn twice(node: &Node, path: &str, told: &mut Told<'_>) {
    for (i, entry) in node.entries().iter().enumerate() {
        let Some(key) = entry.key.text() else { continue };
        if node.entries()[..i].iter().any(|earlier| earlier.is(key)) {
            let dot = if path.is_empty() { "" } else { "." };
            told.at(entry.key.span, format!("{path}{dot}{key}"), "stands twice".into());
        }
    }
}

/// Where the field `name` or `name[2]` of a mapping stands; the mapping itself where it does not.
fn field_span(node: &Node, field: &str) -> Span {
    let (name, item) = field.split_once('[').unwrap_or((field, ""));
    let Some(entry) = node.entries().iter().find(|entry| entry.is(name)) else { return node.span };
    let number = item.trim_end_matches(']').parse::<usize>().ok();
    let item = number.and_then(|number| entry.value.items().get(number));
    item.map_or(entry.key.span, |item| item.span)
}

/// The node as serde understands it: what has no quotes may be a number, a boolean or nothing.
fn to_json(node: &Node) -> Value {
    match &node.resolved().value {
        Yaml::Mapping(entries) => {
            let pair = |entry: &crate::yaml::node::Entry| {
                (entry.key.text().unwrap_or_default().to_owned(), to_json(&entry.value))
            };
            Value::Object(entries.iter().map(pair).collect::<Map<_, _>>())
        }
        Yaml::Sequence(items) => Value::Array(items.iter().map(to_json).collect()),
        Yaml::Scalar(scalar) if scalar.is_null() => Value::Null,
        Yaml::Scalar(scalar) if scalar.style == crate::yaml::node::Style::Plain => plain(&scalar.text),
        Yaml::Scalar(scalar) => json!(&*scalar.text),
        Yaml::Anchor(_) | Yaml::Alias(_) => Value::Null,
    }
}

fn plain(text: &str) -> Value {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
            let whole = text.parse::<i64>().map(Value::from).ok();
            whole.or_else(|| text.parse::<f64>().ok().map(Value::from)).unwrap_or_else(|| json!(text))
        }
        _ => json!(text),
    }
}
