//! The rule files, held to what they promise. Each test lists every offending rule at once.
#![allow(clippy::expect_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regex::bytes::{Regex, RegexBuilder};
use unbake::credentials;
use unbake::detect::checksum::{self, Outcome};
use unbake::rules::load;
use unbake::rules::model::{REGEX_SIZE_LIMIT, Rule, RuleFile, Shape};

/// A rule and where it was read.
struct Entry {
    file: String,
    references: usize,
    rule: Rule,
}

impl Entry {
    fn regex(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.rule.regex).unicode(false).size_limit(REGEX_SIZE_LIMIT).build()
    }

    /// The value that the rule takes from `text`, and what must hold a keyword: the whole match, or, for a word that
    /// stands near, the text.
    fn matched<'t>(&self, text: &'t str) -> Option<(&'t [u8], &'t [u8])> {
        let found = self.regex().ok()?.captures(text.as_bytes())?;
        let whole = found.get(0)?;
        let whole_bytes = if self.rule.near.is_empty() { whole.as_bytes() } else { text.as_bytes() };
        Some((found.name("secret").unwrap_or(whole).as_bytes(), whole_bytes))
    }

    fn outcome(&self, value: &[u8]) -> Outcome {
        let check = self.rule.checksum.as_deref().and_then(checksum::find);
        check.map_or(Outcome::Unknown, |check| check(value))
    }

    fn is_random_enough(&self, value: &[u8]) -> bool {
        self.rule.entropy.is_none_or(|least| entropy(value) >= least)
    }

    fn has_keyword(&self, text: &[u8]) -> bool {
        let lower = text.to_ascii_lowercase();
        self.rule.literals().any(|keyword| {
            lower.windows(keyword.len()).any(|part| part == keyword.to_ascii_lowercase().as_bytes())
        })
    }
}

/// Shannon entropy in bits a byte.
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&byte| counts[usize::from(byte)] += 1);
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) / total)
        .map(|p| -p * p.log2())
        .sum()
}

/// Every rule of every file but the generic one, which matches by name and not by shape.
fn entries() -> Vec<Entry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("rules/ is there").map(|file| file.expect("readable").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yml"));
    files.retain(|path| path.file_name().is_some_and(|name| name != "generic.yml"));
    files.sort();
    files.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(path).expect("a rule file is readable");
    let file: RuleFile =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let shared = file.references.len();
    file.rules
        .into_iter()
        .map(|rule| Entry { file: name.clone(), references: shared + rule.references.len(), rule })
        .collect()
}

/// Asks `offences` of every rule and fails with all the answers.
fn no_rule(offences: impl Fn(&Entry) -> Vec<String>) {
    let all: Vec<String> = entries()
        .iter()
        .flat_map(|entry| {
            let named = |offence| format!("{}: {}: {offence}", entry.file, entry.rule.id);
            offences(entry).into_iter().map(named).collect::<Vec<_>>()
        })
        .collect();
    assert!(all.is_empty(), "{} offences\n{}", all.len(), all.join("\n"));
}

/// The offence, if there is one.
fn offence(is: bool, what: impl Into<String>) -> Vec<String> {
    if is { vec![what.into()] } else { Vec::new() }
}

/// The binary holds what the files say: each rule, less its examples.
#[test]
fn the_binary_holds_the_rules_of_the_files() {
    let (mut documented, builtin) = (load::documented().expect("sound"), load::builtin().expect("sound"));
    for rule in &mut documented {
        rule.examples.clear();
        rule.negative_examples.clear();
    }
    let shown = |rules: &[Rule]| rules.iter().map(|rule| format!("{rule:?}")).collect::<Vec<_>>();
    assert_eq!(shown(&builtin.rules), shown(&documented));
    assert!(builtin.digest.starts_with("sha256:") && builtin.digest.len() == 71);
}

#[test]
fn there_are_as_many_rules_as_promised() {
    assert!(entries().len() >= 60);
}

#[test]
fn ids_are_unique() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries() {
        files.entry(entry.rule.id).or_default().push(entry.file);
    }
    files.retain(|_, files| files.len() > 1);
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn ids_are_kebab_case() {
    let shape = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").expect("compiles");
    no_rule(|entry| offence(!shape.is_match(entry.rule.id.as_bytes()), "not in kebab-case"));
}

#[test]
fn every_rule_has_a_title_references_and_examples() {
    no_rule(|entry| {
        let rule = &entry.rule;
        [
            offence(rule.title.trim().is_empty(), "has no title"),
            offence(entry.references == 0, "has no references"),
            offence(rule.examples.len() < 2, "has fewer than two examples"),
            offence(rule.negative_examples.len() < 2, "has fewer than two negative examples"),
        ]
        .concat()
    });
}

#[test]
fn checksums_exist() {
    no_rule(|entry| {
        let unknown = entry.rule.checksum.iter().filter(|name| checksum::find(name).is_none());
        unknown.map(|name| format!("there is no check {name}")).collect()
    });
}

/// Fewer than three bytes would stand everywhere.
#[test]
fn keywords_are_long_enough() {
    no_rule(|entry| {
        if entry.rule.shape == Shape::File {
            let has_any = !entry.rule.keywords.is_empty() || !entry.rule.regex.is_empty();
            return offence(has_any, "is of shape file and has keywords or an expression");
        }
        let short = entry.rule.literals().filter(|keyword| keyword.len() < 3);
        let short = short.map(|keyword| format!("keyword {keyword:?} is too short")).collect();
        [
            offence(entry.rule.literals().next().is_none(), "has no keyword"),
            offence(
                !entry.rule.keywords.is_empty() && !entry.rule.near.is_empty(),
                "has both `keywords` and `near`",
            ),
            short,
        ]
        .concat()
    });
}

#[test]
fn expressions_compile_and_name_nothing_but_the_secret() {
    no_rule(|entry| match entry.regex() {
        Err(error) => vec![error.to_string()],
        Ok(regex) => {
            let other = regex.capture_names().skip(1).filter(|name| *name != Some("secret"));
            other.map(|name| format!("has the group {}", name.unwrap_or("(unnamed)"))).collect()
        }
    });
}

#[test]
fn every_example_is_found() {
    no_rule(|entry| {
        if entry.rule.shape == Shape::File {
            let failing = credentials::examples::failing(&entry.rule).into_iter();
            return failing.map(|failure| format!("{}: {}", failure.field, failure.message)).collect();
        }
        let found = |text: &str| match entry.matched(text) {
            None => offence(true, format!("no match in {text}")),
            Some((value, whole)) => [
                offence(!entry.has_keyword(whole), format!("no keyword in the match in {text}")),
                offence(!entry.is_random_enough(value), format!("entropy {:.2} in {text}", entropy(value))),
                offence(entry.outcome(value) == Outcome::NotACredential, format!("dropped: {text}")),
            ]
            .concat(),
        };
        entry.rule.examples.iter().flat_map(|text| found(text)).collect()
    });
}

/// An example that shows what its check refuses would hide a mistake in the check.
#[test]
fn every_checksum_holds_for_an_example() {
    no_rule(|entry| {
        let outcomes: Vec<Outcome> = entry
            .rule
            .examples
            .iter()
            .filter_map(|text| entry.matched(text))
            .map(|(value, _)| entry.outcome(value))
            .collect();
        let holds = outcomes.contains(&Outcome::Valid) || !outcomes.contains(&Outcome::Invalid);
        offence(!holds, format!("{:?} is {outcomes:?}", entry.rule.checksum))
    });
}

#[test]
fn no_negative_example_is_found() {
    no_rule(|entry| {
        if entry.rule.shape == Shape::File {
            return Vec::new();
        }
        // Where a word must stand before its value, only the scanner itself knows: tests/detection.rs asks it.
        let found = |text: &&String| {
            entry.rule.near.is_empty()
                && entry.matched(text).is_some_and(|(value, _)| {
                    entry.is_random_enough(value) && entry.outcome(value) != Outcome::NotACredential
                })
        };
        entry.rule.negative_examples.iter().filter(found).map(|text| format!("match in {text}")).collect()
    });
}
