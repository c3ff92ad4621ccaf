//! What a rule must be beyond its types.

use regex::bytes::RegexBuilder;
use regex_syntax::hir::Hir;

use super::blame::Mistake;
use super::literals::SHORTEST;
use super::load::nearest;
use super::model::{REGEX_SIZE_LIMIT, Rule, Shape};
use crate::detect::checksum;

/// The size up to which it is found out how large an expression is that is too large.
const LARGEST_TRIED: usize = 64 << 20;

/// All that is wrong with a rule, by field.
pub(super) fn mistakes(rule: &Rule) -> Vec<Mistake> {
    let mut all = Vec::new();
    if !is_kebab_case(&rule.id) {
        all.push((
            "id".to_owned(),
            format!("`{}` is not in kebab-case (small letters, digits, dashes)", rule.id),
        ));
    }
    for (field, empty) in [
        ("title", rule.title.trim().is_empty()),
        ("examples", rule.examples.is_empty()),
        ("negative_examples", rule.negative_examples.is_empty()),
    ] {
        if empty {
            all.push((field.to_owned(), "empty".to_owned()));
        }
    }
    all.extend(keywords(rule));
    if rule.shape == Shape::Expression {
        all.extend(expression(&rule.regex, true).err().map(|message| ("regex".to_owned(), message)));
    }
    for (field, list) in [("paths", &rule.paths)]
        .into_iter()
        .chain(rule.allow.iter().flat_map(|allow| [("allow", &allow.regexes), ("allow", &allow.paths)]))
    {
        let refused = list.iter().filter_map(|regex| expression(regex, false).err().map(|e| (regex, e)));
        all.extend(refused.map(|(regex, message)| (field.to_owned(), format!("`{regex}`: {message}"))));
    }
    if let Some(name) = rule.checksum.as_deref().filter(|name| checksum::find(name).is_none()) {
        let like = nearest(name, checksum::names());
        let hint = like.map(|like| format!("; did you mean `{like}`?")).unwrap_or_default();
        all.push(("checksum".to_owned(), format!("there is no checksum `{name}`{hint}")));
    }
    all
}

fn is_kebab_case(id: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.split('-').all(part)
}

fn keywords(rule: &Rule) -> Vec<Mistake> {
    let mut all = Vec::new();
    let looked_for = matches!(rule.shape, Shape::Expression | Shape::Assignment);
    if looked_for && rule.literals().next().is_none() {
        let message = "no keyword: give literals of which every match has one, or `near` words".to_owned();
        all.push(("keywords".to_owned(), message));
    }
    if !rule.keywords.is_empty() && !rule.near.is_empty() {
        let message =
            "a rule has `keywords` or `near`, not both: the `near` words are its keywords".to_owned();
        all.push(("near".to_owned(), message));
    }
    for (field, list) in [("keywords", &rule.keywords), ("near", &rule.near)] {
        let short = list.iter().enumerate().filter(|(_, word)| word.len() < SHORTEST);
        all.extend(short.map(|(i, word)| {
            (format!("{field}[{i}]"), format!("`{word}` is shorter than {SHORTEST} bytes"))
        }));
    }
    all
}

/// Whether an expression compiles, within the limit. A rule's own also matches something, and has no group but
/// `secret`.
fn expression(regex: &str, of_rule: bool) -> Result<(), String> {
    let hir = syntax(regex)?;
    if of_rule && hir.properties().minimum_len() == Some(0) {
        return Err("matches the empty text".to_owned());
    }
    let compiled = compile(regex)?;
    let other = compiled.capture_names().skip(1).find(|name| of_rule && *name != Some("secret"));
    match other {
        Some(Some(name)) => Err(format!("has the group `{name}`: only `secret` may be named")),
        Some(None) => {
            Err("has a group that captures: write `(?:…)`, or `(?P<secret>…)` for the value".to_owned())
        }
        None => Ok(()),
    }
}

/// The expression as it is understood, or why it is not.
pub(super) fn syntax(regex: &str) -> Result<Hir, String> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    parsed.map_err(|error| match &error {
        regex_syntax::Error::Parse(e) => format!("{}, at byte {}", e.kind(), e.span().start.offset),
        regex_syntax::Error::Translate(e) => format!("{}, at byte {}", e.kind(), e.span().start.offset),
        _ => "not an expression".to_owned(),
    })
}

/// The compiled expression, or how much too large it is.
pub(super) fn compile(regex: &str) -> Result<regex::bytes::Regex, String> {
    let with = |limit| RegexBuilder::new(regex).unicode(false).size_limit(limit).build();
    match with(REGEX_SIZE_LIMIT) {
        Ok(compiled) => Ok(compiled),
        Err(regex::Error::CompiledTooBig(_)) => {
            let mut size = REGEX_SIZE_LIMIT;
            while size < LARGEST_TRIED && with(size).is_err() {
                size *= 2;
            }
            let mib = |bytes: usize| bytes >> 20;
            Err(format!(
                "compiles to more than {} MiB; {} MiB is the limit",
                mib(size / 2),
                mib(REGEX_SIZE_LIMIT)
            ))
        }
        Err(error) => Err(error.to_string()),
    }
}
