//! The rules made ready: keywords in the prefilter, expressions waiting to be compiled.

use std::collections::BTreeMap;

use super::allowlist::Allowed;
use super::assignment;
use super::checksum::{self, Check, Outcome};
use super::decode::Trigger;
use super::matcher::Matcher;
use super::prefilter::Prefilter;
use crate::rules::load::Rules;
use crate::rules::model::{Rule, Shape};
use crate::secret::Secret;

/// Rules that can't be made ready.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The check does not exist.
    #[error("rule {rule}: there is no checksum `{name}`")]
    Checksum {
        /// Id of the rule.
        rule: String,
        /// The name it gave.
        name: String,
    },
    /// A keyword can't be looked for.
    #[error("rule {rule}: keyword `{keyword}` is shorter than three bytes")]
    Keyword {
        /// Id of the rule.
        rule: String,
        /// The keyword.
        keyword: String,
    },
}

/// What a keyword's hit sets off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The expression of this rule.
    Expression(u16),
    /// The expression of this rule, on what follows.
    Near(u16),
    /// A look whether it is `name = value`, for this rule.
    Assignment(u16),
    /// Decoding of the text round it.
    Decode(Trigger),
    /// A note that the text may be a manifest.
    Manifest,
}

/// A rule with its check and its expression.
pub(super) struct Ready {
    pub(super) rule: Rule,
    pub(super) check: Option<Check>,
    pub(super) matcher: Matcher,
    pub(super) allowed: Allowed,
}

/// A keyword and what it sets off.
pub(super) struct Keyword {
    pub(super) len: usize,
    pub(super) uses: Vec<Use>,
}

/// Everything that scanners share.
pub struct Engine {
    pub(super) rules: Vec<Ready>,
    pub(super) keywords: Vec<Keyword>,
    /// All keywords.
    pub(super) text: Prefilter,
    /// Those that can stand in machine code; a word that can only stand in text costs a confirmation at every
    /// chance hit, and says nothing there.
    pub(super) binary: Prefilter,
    /// Whether a rule asks for the path of a file.
    pub(super) by_path: bool,
    digest: String,
}

impl Engine {
    /// Makes rules ready. No expression is compiled here.
    pub fn new(rules: Rules) -> Result<Self, Error> {
        let mut uses: BTreeMap<Vec<u8>, (bool, Vec<Use>)> = BTreeMap::new();
        let mut ready = Vec::new();
        let mut by_path = false;
        for (number, rule) in rules.rules.into_iter().enumerate() {
            let check = rule.checksum.as_deref().map(|name| check_of(&rule, name)).transpose()?;
            let number = number as u16;
            let setting_off = match rule.shape {
                Shape::Expression if !rule.near.is_empty() => Some(Use::Near(number)),
                Shape::Expression => Some(Use::Expression(number)),
                Shape::Assignment => Some(Use::Assignment(number)),
                Shape::File => None,
            };
            for keyword in rule.literals() {
                if keyword.len() < 3 {
                    return Err(Error::Keyword { rule: rule.id.clone(), keyword: keyword.clone() });
                }
                let entry = uses.entry(keyword.to_ascii_lowercase().into_bytes()).or_default();
                entry.0 |= rule.in_binaries();
                entry.1.extend(setting_off);
            }
            by_path |= rule.paths.len() + rule.allow.iter().map(|allow| allow.paths.len()).sum::<usize>() > 0;
            ready.push(Ready { rule, check, matcher: Matcher::default(), allowed: Allowed::default() });
        }
        for (keyword, trigger) in Trigger::KEYWORDS {
            uses.entry(keyword.to_vec()).or_default().1.push(Use::Decode(*trigger));
        }
        uses.entry(b"apiversion".to_vec()).or_default().1.push(Use::Manifest);
        let numbered =
            || uses.iter().enumerate().map(|(n, (k, (binary, _)))| (n as u16, k.as_slice(), *binary));
        let all: Vec<(u16, &[u8])> = numbered().map(|(n, k, _)| (n, k)).collect();
        let in_binaries: Vec<(u16, &[u8])> =
            numbered().filter(|(.., b)| *b).map(|(n, k, _)| (n, k)).collect();
        let (text, binary) = (Prefilter::new(&all), Prefilter::new(&in_binaries));
        let keywords = uses.into_iter().map(|(k, (_, uses))| Keyword { len: k.len(), uses }).collect();
        Ok(Self { rules: ready, keywords, text, binary, by_path, digest: rules.digest })
    }

    /// The rule that a candidate names.
    pub fn rule(&self, number: usize) -> &Rule {
        &self.rules[number].rule
    }

    /// All rules, by number.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|ready| &ready.rule)
    }

    /// Whether the value carries a checksum or a structure that holds.
    pub fn confirms(&self, rule: usize, secret: &Secret) -> bool {
        self.rules[rule].check.is_some_and(|check| check(secret.reveal()) == Outcome::Valid)
    }

    /// The rule for `name = value`, which also judges the fields of manifests.
    pub fn assignment_rule(&self) -> Option<usize> {
        self.number_of(assignment::RULE)
    }

    /// The number of the rule of this id.
    pub fn number_of(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|r| r.rule.id == id)
    }

    /// Digest of the rules' text.
    pub fn ruleset(&self) -> &str {
        &self.digest
    }
}

fn check_of(rule: &Rule, name: &str) -> Result<Check, Error> {
    checksum::find(name).ok_or_else(|| Error::Checksum { rule: rule.id.clone(), name: name.to_owned() })
}
