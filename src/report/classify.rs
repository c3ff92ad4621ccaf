//! The faces of `unbake classify`: text for people, JSON for programs.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::words::{count, visible, write_json};
use crate::advise::classify::Literal;
use crate::finding::Skipped;
use crate::manifest::Role;
use crate::manifest::judgement::Class;
use crate::place::Document;

/// Version of the JSON. A new field does not raise it; a changed or a removed one does.
const SCHEMA_VERSION: u32 = 1;

/// Columns are not made wider than this for a long name or value.
const WIDEST: usize = 32;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Literals of a file.
pub type File<'a> = (&'a str, &'a [Literal]);

/// For people: by file and object, aligned.
pub fn text(files: &[File<'_>], skipped: &[Skipped], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, color };
    for (path, literals) in files.iter().filter(|(_, literals)| !literals.is_empty()) {
        page.line(BOLD, path)?;
        for object in literals.chunk_by(|a, b| is_same(&a.document, &b.document)) {
            page.object(object)?;
        }
        writeln!(page.out)?;
    }
    for skip in skipped {
        page.line(AnsiColor::Yellow.on_default(), &format!("not read: {}: {}", skip.path, skip.reason))?;
    }
    page.closing(files)
}

fn is_same(a: &Document, b: &Document) -> bool {
    (a.index, &a.kind, &a.name) == (b.index, &b.kind, &b.name)
}

fn of_class(class: Class) -> (&'static str, Style) {
    match class {
        Class::Secret => ("Secret", AnsiColor::Red.on_default()),
        Class::Configuration => ("Configuration", AnsiColor::Green.on_default()),
        Class::Neither => ("neither", DIM),
    }
}

struct Page<'a> {
    out: &'a mut dyn Write,
    color: bool,
}

impl Page<'_> {
    fn line(&mut self, style: Style, text: &str) -> io::Result<()> {
        let styled = self.styled(style, &visible(text));
        writeln!(self.out, "{styled}")
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn object(&mut self, literals: &[Literal]) -> io::Result<()> {
        let Some(first) = literals.first() else { return Ok(()) };
        let heading = format!("  {} {}", first.document.kind, first.document.name);
        self.line(Style::new(), heading.trim_end())?;
        let rows: Vec<(String, String)> = literals.iter().map(|one| (named(one), told(one))).collect();
        let width = |of: fn(&(String, String)) -> &String| {
            rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).min(WIDEST)
        };
        let (names, values) = (width(|row| &row.0), width(|row| &row.1));
        for (literal, (name, value)) in literals.iter().zip(&rows) {
            let (class, style) = of_class(literal.class);
            let class = self.styled(style, &format!("{class:13}"));
            let value = self.styled(DIM, &format!("{value:values$}"));
            let line = literal.at.line;
            writeln!(
                self.out,
                "  {line:>5}  {class}  {name:names$}  {value}  {}",
                visible(&reason(literal))
            )?;
        }
        Ok(())
    }

    fn closing(&mut self, files: &[File<'_>]) -> io::Result<()> {
        let counts = Counts::of(files);
        if counts.files == 0 {
            return self.line(DIM, "No manifest was found.");
        }
        let literals = count(counts.secret + counts.configuration + counts.neither, "literal", "literals");
        let told = format!(
            "{literals} in {}: {} Secret, {} Configuration, {} neither",
            count(counts.files, "manifest", "manifests"),
            counts.secret,
            counts.configuration,
            counts.neither
        );
        self.line(BOLD, &told)?;
        if counts.secret > 0 {
            self.line(Style::new(), "A Secret belongs in a store; `unbake fix` writes the reference to it.")?;
        }
        if files.iter().any(|(_, literals)| literals.iter().any(|one| one.tunable)) {
            self.line(
                Style::new(),
                "What is tunable may change while the application runs: Dapr's Configuration API is for it.",
            )?;
        }
        Ok(())
    }
}

/// The literal's name; what has none is called by its place.
fn named(literal: &Literal) -> String {
    let field = &literal.document.field;
    let name = match literal.name.is_empty() {
        true => field.rsplit_once('.').map_or(field.as_str(), |(_, last)| last),
        false => &literal.name,
    };
    cut(&visible(name))
}

/// The value, if it may be shown, or its length.
fn told(literal: &Literal) -> String {
    match &literal.value {
        Some(value) => cut(&visible(value)),
        None => format!("({})", count(literal.length as u64, "byte", "bytes")),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some(_) => text.chars().take(WIDEST - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn reason(literal: &Literal) -> String {
    let mut reason = literal.explanation.clone();
    if literal.weak {
        reason.push_str("; weak, and used all the same");
    }
    if literal.tunable {
        reason.push_str("; tunable");
    }
    reason
}

/// How many of each.
#[derive(Default, Serialize)]
struct Counts {
    files: u64,
    secret: u64,
    configuration: u64,
    neither: u64,
}

impl Counts {
    fn of(files: &[File<'_>]) -> Self {
        let mut counts = Self { files: files.len() as u64, ..Self::default() };
        for literal in files.iter().flat_map(|(_, literals)| *literals) {
            match literal.class {
                Class::Secret => counts.secret += 1,
                Class::Configuration => counts.configuration += 1,
                Class::Neither => counts.neither += 1,
            }
        }
        counts
    }
}

#[derive(Serialize)]
struct ListingV1<'a> {
    schema_version: u32,
    tool: ToolV1<'a>,
    literals: Vec<LiteralV1<'a>>,
    counts: Counts,
    skipped: &'a [Skipped],
}

#[derive(Serialize)]
struct ToolV1<'a> {
    name: &'static str,
    version: &'static str,
    ruleset: &'a str,
}

#[derive(Serialize)]
struct LiteralV1<'a> {
    path: &'a str,
    line: u64,
    column: u64,
    document: &'a Document,
    name: &'a str,
    role: Role,
    class: Class,
    reason: &'a str,
    explanation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    weak: bool,
    tunable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'static str>,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

/// For programs: version 1 of `docs/classify.schema.json`.
pub fn json(files: &[File<'_>], skipped: &[Skipped], ruleset: &str, out: &mut dyn Write) -> io::Result<()> {
    let entries =
        files.iter().flat_map(|(path, literals)| literals.iter().map(|literal| entry(path, literal)));
    let listing = ListingV1 {
        schema_version: SCHEMA_VERSION,
        tool: ToolV1 { name: "unbake", version: env!("CARGO_PKG_VERSION"), ruleset },
        literals: entries.collect(),
        counts: Counts::of(files),
        skipped,
    };
    write_json(&listing, out)
}

fn entry<'a>(path: &'a str, literal: &'a Literal) -> LiteralV1<'a> {
    let suggestion = match literal.class {
        Class::Secret => Some("secret-store"),
        Class::Configuration if literal.tunable => Some("dapr-configuration-api"),
        _ => None,
    };
    LiteralV1 {
        path,
        line: literal.at.line,
        column: literal.at.column,
        document: &literal.document,
        name: &literal.name,
        role: literal.role,
        class: literal.class,
        reason: literal.reason,
        explanation: &literal.explanation,
        rule: literal.rule.as_deref(),
        weak: literal.weak,
        tunable: literal.tunable,
        suggestion,
        length: literal.length,
        value: literal.value.as_deref(),
    }
}
