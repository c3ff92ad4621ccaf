//! `unbake rules`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;

use super::Exit;
use crate::cli::{self, ListFormat};
use crate::credentials;
use crate::detect::{Engine, examples};
use crate::rules::Reader;
use crate::rules::load;
use crate::rules::model::{Rule, Shape};

pub(super) fn run(what: cli::Rules) -> anyhow::Result<Exit> {
    let mut out = BufWriter::new(io::stdout().lock());
    let told = match what {
        cli::Rules::List { format } => list(format, &mut out),
        cli::Rules::Show { id } => show(&id, &mut out),
        cli::Rules::Check { files } => check(&files, &mut out),
    };
    let told = told.and_then(|exit| out.flush().map(|()| exit).map_err(Into::into));
    match told {
        // `unbake rules list | head`: the reader has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(Exit::Clean),
        other => other,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn list(format: ListFormat, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut rules = load::builtin()?.rules;
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    match format {
        ListFormat::Text => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            for rule in &rules {
                writeln!(out, "{:width$}  {:8}  {}", rule.id, rule.severity.as_str(), rule.title)?;
            }
        }
        ListFormat::Json => {
            let entry = |rule: &Rule| {
                json!({
                    "id": rule.id,
                    "title": rule.title,
                    "severity": rule.severity,
                    "confidence": rule.confidence,
                    "references": rule.references,
                })
            };
            serde_json::to_writer_pretty(&mut *out, &rules.iter().map(entry).collect::<Vec<_>>())
                .map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}

fn show(id: &str, out: &mut impl Write) -> anyhow::Result<Exit> {
    let known = load::builtin()?;
    if known.rules.iter().all(|rule| rule.id != id) {
        let like = known.nearest(id).map(|like| format!("; did you mean `{like}`?")).unwrap_or_default();
        bail!("there is no rule `{id}`{like} (`unbake rules list` names all)");
    }
    let rules = load::documented()?;
    if let Some(rule) = rules.iter().find(|rule| rule.id == id) {
        describe(rule, out)?;
    }
    Ok(Exit::Clean)
}

/// All of a rule, for a person.
fn describe(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}\n{}\n", rule.id, rule.title)?;
    let mut line = |name: &str, text: &str| writeln!(out, "{name:12}  {text}");
    line("severity", rule.severity.as_str())?;
    line("confidence", rule.confidence.as_str())?;
    match rule.shape {
        Shape::Expression => {}
        Shape::Assignment => {
            line("looks for", "a value that is assigned to a name with one of the keywords in it")?;
        }
        Shape::File => line("looks for", "what a file of a known name and structure keeps as a credential")?,
    }
    for (name, words) in [("keywords", &rule.keywords), ("near", &rule.near)] {
        if !words.is_empty() {
            line(name, &words.join(", "))?;
        }
    }
    if !rule.regex.is_empty() {
        line("expression", &rule.regex)?;
    }
    if let Some(least) = rule.entropy {
        line("entropy", &format!("at least {least} bits a byte"))?;
    }
    if let Some(name) = &rule.checksum {
        line("checksum", &format!("{name}: raises the confidence, or lowers it"))?;
    }
    for pattern in &rule.paths {
        line("only in", pattern)?;
    }
    if !rule.allow.is_empty() {
        let mut allowed = Vec::new();
        rule.allow.iter().for_each(|allow| {
            allowed.extend(allow.regexes.iter().chain(&allow.stopwords).chain(&allow.paths).cloned());
        });
        line("lets pass", &allowed.join(", "))?;
    }
    if rule.shape != Shape::File {
        line("binaries", if rule.in_binaries() { "searched too" } else { "not searched" })?;
    }
    for (number, page) in rule.references.iter().enumerate() {
        line(if number == 0 { "read" } else { "" }, page)?;
    }
    for (heading, examples) in [("finds", &rule.examples), ("does not find", &rule.negative_examples)] {
        writeln!(out, "\n{heading}")?;
        for example in examples {
            // A line of its own for each, indented: an example may have several.
            writeln!(out, "  - {}", example.trim_end().replace('\n', "\n    "))?;
        }
    }
    Ok(())
}

fn check(files: &[PathBuf], out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut reader = Reader::default();
    let mut all = load::builtin()?;
    for path in files {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| file.clone())?;
        reader.read(&file, &text);
    }
    let own = reader.finish()?;
    for placed in &own {
        // An example has no path: the rule is asked what it would find where it looks.
        all.put(Rule { paths: Vec::new(), ..placed.rule.clone() });
    }
    let engine = Engine::new(all)?;
    let (mut run, mut failed) = (0, 0);
    for placed in &own {
        run += placed.rule.examples.len() + placed.rule.negative_examples.len();
        let failing = match placed.rule.shape {
            Shape::File => credentials::examples::failing(&placed.rule),
            Shape::Expression | Shape::Assignment => examples::failing(&engine, &placed.rule),
        };
        for failure in failing {
            failed += 1;
            writeln!(out, "{}: {}: {}: {}", placed.place, placed.rule.id, failure.field, failure.message)?;
        }
    }
    let outcome = if failed == 0 { "all pass".to_owned() } else { format!("{failed} fail") };
    writeln!(out, "{} rules, {run} examples, {outcome}", own.len())?;
    Ok(if failed == 0 { Exit::Clean } else { Exit::Leaks })
}
