//! Reads the TOML of gitleaks and betterleaks, which teams already have, as rules of ours. What can't be honoured is
//! named: one note each, with the rule's id.
//!
//! The format: <https://github.com/gitleaks/gitleaks#configuration>.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::check;
use super::go_syntax::from_go;
use super::literals;
use super::load::Rules;
use super::model::{Allow, NEAR_REACH, Rule, Shape, Target};
use super::problem::{Problem, Problems};
use crate::finding::{Confidence, Severity};

/// Fields that say nothing about what is found.
const SAYS_NOTHING: [&str; 5] = ["title", "description", "minVersion", "betterleaksMinVersion", "tags"];

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    extend: Extend,
    #[serde(default)]
    rules: Vec<Theirs>,
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Extend {
    use_default: bool,
    disabled_rules: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Theirs {
    id: String,
    description: Option<String>,
    regex: Option<String>,
    secret_group: Option<usize>,
    entropy: Option<f64>,
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AllowList {
    condition: String,
    commits: Vec<String>,
    paths: Vec<String>,
    regexes: Vec<String>,
    regex_target: String,
    stopwords: Vec<String>,
    target_rules: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

/// Whether a text looks like such a file.
pub(super) fn is_toml(file: &str, text: &str) -> bool {
    let heading =
        |line: &str| matches!(line.trim(), "[[rules]]" | "[extend]" | "[allowlist]" | "[[allowlists]]");
    file.to_ascii_lowercase().ends_with(".toml") || text.lines().any(heading)
}

/// Adds the file's rules to `rules`; one of the same id is replaced, and one without an expression adds its lists to
/// the rule of its id. Gives a note for each thing that could not be honoured.
pub(super) fn add(rules: &mut Rules, file: &str, text: &str) -> Result<Vec<String>, Problems> {
    let failed = |error: toml::de::Error| {
        let line =
            1 + error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count());
        let message = error.message().to_owned();
        Problems(vec![Problem { file: file.to_owned(), line: line as u64, field: String::new(), message }])
    };
    let read: File = toml::from_str(text).map_err(failed)?;
    let all: toml::Table = toml::from_str(text).map_err(failed)?;
    let mut notes = Notes { file, notes: Vec::new() };
    for key in all.keys() {
        let known = ["extend", "rules", "allowlist", "allowlists"].contains(&key.as_str());
        if !known && !SAYS_NOTHING.contains(&key.as_str()) {
            notes.add("", format!("`{key}` is not known"));
        }
    }
    disable(rules, &read.extend, &mut notes);
    let mut own = Vec::new();
    for theirs in read.rules {
        let id = theirs.id.clone();
        if theirs.regex.is_none() && extend(rules, &theirs, &mut notes) {
            own.push(id);
        } else if let Some(rule) = convert(theirs, &mut notes) {
            rules.put(rule);
            own.push(id);
        }
    }
    let everywhere = read.allowlist.into_iter().chain(read.allowlists).collect();
    for (allow, targets) in lists(everywhere, "", &mut notes) {
        // A list that stands outside of the rules is for the file's own, and for the built-in ones where they stand in
        // for gitleaks' default rules.
        let meant = |rule: &Rule| {
            if targets.is_empty() {
                read.extend.use_default || own.contains(&rule.id)
            } else {
                targets.contains(&rule.id)
            }
        };
        rules.rules.iter_mut().filter(|rule| meant(rule)).for_each(|rule| rule.allow.push(allow.clone()));
    }
    rules.digest_more(file, text);
    Ok(notes.notes)
}

struct Notes<'f> {
    file: &'f str,
    notes: Vec<String>,
}

impl Notes<'_> {
    fn add(&mut self, rule: &str, what: impl AsRef<str>) {
        let rule = if rule.is_empty() { String::new() } else { format!("rule {rule}: ") };
        self.notes.push(format!("{}: {rule}{}", self.file, what.as_ref()));
    }

    fn unknown(&mut self, rule: &str, rest: &BTreeMap<String, toml::Value>) {
        for key in rest.keys().filter(|key| !SAYS_NOTHING.contains(&key.as_str())) {
            self.add(rule, format!("`{key}` is not honoured"));
        }
    }
}

fn disable(rules: &mut Rules, extend: &Extend, notes: &mut Notes<'_>) {
    for key in extend.rest.keys() {
        notes.add("", format!("`extend.{key}` is not followed: give that file with --rules as well"));
    }
    for id in &extend.disabled_rules {
        let before = rules.rules.len();
        rules.rules.retain(|rule| rule.id != *id);
        if rules.rules.len() == before {
            let like = rules.nearest(id).map(|like| format!("; did you mean `{like}`?")).unwrap_or_default();
            notes.add("", format!("`extend.disabledRules`: there is no rule `{id}`{like}"));
        }
    }
}

/// Adds what a rule without an expression says to the rule of its id, if there is one.
fn extend(rules: &mut Rules, theirs: &Theirs, notes: &mut Notes<'_>) -> bool {
    if theirs.path.is_some() {
        return false;
    }
    let Some(known) = rules.rules.iter_mut().find(|rule| rule.id == theirs.id) else { return false };
    notes.unknown(&theirs.id, &theirs.rest);
    let more = theirs.allowlists.iter().chain(&theirs.allowlist).cloned().collect();
    known.allow.extend(lists(more, &theirs.id, notes).into_iter().map(|(allow, _)| allow));
    known.entropy = theirs.entropy.or(known.entropy);
    if !theirs.keywords.is_empty() {
        notes.add(&theirs.id, "`keywords` are those of the built-in rule");
    }
    true
}

/// A rule of ours, if its expression can be used.
fn convert(theirs: Theirs, notes: &mut Notes<'_>) -> Option<Rule> {
    let id = theirs.id;
    notes.unknown(&id, &theirs.rest);
    let Some(regex) = theirs.regex else {
        notes.add(&id, "left out: it has no `regex`, and finds files by their path alone");
        return None;
    };
    let regex = from_go(&regex);
    let understood =
        check::syntax(&regex).and_then(|hir| check::compile(&regex).map(|compiled| (hir, compiled)));
    let (hir, compiled) = match understood {
        Ok(both) => both,
        Err(message) => {
            notes.add(&id, format!("left out: `regex`: {message}"));
            return None;
        }
    };
    let group = theirs.secret_group.filter(|group| *group > 0);
    if let Some(group) = group.filter(|group| *group >= compiled.captures_len()) {
        notes.add(&id, format!("left out: `regex` has no group {group}, which `secretGroup` names"));
        return None;
    }
    let paths = usable(theirs.path.into_iter().collect(), &id, "path", notes);
    let (keywords, near) = prefilter(&id, theirs.keywords, &hir, notes)?;
    let own = theirs.allowlist.into_iter().chain(theirs.allowlists).collect();
    let allow = lists(own, &id, notes).into_iter().map(|(allow, _)| allow).collect();
    Some(Rule {
        title: theirs.description.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| id.clone()),
        id,
        severity: Severity::High,
        confidence: Confidence::Medium,
        keywords,
        near,
        shape: Shape::Expression,
        regex,
        group,
        paths,
        allow,
        entropy: theirs.entropy.filter(|least| *least > 0.0),
        checksum: None,
        binary: None,
        boundary: false,
        public_prefix: Some(0),
        references: Vec::new(),
        examples: Vec::new(),
        negative_examples: Vec::new(),
    })
}

/// What the prefilter looks for: keywords that every match contains, or words near the match.
fn prefilter(
    id: &str,
    theirs: Vec<String>,
    hir: &regex_syntax::hir::Hir,
    notes: &mut Notes<'_>,
) -> Option<(Vec<String>, Vec<String>)> {
    let (keywords, short): (Vec<_>, Vec<_>) =
        theirs.into_iter().partition(|keyword| keyword.len() >= literals::SHORTEST);
    let derived = literals::required(hir);
    if short.is_empty() && !keywords.is_empty() {
        if literals::contains_one(hir, &keywords) {
            return Some((keywords, Vec::new()));
        }
        // Theirs may stand anywhere in the file.
        notes.add(
            id,
            format!("its expression matches without its keywords: only what stands within {NEAR_REACH} bytes after one is found"),
        );
        return Some((Vec::new(), keywords));
    }
    if derived.is_none() {
        let why = if short.is_empty() { "has no keywords" } else { "has a keyword shorter than three bytes" };
        notes.add(
            id,
            format!("left out: it {why}, and its expression has no literal of three bytes in every match"),
        );
    }
    derived.map(|words| (words, Vec::new()))
}

/// The expressions that compile.
fn usable(regexes: Vec<String>, id: &str, field: &str, notes: &mut Notes<'_>) -> Vec<String> {
    let mut sound = Vec::new();
    for regex in regexes {
        let ours = from_go(&regex);
        match check::syntax(&ours).and_then(|_| check::compile(&ours)) {
            Ok(_) => sound.push(ours),
            Err(message) => notes.add(id, format!("`{field}`: `{regex}`: {message}")),
        }
    }
    sound
}

/// Lists of ours, each with the rules it is for.
fn lists(theirs: Vec<AllowList>, id: &str, notes: &mut Notes<'_>) -> Vec<(Allow, Vec<String>)> {
    let mut all = Vec::new();
    for list in theirs {
        notes.unknown(id, &list.rest);
        let and = matches!(list.condition.to_ascii_uppercase().as_str(), "AND" | "&&");
        if !list.commits.is_empty() {
            notes.add(id, "an allowlist's `commits` are not honoured");
            if and {
                // Without them it would let more pass than it says.
                continue;
            }
        }
        let target = match list.regex_target.as_str() {
            "match" => Target::Match,
            "line" => Target::Line,
            _ => Target::Secret,
        };
        let given = list.regexes.len() + list.paths.len();
        let regexes = usable(list.regexes, id, "regexes", notes);
        let paths = usable(list.paths, id, "paths", notes);
        if and && regexes.len() + paths.len() < given {
            notes.add(id, "an allowlist is left out, since it asks for all of its parts");
            continue;
        }
        all.push((Allow { regexes, target, stopwords: list.stopwords, paths, all: and }, list.target_rules));
    }
    all
}
