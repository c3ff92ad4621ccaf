//! What a scan says: findings, what was not read, and the verdict of each target.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::place::Location;
use crate::secret::{Fingerprint, Secret};
use crate::span::Region;

/// How bad it is if the value is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Limited access.
    Medium,
    /// Access to data or to a service.
    High,
    /// Control of an account, a cloud, a code host.
    Critical,
}

/// How sure it is that the value is a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Shape alone, or a checksum that does not hold.
    Low,
    /// Shape and context.
    Medium,
    /// A provider's own mark, a checksum, a structure that parses.
    High,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word used in reports and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl Confidence {
    /// The word used in reports and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// One step down; the lowest stays.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == word)
            .ok_or_else(|| format!("`{word}` is not a severity: use critical, high, medium or low"))
    }
}

impl FromStr for Confidence {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::High, Self::Medium, Self::Low]
            .into_iter()
            .find(|c| c.as_str() == word)
            .ok_or_else(|| format!("`{word}` is not a confidence: use high, medium or low"))
    }
}

/// A piece of a file's text, and what is to stand in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What goes; empty where something is put in.
    pub region: Region,
    /// What comes. It has no value in it.
    pub text: String,
}

/// The edits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFix {
    /// The file, as the report's locations name it.
    pub path: String,
    /// In the order of the file, none overlapping.
    pub replacements: Vec<Replacement>,
}

/// What takes a value out of the manifests that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a sentence.
    pub description: String,
    /// The files that change, sorted by path.
    pub files: Vec<FileFix>,
}

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// One sentence.
    pub summary: String,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// The form of the fix that fits the place: `secretKeyRef`, `build-secret`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// An entry of a baseline whose day has passed: its finding is raised again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expired {
    /// Its last day, `YYYY-MM-DD`.
    pub on: String,
    /// Why it was let through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answered for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What was said to quiet a finding that is raised all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quieted {
    /// Places beside which a comment allows it; they are not among its locations.
    pub allowed: u64,
    /// Its entry in the baseline, when that has expired.
    pub expired: Option<Expired>,
}

/// One secret value under one rule, with all its places.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// What it is, in words.
    pub title: String,
    /// How bad if real.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Stands for the value across machines and runs.
    pub fingerprint: Fingerprint,
    /// The value.
    pub secret: Secret,
    /// All its places but those that a comment allows, sorted; never empty.
    pub locations: Vec<Location>,
    /// What was said to quiet it.
    pub quieted: Quieted,
    /// What to do.
    pub advice: Advice,
    /// Where the provider tells how to rotate it.
    pub references: Vec<String>,
    /// Why it is shown and not raised; none for one that is raised.
    pub suppressed: Option<Suppression>,
}

/// Why a finding is not raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suppression {
    /// All its places are in unmodified files of public packages.
    Package,
}

/// Why something was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipKind {
    /// The user asked for it.
    Excluded,
    /// It could not be read, or only in part: the scan is incomplete.
    Unread,
    /// It looked like an archive and was not one that can be opened: its bytes were scanned as they stand.
    Raw,
}

/// Something that was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Skipped {
    /// The place.
    pub path: String,
    /// Why, and what to do.
    pub reason: String,
    /// How many bytes were not read, as far as that is known.
    pub bytes: u64,
    /// Whether that makes the scan incomplete.
    pub kind: SkipKind,
}

/// What was read, and each thing that was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Files and documents read, nested ones included.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was not read, sorted.
    pub skipped: Vec<Skipped>,
}

impl Coverage {
    /// Whether something that should have been read was not.
    pub fn is_incomplete(&self) -> bool {
        self.skipped.iter().any(|s| s.kind == SkipKind::Unread)
    }
}

/// What a digest or a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All of it was read, and nothing was found.
    Clean,
    /// A credential is in it.
    Leak,
    /// It is not scanned yet.
    Pending,
    /// It can't be scanned, or not all of it.
    Unscannable,
    /// The scan failed.
    Error,
}

/// What a target turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A container image, or an index of several.
    Image,
    /// A directory.
    Directory,
    /// A single file.
    File,
    /// Standard input that is no image.
    Stream,
    /// A git repository, or a range of its commits.
    Repository,
}

/// One thing that was asked to be scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// As given.
    pub target: String,
    /// What it turned out to be.
    pub kind: TargetKind,
    /// Digest of the index or manifest, for an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Platforms that were scanned, for an image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// The answer.
    pub verdict: Verdict,
}

/// Findings that were counted and not raised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// In an unmodified file of a public package.
    pub package: u64,
    /// In the baseline.
    pub baseline: u64,
    /// By a comment beside them.
    pub inline: u64,
    /// Of rules that are switched off.
    pub disabled: u64,
    /// Below `--min-confidence`.
    pub confidence: u64,
}

/// Everything that a scan has to say.
#[derive(Debug, Clone)]
pub struct Report {
    /// Digest of the rules that were looked for.
    pub ruleset: String,
    /// Rules that are switched off: what they find is counted and not raised. Sorted.
    pub disabled: Vec<String>,
    /// What was scanned, in the order given.
    pub targets: Vec<Target>,
    /// What was found: the worst first, then by rule and place. Those that are shown and not raised are among them.
    pub findings: Vec<Finding>,
    /// What was counted and not raised.
    pub suppressed: Suppressed,
    /// The values of what was not raised though it is a credential: the texts of other findings may hold them (the
    /// instruction that made a layer), and no face may show them.
    pub unshown: Vec<Secret>,
    /// Edits that mend a finding, by its fingerprint; empty unless they were asked for.
    pub fixes: BTreeMap<Fingerprint, Fix>,
    /// What was read and what was not.
    pub coverage: Coverage,
}

impl Report {
    /// Whether a finding is at or above `threshold`.
    pub fn leaks_at(&self, threshold: Severity) -> bool {
        self.raised().any(|f| f.severity >= threshold)
    }

    /// The findings that nothing suppresses.
    pub fn raised(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.suppressed.is_none())
    }
}
