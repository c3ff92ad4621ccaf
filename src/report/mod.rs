//! The faces of a report: text for people, JSON for programs, SARIF for code hosts, and what a workflow of GitHub shows.
//!
//! In: a finished [`Report`]. Out: bytes. A face reads and says; it decides nothing. To add one: a file here that
//! implements [`Render`], a variant of [`Format`] and its line in [`Format::face`].

use std::io::{self, Write};

use clap::ValueEnum;

use crate::finding::Report;

pub mod classify;
pub mod fix;
mod github;
mod json;
mod mask;
pub mod outgoing;
mod page;
mod sarif;
mod text;
mod words;

pub(crate) use mask::masked;
pub(crate) use words::{visible, write_json};

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Format {
    /// For people, in a terminal or a log.
    Text,
    /// For programs: version 1 of `docs/report.schema.json`.
    Json,
    /// For code hosts and editors: SARIF 2.1.0. It never has the values.
    Sarif,
    /// For the log of a GitHub workflow: the worst findings as annotations. It never has the values.
    Github,
    /// For the page of a GitHub workflow's run: Markdown for `$GITHUB_STEP_SUMMARY`. It never has the values.
    GithubSummary,
    /// For the steps that follow in a GitHub workflow: `findings`, `verdict` and `digest` for `$GITHUB_OUTPUT`.
    GithubOutput,
}

/// What whoever asks may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether the values are shown (text and JSON only).
    pub reveal: bool,
    /// Whether text has colours.
    pub color: bool,
    /// How many columns text may take.
    pub width: usize,
    /// What tells this scan from others of the same commit (SARIF only).
    pub category: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { reveal: false, color: false, width: 80, category: None }
    }
}

/// A face of the report.
trait Render {
    /// Writes the whole report. No text in `report` holds a value; the values are in `Finding::secret` alone.
    fn render(&self, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()>;
}

impl Format {
    fn face(self) -> &'static dyn Render {
        match self {
            Self::Text => &text::Text,
            Self::Json => &json::Json,
            Self::Sarif => &sarif::Sarif,
            Self::Github => &github::Annotations,
            Self::GithubSummary => &github::Summary,
            Self::GithubOutput => &github::Outputs,
        }
    }
}

/// Writes the report. The one way in, so that no face can be given a report whose texts are not masked.
pub fn write(format: Format, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    format.face().render(&mask::masked(report), options, out)
}
