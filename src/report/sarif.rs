//! SARIF 2.1.0, for code hosts and editors. A value never gets in: these files are uploaded.
//!
//! Sections (`§`) are those of the OASIS standard.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use serde_sarif::sarif as model;

use self::location::location;
use super::words::{count, state, write_json};
use super::{Options, Render};
use crate::finding::{Finding, Report, Severity, SkipKind, Skipped, Suppression, Target, Verdict};

mod fix;
mod location;
mod rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) struct Sarif;

impl Render for Sarif {
    fn render(&self, report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let log = model::Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run(report)]).build();
        write_json(&log, out)
    }
}

fn run(report: &Report) -> model::Run {
    let rules = rules::of(&report.findings);
    let results: Vec<_> = report
        .findings
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
    model::Run::builder()
        .tool(model::Tool::builder().driver(driver).build())
        .invocations(vec![invocation(report)])
        .column_kind("unicodeCodePoints")
        .results(results)
        .build()
}

/// The first place is where the result is; the others are related to it. `locations` (§3.27.12) may only have
/// several where one change at all of them is what mends the result.
fn result(finding: &Finding, rule_index: i64) -> model::Result {
    let fingerprint = finding.fingerprint.to_string();
    let mut places = finding.locations.iter();
    let first = places.next().map(location).into_iter().collect::<Vec<_>>();
    let related: Vec<_> = (1..)
        .zip(places)
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

/// What it is, how it stands, what to do: all that some viewers show.
fn explain(finding: &Finding) -> String {
    let secret = &finding.secret;
    let length = count(secret.len() as u64, "byte", "bytes");
    let mut text = format!("{} ({}, {length})", finding.title, secret.redacted());
    if let Some(layer) = finding.locations.first().and_then(|place| place.layer.as_ref()) {
        text.push_str(&format!(" in layer {}, {}", layer.index, state(layer.state)));
    }
    text.push('.');
    if finding.locations.len() > 1 {
        let others = count(finding.locations.len() as u64 - 1, "other place", "other places");
        text.push_str(&format!(" Also in {others}."));
    }
    if let Some(expired) = &finding.quieted.expired {
        text.push_str(&format!(" Its entry in the baseline expired after {}.", expired.on));
    }
    if !finding.advice.summary.is_empty() {
        text.push(' ');
        text.push_str(&finding.advice.summary);
    }
    text
}

fn invocation(report: &Report) -> model::Invocation {
    let failed = report.targets.iter().filter(|t| !matches!(t.verdict, Verdict::Clean | Verdict::Leak));
    let unread = report.coverage.skipped.iter().filter(|skipped| skipped.kind == SkipKind::Unread);
    let notifications: Vec<_> = failed.map(failure).chain(unread.map(not_read)).collect();
    let mut invocation = model::Invocation::builder().execution_successful(notifications.is_empty()).build();
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
