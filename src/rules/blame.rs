//! Which fields of a mapping keep it from being a rule. Serde tells the first mistake and not its place, so each field
//! is tried alone, in a rule that is otherwise sound.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::model::{Rule, RuleFile};

/// A field, and what is wrong with it.
pub(super) type Mistake = (String, String);

type Fields = Map<String, Value>;

/// What is wrong with a file's own fields, `rules` left out.
pub(super) fn file(fields: &Fields) -> Vec<Mistake> {
    let sound = object(json!({"provider": "", "references": [], "rules": []}));
    let mut mistakes = wrong::<RuleFile>(fields, &sound);
    if !fields.contains_key("provider") {
        mistakes.push(("provider".to_owned(), "missing".to_owned()));
    }
    mistakes
}

/// What is wrong with a rule's fields, and the rule without them, what is missing filled in.
pub(super) fn rule(fields: &Fields) -> (Option<Rule>, Vec<Mistake>) {
    let sound = object(json!({
        "id": "sound", "title": "Sound", "severity": "low", "examples": ["sound"], "negative_examples": ["sound"],
    }));
    let mut mistakes = wrong::<Rule>(fields, &sound);
    let mut left = fields.clone();
    for (field, _) in &mistakes {
        leave_out(&mut left, field);
    }
    for (field, value) in &sound {
        if !fields.contains_key(field) {
            mistakes.push((field.clone(), "missing".to_owned()));
        }
        left.entry(field).or_insert_with(|| value.clone());
    }
    (Rule::deserialize(Value::Object(left)).ok(), mistakes)
}

/// Takes out a field; of a list of words the one item only, so that the others can be checked.
fn leave_out(fields: &mut Fields, field: &str) {
    let (name, item) = field.split_once('[').unwrap_or((field, ""));
    let number = item.trim_end_matches(']').parse::<usize>().ok();
    let list = fields.get_mut(name).and_then(Value::as_array_mut);
    match number.and_then(|number| list?.get_mut(number)) {
        Some(item) if !item.is_object() => *item = json!("sound"),
        _ => {
            fields.remove(name);
        }
    }
}

fn object(value: Value) -> Fields {
    value.as_object().cloned().unwrap_or_default()
}

/// Each field that does not fit a `T` which is `sound` but for it; of a list, each item that does not.
fn wrong<T: for<'de> Deserialize<'de>>(fields: &Fields, sound: &Fields) -> Vec<Mistake> {
    let refusal = |field: &str, value: Value| {
        let mut whole = sound.clone();
        whole.insert(field.to_owned(), value);
        T::deserialize(Value::Object(whole)).err().map(|error| error.to_string())
    };
    let mut mistakes = Vec::new();
    for (field, value) in fields {
        let Some(message) = refusal(field, value.clone()) else { continue };
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let before = mistakes.len();
        // A list in the wrong place is not wrong in its items.
        if refusal(field, json!([])).is_none() {
            for (number, item) in items.iter().enumerate() {
                let refused = refusal(field, json!([item]));
                mistakes.extend(refused.map(|message| (format!("{field}[{number}]"), message)));
            }
        }
        if mistakes.len() == before {
            mistakes.push((field.clone(), message));
        }
    }
    mistakes
}
