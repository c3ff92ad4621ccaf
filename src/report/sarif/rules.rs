//! The rules that found something, as SARIF's reporting descriptors (§3.49).

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use super::{doubled_braces, level, properties};
use crate::finding::{Confidence, Finding, Severity};

/// GitHub takes descriptions of so many characters.
const LONGEST: usize = 1024;

const WHAT: &str = "Whoever can read the file or pull the image has this credential. Deleting it in a later \
                    commit or layer does not take it back: replace it at its issuer first, then take it out.";

/// One descriptor a rule, sorted by id.
pub(super) fn of(findings: &[Finding]) -> Vec<ReportingDescriptor> {
    let mut worst: BTreeMap<&str, (&Finding, Confidence)> = BTreeMap::new();
    for finding in findings {
        let (seen, surest) = worst.entry(&finding.rule).or_insert((finding, finding.confidence));
        if finding.severity > seen.severity {
            *seen = finding;
        }
        *surest = finding.confidence.max(*surest);
    }
    worst.into_values().map(|(finding, surest)| descriptor(finding, surest)).collect()
}

/// Severity and confidence can differ between the findings of a rule; the rule has the highest of them. Each
/// result has its own beside.
fn descriptor(finding: &Finding, surest: Confidence) -> ReportingDescriptor {
    let mut bag = properties([
        ("security-severity", json!(score(finding.severity))),
        // GitHub's words are the same, and one more, `very-high`, that a look without the value's issuer can't claim.
        ("precision", json!(surest)),
    ]);
    bag.tags = Some(vec!["security".to_owned(), "secret".to_owned()]);
    let level = json!(level(finding.severity));
    let mut rule = ReportingDescriptor::builder()
        .id(finding.rule.as_str())
        .name(pascal_case(&finding.rule))
        .short_description(text(&cut(&finding.title)))
        .full_description(text(&cut(&format!("{}. {WHAT}", finding.title))))
        .help(help(finding))
        .default_configuration(ReportingConfiguration { level: Some(level), ..Default::default() })
        .properties(bag)
        .build();
    // It has to be an absolute URI, and rules may come from anyone.
    rule.help_uri = finding.references.iter().find(|page| page.starts_with("https://")).cloned();
    rule
}

/// GitHub's bounds: over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium, below that low.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn help(finding: &Finding) -> MultiformatMessageString {
    let mut plain = format!("{}. {WHAT}", finding.title);
    let mut markdown = format!("**{}**\n\n{WHAT}", finding.title);
    for (i, reference) in finding.references.iter().enumerate() {
        plain.push_str(&format!(" See {reference}"));
        markdown.push_str(if i == 0 { "\n\n" } else { "\n" });
        markdown.push_str(&format!("- <{reference}>"));
    }
    let mut help = text(&plain);
    help.markdown = Some(doubled_braces(&markdown));
    help
}

/// Braces are doubled in it, which must not make it too long.
fn cut(text: &str) -> String {
    let mut room = LONGEST;
    text.chars()
        .take_while(|c| {
            let taken = if matches!(c, '{' | '}') { 2 } else { 1 };
            room.checked_sub(taken).map(|left| room = left).is_some()
        })
        .collect()
}

fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString { text: doubled_braces(text), markdown: None, properties: None }
}

/// `github-pat` as `GithubPat`: a name is an identifier in Pascal case (§3.49.7).
fn pascal_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect()
}
