//! The rules that found something, as SARIF's reporting descriptors (§3.49).

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use super::{doubled_braces, level, properties};
use crate::finding::{Finding, Severity};

/// One descriptor a rule, sorted by id.
pub(super) fn of(findings: &[Finding]) -> Vec<ReportingDescriptor> {
    let mut worst: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings {
        let seen = worst.entry(&finding.rule).or_insert(finding);
        if finding.severity > seen.severity {
            *seen = finding;
        }
    }
    worst.into_values().map(descriptor).collect()
}

/// Severity can differ between the findings of a rule; the rule has the worst of them.
fn descriptor(finding: &Finding) -> ReportingDescriptor {
    let mut bag = properties([("security-severity", json!(score(finding.severity)))]);
    bag.tags = Some(vec!["security".to_owned(), "secret".to_owned()]);
    let level = json!(level(finding.severity));
    let mut rule = ReportingDescriptor::builder()
        .id(finding.rule.as_str())
        .name(pascal_case(&finding.rule))
        .short_description(text(&finding.title))
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
    const WHAT: &str = "Whoever can read the file or pull the image has this credential. Deleting it in a later \
                        commit or layer does not take it back: replace it at its issuer first, then take it out.";
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
