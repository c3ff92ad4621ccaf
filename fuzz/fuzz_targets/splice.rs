//! Any edit of any text is refused, or dropped, or does exactly what was asked: the tree read from the result is that
//! of a plain list of nodes on which the same was done.
//!
//! The first four bytes choose what is done, the rest is the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unbake::yaml::node::{Node, Style, Value};
use unbake::yaml::parse::{Stream, parse};
use unbake::yaml::route::Route;
use unbake::yaml::splice::{Editor, Shape, Where, apply_to};

/// A node without its bytes. Of a new text it is not said how it is written.
#[derive(Clone, Debug)]
enum Model {
    Scalar { text: String, style: Option<Style> },
    Mapping(Vec<(Model, Model)>),
    Sequence(Vec<Model>),
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar { text, style }, Self::Scalar { text: other, style: written }) => {
                text == other && (style == written || style.is_none() || written.is_none())
            }
            (Self::Mapping(one), Self::Mapping(other)) => one == other,
            (Self::Sequence(one), Self::Sequence(other)) => one == other,
            _ => false,
        }
    }
}

fn model(node: &Node) -> Model {
    match &node.value {
        Value::Scalar(scalar) => Model::Scalar { text: scalar.text.to_string(), style: Some(scalar.style) },
        Value::Anchor(target) | Value::Alias(target) => model(target),
        Value::Sequence(items) => Model::Sequence(items.iter().map(model).collect()),
        Value::Mapping(entries) => {
            Model::Mapping(entries.iter().map(|entry| (model(&entry.key), model(&entry.value))).collect())
        }
    }
}

fn new(text: &str) -> Model {
    Model::Scalar { text: text.to_owned(), style: None }
}

fn shaped(shape: &Shape) -> Model {
    match shape {
        Shape::Text(text) => new(text),
        Shape::Mapping(entries) => {
            Model::Mapping(entries.iter().map(|(key, shape)| (new(key), shaped(shape))).collect())
        }
        Shape::Sequence(items) => Model::Sequence(items.iter().map(shaped).collect()),
    }
}

/// Numbers that the input decides.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn text(&mut self) -> String {
        const TEXTS: [&str; 14] = [
            "db-password", "", "0123", "yes", "a: b", "it's # here", "x\ny\n", "\"q\"", "é😀", " lead", "- dash",
            "tab\there", "{a}, [b]", "one\n\ntwo",
        ];
        TEXTS[self.below(TEXTS.len())].to_owned()
    }

    fn shape(&mut self, depth: usize) -> Shape {
        match self.below(if depth > 2 { 1 } else { 4 }) {
            0 => Shape::Text(self.text()),
            1 => Shape::Sequence((0..self.below(3)).map(|_| self.shape(depth + 1)).collect()),
            _ => {
                let keys = ["name", "key", "it's"];
                let count = self.below(keys.len() + 1);
                Shape::Mapping(keys[..count].iter().map(|key| ((*key).to_owned(), self.shape(depth + 1))).collect())
            }
        }
    }
}

/// A way from the root, and the same as a route.
fn pick(root: &Node, choices: &mut Choices) -> (Vec<usize>, Route) {
    let (mut node, mut way, mut route) = (root, Vec::new(), Route::default());
    loop {
        node = node.resolved();
        let count = node.entries().len() + node.items().len();
        if count == 0 || (!way.is_empty() && choices.below(6) == 0) {
            return (way, route);
        }
        let index = choices.below(count);
        match &node.value {
            Value::Mapping(entries) => {
                let Some(key) = entries[index].key.scalar() else { return (way, route) };
                route = route.key(&key.text);
                node = &entries[index].value;
            }
            _ => {
                route = route.index(index);
                node = &node.items()[index];
            }
        }
        way.push(index);
    }
}

fn at<'m>(root: &'m mut Model, way: &[usize]) -> &'m mut Model {
    way.iter().fold(root, |node, &index| match node {
        Model::Mapping(entries) => &mut entries[index].1,
        Model::Sequence(items) => &mut items[index],
        Model::Scalar { .. } => unreachable!("a way leads through collections"),
    })
}

/// Does one thing to the text; `None` if it was refused or dropped.
fn step(text: &[u8], stream: &Stream, choices: &mut Choices) -> Option<Vec<u8>> {
    let document = stream.documents.get(choices.below(stream.documents.len()))?;
    let editor = Editor::new(text, document);
    let (way, route) = pick(&document.root, choices);
    let mut wanted = model(&document.root);
    let mut changed = route.to_string();
    let (key, shape) = (choices.text(), choices.shape(0));
    let edit = match choices.below(6) {
        0 => {
            let edit = editor.replace_entry(&changed, &key, &shape).ok()?;
            let (last, above) = way.split_last()?;
            let Model::Mapping(entries) = at(&mut wanted, above) else { panic!("an item has no key") };
            entries[*last] = (new(&key), shaped(&shape));
            edit
        }
        1 => {
            let edit = editor.replace_text(&changed, &key).ok()?;
            *at(&mut wanted, &way) = new(&key);
            edit
        }
        2 => {
            let edit = editor.remove(&changed).ok()?;
            let (last, above) = way.split_last()?;
            match at(&mut wanted, above) {
                Model::Mapping(entries) => drop(entries.remove(*last)),
                Model::Sequence(items) => drop(items.remove(*last)),
                Model::Scalar { .. } => panic!("a scalar has no children"),
            }
            edit
        }
        3 => {
            let edit = editor.rename(&changed, &key).ok()?;
            let (last, above) = way.split_last()?;
            let Model::Mapping(entries) = at(&mut wanted, above) else { panic!("an item has no key") };
            entries[*last].0 = new(&key);
            edit
        }
        4 => {
            let node = at(&mut wanted, &way);
            let keys: Vec<String> = match node {
                Model::Mapping(entries) => entries.iter().map(|(key, _)| match key {
                    Model::Scalar { text, .. } => text.clone(),
                    _ => String::new(),
                }).collect(),
                _ => Vec::new(),
            };
            let neighbour = choices.below(keys.len());
            let (place, index) = match (choices.below(3), keys.get(neighbour)) {
                (0, Some(key)) if keys.iter().position(|other| other == key) == Some(neighbour) => {
                    (Where::BeforeKey(key), neighbour)
                }
                (1, Some(key)) if keys.iter().position(|other| other == key) == Some(neighbour) => {
                    (Where::AfterKey(key), neighbour + 1)
                }
                _ => (Where::Last, keys.len()),
            };
            let edit = editor.insert_entry(&changed, &place, &key, &shape).ok()?;
            let entry = (new(&key), shaped(&shape));
            match node {
                Model::Mapping(entries) => entries.insert(index, entry),
                empty => *empty = Model::Mapping(vec![entry]),
            }
            changed = route.key(&key).to_string();
            edit
        }
        _ => {
            let node = at(&mut wanted, &way);
            let count = if let Model::Sequence(items) = node { items.len() } else { 0 };
            let index = choices.below(count + 1);
            let edit = editor.insert_item(&changed, &Where::BeforeItem(index), &shape).ok()?;
            match node {
                Model::Sequence(items) => items.insert(index, shaped(&shape)),
                empty => *empty = Model::Sequence(vec![shaped(&shape)]),
            }
            changed = route.index(index).to_string();
            edit
        }
    };
    let (before, behind) = (&text[..edit.span.start], &text[edit.span.end..]);
    let result = apply_to(text, stream, std::slice::from_ref(&edit), &[(document.index, changed)]).ok()?;
    assert!(result.starts_with(before) && result.ends_with(behind));
    let read = parse(&result);
    let found = read.documents.iter().find(|one| one.index == document.index).map(|one| model(&one.root));
    assert_eq!(found.as_ref(), Some(&wanted), "{:?}\n{:?}", text.escape_ascii().to_string(), result.escape_ascii().to_string());
    Some(result)
}

fuzz_target!(|data: &[u8]| {
    let Some((seed, text)) = data.split_first_chunk::<4>() else { return };
    let mut choices = Choices(u64::from(u32::from_le_bytes(*seed)) | 1 << 40);
    let mut text = text.to_vec();
    for _ in 0..4 {
        let stream = parse(&text);
        if stream.documents.is_empty() {
            return;
        }
        if let Some(result) = step(&text, &stream, &mut choices) {
            text = result;
        }
    }
});
