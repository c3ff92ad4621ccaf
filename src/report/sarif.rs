//! SARIF 2.1.0, for code hosts and editors. A value never gets in: these files are uploaded.
//!
//! Sections (`§`) are those of the OASIS standard.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use serde_sarif::sarif as model;

use self::location::location;
use super::words::{count, explain, main_place, write_json};
use super::{Options, Render};
use crate::finding::{Finding, Report, Severity, SkipKind, Skipped, Suppression, Target, Verdict};

mod fix;
mod location;
mod rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// GitHub keeps so many results of a run, and refuses a file that has many more.
const MOST_RESULTS: usize = 5_000;
/// GitHub takes so many locations of a result. The message says how many there are.
const MOST_LOCATIONS: i64 = 1_000;

pub(super) struct Sarif;

impl Render for Sarif {
    fn render(&self, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        let run = run(report, options.category.as_deref());
        let log = model::Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build();
        write_json(&log, out)
    }
}

/// The findings come with the worst first, so what is beyond the cap is the least.
fn run(report: &Report, category: Option<&str>) -> model::Run {
    let findings = &report.findings[..report.findings.len().min(MOST_RESULTS)];
    let rules = rules::of(findings);
    let results: Vec<_> = findings
        .iter()
        .map(|finding| {
            let index = rules.partition_point(|rule| rule.id < finding.rule);
            let fix = report.fixes.get(&finding.fingerprint);
            model::Result { fixes: fix.map(|fix| vec![fix::fix(fix)]), ..result(finding, index as i64) }
        })
        .collect();
    let driver = model::ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(rules)
        .properties(properties([
            ("ruleset", json!(report.ruleset)),
            ("disabledRules", json!(report.disabled)),
        ]))
        .build();
    let mut run = model::Run::builder()
        .tool(model::Tool::builder().driver(driver).build())
        .invocations(vec![invocation(report)])
        .column_kind("unicodeCodePoints")
        .results(results)
        .build();
    // The category is what stands before the last slash; behind it would be the run's own name (§3.17.3).
    run.automation_details = category.map(|category| model::RunAutomationDetails {
        id: Some(format!("{}/", category.trim_end_matches('/'))),
        ..Default::default()
    });
    run
}

/// The main place is where the result is; the others are related to it. `locations` (§3.27.12) may only have
/// several where one change at all of them is what mends the result.
fn result(finding: &Finding, rule_index: i64) -> model::Result {
    let fingerprint = finding.fingerprint.to_string();
    let main = main_place(finding);
    let first = finding.locations.get(main).map(location).into_iter().collect::<Vec<_>>();
    let others = finding.locations.iter().enumerate().filter(|(i, _)| *i != main).map(|(_, place)| place);
    let related: Vec<_> = (1..MOST_LOCATIONS)
        .zip(others)
        .map(|(id, place)| model::Location {
            id: Some(id),
            message: Some(message("The same value.")),
            ..location(place)
        })
        .collect();
    let mut result = model::Result::builder()
        .rule_id(finding.rule.as_str())
        .rule_index(rule_index)
        .level(level(finding.severity))
        .message(message(&explain(finding)))
        .locations(first)
        .partial_fingerprints(BTreeMap::from([
            // GitHub knows no other key. It wants a hash and the number of its occurrence.
            ("primaryLocationLineHash".to_owned(), format!("{fingerprint}:1")),
            ("unbake/v1".to_owned(), fingerprint),
        ]))
        .properties(properties([
            ("severity", json!(finding.severity)),
            ("confidence", json!(finding.confidence)),
        ]))
        .build();
    result.related_locations = (!related.is_empty()).then_some(related);
    result.suppressions = finding.suppressed.map(|why| vec![suppression(why)]);
    result
}

/// Why a result is shown and not raised (§3.35).
fn suppression(why: Suppression) -> model::Suppression {
    model::Suppression::builder()
        .kind("external")
        .status("accepted")
        .justification(super::words::suppression(why))
        .build()
}

fn level(severity: Severity) -> model::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => model::ResultLevel::Error,
        Severity::Medium => model::ResultLevel::Warning,
        Severity::Low => model::ResultLevel::Note,
    }
}

fn invocation(report: &Report) -> model::Invocation {
    let failed = report.targets.iter().filter(|t| !matches!(t.verdict, Verdict::Clean | Verdict::Leak));
    let unread = report.coverage.skipped.iter().filter(|skipped| skipped.kind == SkipKind::Unread);
    let mut notifications: Vec<_> = failed.map(failure).chain(unread.map(not_read)).collect();
    let mut invocation = model::Invocation::builder().execution_successful(notifications.is_empty()).build();
    notifications.extend(report.findings.len().checked_sub(MOST_RESULTS).filter(|n| *n > 0).map(left_out));
    invocation.tool_execution_notifications = (!notifications.is_empty()).then_some(notifications);
    invocation
}

fn failure(target: &Target) -> model::Notification {
    let why = match target.verdict {
        Verdict::Pending => "is not scanned yet",
        Verdict::Error => "could not be scanned",
        _ => "could not be scanned whole",
    };
    let text = format!("{} {why}: it is not known to be clean.", target.target);
    model::Notification::builder().level("error").message(message(&text)).build()
}

fn not_read(skipped: &Skipped) -> model::Notification {
    model::Notification::builder()
        .level("error")
        .message(message(&format!("Not read: {}", skipped.reason)))
        .locations(vec![location::of_path(&skipped.path)])
        .build()
}

fn left_out(number: usize) -> model::Notification {
    let findings = count(number as u64, "finding is", "findings are");
    let text = format!(
        "{findings} left out, none worse than those that are here: a code host takes {MOST_RESULTS}. The JSON report has all."
    );
    model::Notification::builder().level("warning").message(message(&text)).build()
}

/// A plain text message. A brace begins a placeholder, so one that is meant is doubled (§3.11.5).
fn message(text: &str) -> model::Message {
    model::Message { text: Some(doubled_braces(text)), ..Default::default() }
}

fn doubled_braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn properties<const N: usize>(pairs: [(&str, Value); N]) -> model::PropertyBag {
    let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), value));
    model::PropertyBag { additional_properties: pairs.collect(), ..Default::default() }
}
