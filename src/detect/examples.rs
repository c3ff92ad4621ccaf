//! Runs the scanner over the examples of rules: what a rule promises, held against what it does.

use super::engine::Engine;
use super::scanner::{Scanner, Text};
use crate::rules::model::Rule;

/// An example that does not do what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The field and number: `examples[2]`.
    pub field: String,
    /// What went wrong.
    pub message: String,
}

/// The examples of `rule` that fail: those in which nothing is found under its id, and negative ones in which
/// something is. `engine` holds the rule beside all others that are in force, since one may take another's value.
pub fn failing(engine: &Engine, rule: &Rule) -> Vec<Failure> {
    let mut scanner = Scanner::new(engine);
    let mut under = |text: &str| {
        let found = scanner.scan(&Text::whole(text.as_bytes()));
        found.iter().map(|candidate| engine.rule(candidate.rule).id.clone()).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for (number, text) in rule.examples.iter().enumerate() {
        let ids = under(text);
        if !ids.contains(&rule.id) {
            let instead = ids.first().map(|id| format!(": it is found as {id}")).unwrap_or_default();
            let message = format!("the rule does not find it{instead}");
            all.push(Failure { field: format!("examples[{number}]"), message });
        }
    }
    for (number, text) in rule.negative_examples.iter().enumerate() {
        if under(text).contains(&rule.id) {
            let message = "the rule finds something in it".to_owned();
            all.push(Failure { field: format!("negative_examples[{number}]"), message });
        }
    }
    all
}
