//! Properties of edits of generated texts, checked with another reader: what was to change has changed as it was
//! meant, and nothing else has.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use serde_json::Value;
use unbake::yaml::parse::parse;
use unbake::yaml::route::Route;
use unbake::yaml::splice::{Edit, Editor, Refusal, Shape, Where, apply};

use super::generated::{File, file};

/// One step from a collection to a child.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// All nodes below a value, each with the way to it.
fn nodes<'v>(value: &'v Value, way: &[Step], out: &mut Vec<(Vec<Step>, &'v Value)>) {
    out.push((way.to_vec(), value));
    let mut below = |step: Step, child: &'v Value| {
        let mut way = way.to_vec();
        way.push(step);
        nodes(child, &way, out);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| below(Step::Key(key.clone()), child)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, child)| below(Step::Index(index), child))
        }
        _ => {}
    }
}

fn route(way: &[Step]) -> Route {
    way.iter().fold(Route::default(), |route, step| match step {
        Step::Key(key) => route.key(key),
        Step::Index(index) => route.index(*index),
    })
}

fn at<'v>(root: &'v mut Value, way: &[Step]) -> &'v mut Value {
    way.iter().fold(root, |value, step| match step {
        Step::Key(key) => &mut value[key],
        Step::Index(index) => &mut value[*index],
    })
}

fn value_of(shape: &Shape) -> Value {
    match shape {
        Shape::Text(text) => Value::from(text.as_str()),
        Shape::Mapping(entries) => {
            entries.iter().map(|(key, shape)| (key.clone(), value_of(shape))).collect()
        }
        Shape::Sequence(items) => items.iter().map(value_of).collect(),
    }
}

/// The same mapping with another entry in the place of one; none takes it out.
fn exchanged(map: &serde_json::Map<String, Value>, key: &str, new: Option<(&str, Value)>) -> Value {
    let entries = map.iter().filter_map(|(own, value)| match (&new, own == key) {
        (Some((new, value)), true) => Some(((*new).to_owned(), value.clone())),
        (None, true) => None,
        _ => Some((own.clone(), value.clone())),
    });
    Value::Object(entries.collect())
}

/// What is done, with numbers that choose where.
#[derive(Debug, Clone)]
enum Action {
    ReplaceEntry(usize, Shape),
    ReplaceText(usize, String),
    InsertEntry(usize, usize, Shape),
    InsertItem(usize, usize, Shape),
    Remove(usize),
    Rename(usize),
}

fn shape() -> impl Strategy<Value = Shape> {
    let text =
        prop_oneof!["[a-z-]{1,8}", "[ -~]{0,10}", "[0-9]{1,3}|yes|~|-|é: #", "[a-z]{1,4}\n[a-z]{0,4}\n?"];
    text.prop_map(Shape::Text).prop_recursive(3, 12, 3, |inner| {
        let keys = ["name", "key", "it's: # é"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(move |shapes| {
                Shape::Mapping(keys.iter().map(|key| (*key).to_owned()).zip(shapes).collect())
            }),
            prop::collection::vec(inner, 0..3).prop_map(Shape::Sequence),
        ]
    })
}

fn action() -> impl Strategy<Value = Action> {
    let any = any::<usize>();
    let text = prop_oneof![
        "[a-z$()=-]{1,12}",
        "[ -~]{0,10}",
        "[0-9]{1,3}|yes|~|-|é😀|\t|\u{2028}",
        "[a-z]{1,4}\n\n?[a-z]{0,4}\n?\n?"
    ];
    prop_oneof![
        3 => (any, shape()).prop_map(|(node, shape)| Action::ReplaceEntry(node, shape)),
        3 => (any, text).prop_map(|(node, text)| Action::ReplaceText(node, text)),
        2 => (any, any, shape()).prop_map(|(node, at, shape)| Action::InsertEntry(node, at, shape)),
        2 => (any, any, shape()).prop_map(|(node, at, shape)| Action::InsertItem(node, at, shape)),
        2 => any.prop_map(Action::Remove),
        1 => any.prop_map(Action::Rename),
    ]
}

/// The key that actions bring.
const NEW: &str = "valueFrom";

/// An edit, the route that changes, and the document as it has to be afterwards.
type Done = (Result<Edit, Refusal>, String, Value);

/// Does it; none where the document has nothing on which it could be done.
fn act(editor: &Editor<'_>, document: &Value, action: &Action) -> Option<Done> {
    let mut all = Vec::new();
    nodes(document, &[], &mut all);
    let mut wanted = document.clone();
    let choose = |index: usize, fits: &dyn Fn(&[Step], &Value) -> bool| {
        let fitting: Vec<_> = all.iter().filter(|(way, value)| fits(way, value)).collect();
        (!fitting.is_empty()).then(|| fitting[index % fitting.len()].0.clone())
    };
    let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
    let keyed = |way: &[Step]| matches!(way.last(), Some(Step::Key(_)));
    match action {
        Action::ReplaceEntry(index, shape) => {
            let way = choose(*index, &|way, value| keyed(way) && is_scalar(value))?;
            let (Some(Step::Key(key)), above) = (way.last(), &way[..way.len() - 1]) else { return None };
            let parent = at(&mut wanted, above);
            *parent = exchanged(parent.as_object()?, key, Some((NEW, value_of(shape))));
            let route = route(&way).to_string();
            Some((editor.replace_entry(&route, NEW, shape), route, wanted))
        }
        Action::ReplaceText(index, text) => {
            let way = choose(*index, &|_, value| is_scalar(value) && !value.is_null())?;
            *at(&mut wanted, &way) = Value::from(text.as_str());
            let route = route(&way).to_string();
            Some((editor.replace_text(&route, text), route, wanted))
        }
        Action::InsertEntry(index, place, shape) => {
            let way = choose(*index, &|way, value| value.is_object() || (value.is_null() && keyed(way)))?;
            let node = at(&mut wanted, &way);
            let mut entries: Vec<(String, Value)> = node
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let position = place % (entries.len() + 1);
            let before = position.checked_sub(1).map(|before| entries[before].0.clone());
            let behind = entries.get(position).map(|entry| entry.0.clone());
            let at = match (&before, &behind) {
                (Some(before), _) if place % 3 == 0 => Where::AfterKey(before),
                (_, Some(behind)) => Where::BeforeKey(behind),
                _ => Where::Last,
            };
            entries.insert(position, (NEW.to_owned(), value_of(shape)));
            *node = Value::Object(entries.into_iter().collect());
            let edit = editor.insert_entry(&route(&way).to_string(), &at, NEW, shape);
            Some((edit, route(&way).key(NEW).to_string(), wanted))
        }
        Action::InsertItem(index, place, shape) => {
            let way = choose(*index, &|way, value| value.is_array() || (value.is_null() && keyed(way)))?;
            let node = at(&mut wanted, &way);
            let mut items = node.as_array().cloned().unwrap_or_default();
            let position = place % (items.len() + 1);
            items.insert(position, value_of(shape));
            *node = Value::from(items);
            let edit = editor.insert_item(&route(&way).to_string(), &Where::BeforeItem(position), shape);
            Some((edit, route(&way).index(position).to_string(), wanted))
        }
        Action::Remove(index) => {
            let way = choose(*index, &|way, _| !way.is_empty())?;
            let (last, above) = way.split_last()?;
            let parent = at(&mut wanted, above);
            match last {
                Step::Key(key) => *parent = exchanged(parent.as_object()?, key, None),
                Step::Index(index) => drop(parent.as_array_mut()?.remove(*index)),
            }
            let route = route(&way).to_string();
            Some((editor.remove(&route), route, wanted))
        }
        Action::Rename(index) => {
            let way = choose(*index, &|way, _| keyed(way))?;
            let (Some(Step::Key(key)), above) = (way.last(), &way[..way.len() - 1]) else { return None };
            let parent = at(&mut wanted, above);
            let value = parent[key].clone();
            *parent = exchanged(parent.as_object()?, key, Some((NEW, value)));
            let route = route(&way).to_string();
            Some((editor.rename(&route, NEW), route, wanted))
        }
    }
}

/// What an independent reader finds in a text; texts and numbers are told apart, and the order of keys counts.
fn read(text: &str) -> Result<Vec<Value>, String> {
    let documents = serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    documents.map(|one| serde::Deserialize::deserialize(one).map_err(|error| error.to_string())).collect()
}

/// The same with `{{` in it is refused.
fn templated(text: &str) -> bool {
    text.contains("{{")
}

static CASES: AtomicUsize = AtomicUsize::new(0);
static EDITS: AtomicUsize = AtomicUsize::new(0);

fn check(file: &File, document: usize, actions: &[Action]) -> Result<(), TestCaseError> {
    let text = file.text();
    prop_assume!(!templated(&text));
    let before = read(&text);
    prop_assert_eq!(before.as_deref(), Ok(&file.documents[..]), "the generator wrote\n{}", text);
    CASES.fetch_add(1, Ordering::Relaxed);
    let (mut text, mut documents) = (text, file.documents.clone());
    let index = document % documents.len();
    for action in actions {
        let stream = parse(text.as_bytes());
        prop_assert_eq!(stream.documents.len(), documents.len(), "{}", text);
        let editor = Editor::new(text.as_bytes(), &stream.documents[index]);
        let Some((edit, route, wanted)) = act(&editor, &documents[index], action) else { continue };
        // An entry of this name may have come by an action before.
        if let Err(Refusal::Twice(_)) = edit {
            continue;
        }
        let edit = edit.map_err(|refusal| TestCaseError::fail(format!("{route}: {refusal}\n{text}")))?;
        let (head, tail) = (&text.as_bytes()[..edit.span.start], &text.as_bytes()[edit.span.end..]);
        let after = apply(text.as_bytes(), std::slice::from_ref(&edit), &[(index, route.clone())]).map_err(
            |refusal| TestCaseError::fail(format!("{route}: {refusal}\n{text}\n=== {}", edit.text)),
        )?;
        prop_assert!(after.starts_with(head) && after.ends_with(tail));
        let after = String::from_utf8(after).unwrap();
        // A text of one line has no line end that one could follow.
        let mixed = after.contains("\r\n") && after.replace("\r\n", "").contains('\n');
        prop_assert!(!mixed || !text.contains('\n'), "mixed line ends\n{}", after);
        documents[index] = wanted;
        let found = read(&after);
        prop_assert_eq!(
            found.as_deref(),
            Ok(&documents[..]),
            "{:?} at {} made of\n{}\nthis\n{}",
            action,
            route,
            text,
            after
        );
        if file.layout.json.is_some() {
            let json = serde_json::from_str::<Value>(after.trim_start_matches('\u{feff}')).ok();
            prop_assert_eq!(json.as_ref(), Some(&documents[0]), "no JSON any more\n{}", after);
        }
        EDITS.fetch_add(1, Ordering::Relaxed);
        text = after;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// One edit after the other.
    #[test]
    fn edits_do_what_is_asked_and_nothing_else(file in file(), document in any::<usize>(), actions in prop::collection::vec(action(), 1..4)) {
        check(&file, document, &actions)?;
    }
}
