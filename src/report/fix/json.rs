//! The fix for programs. Its fields are a promise: `docs/fix.schema.json` says the same, and a test compares the two.
//! What is absent is left out.

use std::io::{self, Write};

use serde::Serialize;

use super::{Change, Done, Face, Mode, order};
use crate::advise::plan::{Plan, PlannedKey, PlannedSecret, Target, Use};
use crate::advise::replacement::replacements;
use crate::place::Document;
use crate::report::mask::Mask;
use crate::report::words::write_json;

/// Version of the format. A new field does not raise it; a changed or a removed one does.
const SCHEMA_VERSION: u32 = 1;

pub(super) struct Json<'o> {
    mode: Mode,
    mask: Mask,
    files: Vec<FileV1>,
    out: &'o mut dyn Write,
}

impl<'o> Json<'o> {
    pub(super) fn new(mode: Mode, mask: Mask, out: &'o mut dyn Write) -> Self {
        Self { mode, mask, files: Vec::new(), out }
    }

    fn name(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.mask.name(&mut text);
        text
    }
}

impl Face for Json<'_> {
    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        let edits = replacements(change.before, &change.file.edits).into_iter().map(|edit| EditV1 {
            line: edit.region.start.line,
            column: edit.region.start.column,
            end_line: edit.region.end.line,
            end_column: edit.region.end.column,
            text: self.name(&edit.text),
        });
        self.files.push(FileV1 {
            path: self.name(&change.file.shown),
            edits: edits.collect(),
            uses: change.file.uses.iter().map(UseV1::new).collect(),
        });
        Ok(())
    }

    fn finish(&mut self, plan: &Plan, done: &Done) -> io::Result<()> {
        let fix = FixV1 {
            schema_version: SCHEMA_VERSION,
            tool: ToolV1 { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            written: self.mode == Mode::Write,
            files: &self.files,
            secrets: plan.secrets.iter().map(SecretV1::new).collect(),
            new_files: plan
                .new_files
                .iter()
                .map(|file| NewFileV1 {
                    path: file.path.display().to_string(),
                    text: self.name(&file.text),
                    why: self.name(&file.why),
                })
                .collect(),
            refused: plan
                .refused
                .iter()
                .map(|refused| RefusedV1 {
                    path: self.name(&refused.shown),
                    line: refused.line,
                    document: refused.document.clone(),
                    reason: self.name(&refused.reason),
                })
                .collect(),
            failed: done
                .failed
                .iter()
                .map(|failed| FailedV1 { path: self.name(&failed.shown), reason: self.name(&failed.reason) })
                .collect(),
            commands: plan
                .commands
                .iter()
                .map(|command| CommandV1 { what: self.name(&command.what), line: self.name(&command.line) })
                .collect(),
            snippets: plan
                .snippets
                .iter()
                .map(|snippet| SnippetV1 {
                    language: &snippet.language,
                    what: self.name(&snippet.what),
                    text: self.name(&snippet.text),
                })
                .collect(),
            emitted: done.emitted.iter().map(|path| path.display().to_string()).collect(),
            notes: plan.notes.iter().map(|note| self.name(note)).collect(),
            warning: order::WARNING,
            steps: order::steps(plan, self.mode),
        };
        write_json(&fix, self.out)
    }
}

#[derive(Serialize)]
struct FixV1<'a> {
    schema_version: u32,
    tool: ToolV1,
    written: bool,
    files: &'a [FileV1],
    secrets: Vec<SecretV1<'a>>,
    new_files: Vec<NewFileV1>,
    refused: Vec<RefusedV1>,
    failed: Vec<FailedV1>,
    commands: Vec<CommandV1>,
    snippets: Vec<SnippetV1<'a>>,
    emitted: Vec<String>,
    notes: Vec<String>,
    warning: &'static str,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct ToolV1 {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FileV1 {
    path: String,
    edits: Vec<EditV1>,
    uses: Vec<UseV1>,
}

#[derive(Serialize)]
struct EditV1 {
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    text: String,
}

#[derive(Serialize)]
struct SecretV1<'a> {
    target: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    existing: Option<&'a str>,
    keys: Vec<KeyV1<'a>>,
}

#[derive(Serialize)]
struct KeyV1<'a> {
    key: &'a str,
    present: bool,
    uses: Vec<UseV1>,
}

#[derive(Serialize)]
struct UseV1 {
    path: String,
    line: u64,
    document: Document,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

#[derive(Serialize)]
struct NewFileV1 {
    path: String,
    text: String,
    why: String,
}

#[derive(Serialize)]
struct RefusedV1 {
    path: String,
    line: u64,
    document: Document,
    reason: String,
}

#[derive(Serialize)]
struct FailedV1 {
    path: String,
    reason: String,
}

#[derive(Serialize)]
struct CommandV1 {
    what: String,
    line: String,
}

#[derive(Serialize)]
struct SnippetV1<'a> {
    language: &'a str,
    what: String,
    text: String,
}

impl<'a> SecretV1<'a> {
    fn new(secret: &'a PlannedSecret) -> Self {
        Self {
            target: match secret.target {
                Target::Kubernetes => "kubernetes",
                Target::SelfHosted => "self-hosted",
            },
            namespace: secret.namespace.as_deref(),
            name: &secret.name,
            existing: secret.existing.as_deref(),
            keys: secret.keys.iter().map(KeyV1::new).collect(),
        }
    }
}

impl<'a> KeyV1<'a> {
    fn new(key: &'a PlannedKey) -> Self {
        Self { key: &key.key, present: key.present, uses: key.uses.iter().map(UseV1::new).collect() }
    }
}

impl UseV1 {
    fn new(used: &Use) -> Self {
        Self {
            path: used.shown.clone(),
            line: used.line,
            document: used.document.clone(),
            name: used.name.clone(),
        }
    }
}
