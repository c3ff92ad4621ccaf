//! The JSON report, version 1. Its fields are a promise: `docs/report.schema.json` says the same, and a test
//! compares the two. What is absent is left out.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::words::write_json;
use super::{Options, Render};
use crate::finding::{
    Advice, Confidence, Coverage, Expired, Finding, Report, Severity, Suppressed, Suppression, Target,
};
use crate::place::{Document, ImageId, Layer, Location, State};
use crate::secret::Secret;

/// Version of the format. A new field does not raise it; a changed or a removed one does.
const SCHEMA_VERSION: u32 = 1;

pub(super) struct Json;

impl Render for Json {
    fn render(&self, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        write_json(&ReportV1::new(report, options.reveal), out)
    }
}

#[derive(Serialize)]
struct ReportV1<'a> {
    schema_version: u32,
    tool: ToolV1<'a>,
    targets: &'a [Target],
    findings: Vec<FindingV1<'a>>,
    suppressed: Suppressed,
    coverage: &'a Coverage,
}

#[derive(Serialize)]
struct ToolV1<'a> {
    name: &'static str,
    version: &'static str,
    ruleset: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    disabled_rules: &'a [String],
}

#[derive(Serialize)]
struct FindingV1<'a> {
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    fingerprint: String,
    secret: SecretV1,
    locations: Vec<LocationV1<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    allowed_locations: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<&'a Expired>,
    advice: &'a Advice,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Suppression>,
}

#[derive(Serialize)]
struct SecretV1 {
    redacted: String,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_base64: Option<String>,
}

#[derive(Serialize)]
struct LocationV1<'a> {
    path: &'a str,
    #[serde(flatten)]
    region: Option<RegionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a ImageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
}

#[derive(Serialize)]
struct RegionV1 {
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
}

#[derive(Serialize)]
struct LayerV1<'a> {
    index: usize,
    digest: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    diff_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    created_by: &'a str,
    state: State,
}

#[derive(Serialize)]
struct DocumentV1<'a> {
    index: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    field: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

impl<'a> ReportV1<'a> {
    fn new(report: &'a Report, reveal: bool) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: ToolV1 {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                ruleset: &report.ruleset,
                disabled_rules: &report.disabled,
            },
            targets: &report.targets,
            findings: report.findings.iter().map(|finding| FindingV1::new(finding, reveal)).collect(),
            suppressed: report.suppressed,
            coverage: &report.coverage,
        }
    }
}

impl<'a> FindingV1<'a> {
    fn new(finding: &'a Finding, reveal: bool) -> Self {
        Self {
            rule: &finding.rule,
            title: &finding.title,
            severity: finding.severity,
            confidence: finding.confidence,
            fingerprint: finding.fingerprint.to_string(),
            secret: SecretV1::new(&finding.secret, reveal),
            locations: finding.locations.iter().map(LocationV1::new).collect(),
            allowed_locations: finding.quieted.allowed,
            expired: finding.quieted.expired.as_ref(),
            advice: &finding.advice,
            suppressed: finding.suppressed,
        }
    }
}

impl SecretV1 {
    fn new(secret: &Secret, reveal: bool) -> Self {
        let bytes = secret.reveal();
        let lossy = reveal && std::str::from_utf8(bytes).is_err();
        Self {
            redacted: secret.redacted(),
            length: secret.len(),
            value: reveal.then(|| String::from_utf8_lossy(bytes).into_owned()),
            value_base64: lossy.then(|| STANDARD.encode(bytes)),
        }
    }
}

impl<'a> LocationV1<'a> {
    fn new(location: &'a Location) -> Self {
        Self {
            path: &location.path,
            region: location.region.map(|region| RegionV1 {
                line: region.start.line,
                column: region.start.column,
                end_line: region.end.line,
                end_column: region.end.column,
            }),
            image: location.image.as_ref(),
            layer: location.layer.as_ref().map(LayerV1::new),
            document: location.document.as_ref().map(DocumentV1::new),
            commit: location.commit.as_deref(),
            package: location.package.as_deref(),
        }
    }
}

impl<'a> LayerV1<'a> {
    fn new(layer: &'a Layer) -> Self {
        Self {
            index: layer.index,
            digest: &layer.digest,
            diff_id: &layer.diff_id,
            created_by: &layer.created_by,
            state: layer.state,
        }
    }
}

impl<'a> DocumentV1<'a> {
    fn new(document: &'a Document) -> Self {
        Self { index: document.index, kind: &document.kind, name: &document.name, field: &document.field }
    }
}
