//! One value under several rules is one secret: what a provider's rule knows in one place, a guess sees in another.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::collect::Grouped;
use crate::detect::{Engine, judge};
use crate::finding::Severity;
use crate::rules::model::Shape;
use crate::secret::Secret;

/// Puts the places that a guess or a file's structure gave a value under the rule that knows best what it is. Rules
/// that each know a provider's form stay apart, and so do weak values: `postgres` here and there is two passwords.
pub(super) fn one_rule_a_value(engine: &Engine, grouped: Grouped) -> Grouped {
    let mut rules: BTreeMap<&Secret, Vec<usize>> = BTreeMap::new();
    for (rule, secret) in grouped.keys() {
        rules.entry(secret).or_default().push(*rule);
    }
    let several = rules.into_iter().filter(|(_, rules)| rules.len() > 1);
    let best: BTreeMap<Secret, usize> = several
        .filter(|(secret, _)| !judge::is_weak(&String::from_utf8_lossy(secret.reveal())))
        .filter_map(|(secret, rules)| {
            let best = rules.into_iter().min_by_key(|rule| rank(engine, *rule))?;
            Some((secret.clone(), best))
        })
        .collect();
    let mut merged = Grouped::new();
    for ((rule, secret), places) in grouped {
        let best = best.get(&secret).filter(|_| engine.rule(rule).shape != Shape::Expression);
        merged.entry((*best.unwrap_or(&rule), secret)).or_default().extend(places);
    }
    merged
}

/// The least one is kept: an expression, then a file's structure, then a guess; then the worse, then the earlier.
fn rank(engine: &Engine, number: usize) -> (u8, Reverse<Severity>, usize) {
    let rule = engine.rule(number);
    let shape = match rule.shape {
        Shape::Expression => 0,
        Shape::File => 1,
        Shape::Assignment => 2,
    };
    (shape, Reverse(rule.severity), number)
}
