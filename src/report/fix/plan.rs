//! The plan in text: which Secrets there have to be, what else is written, what is left and why, what is run.

use std::collections::BTreeMap;
use std::io;

use super::Done;
use crate::advise::plan::{Plan, PlannedKey, PlannedSecret, Refused, Target, Use};
use crate::report::mask::Mask;
use crate::report::page::{BOLD, CYAN, DIM, PLAIN, Page, YELLOW};
use crate::report::words::count;

/// So many places of a key are shown.
const USES_SHOWN: usize = 5;
/// So many places that are left for the same reason are shown.
const LEFT_SHOWN: usize = 10;

pub(super) fn write(page: &mut Page<'_>, mask: &Mask, plan: &Plan, done: &Done) -> io::Result<()> {
    secrets(page, plan)?;
    if !plan.new_files.is_empty() {
        heading(page, "FILES TO ADD", plan.new_files.len())?;
        for file in &plan.new_files {
            page.line(2, CYAN, &file.path.display().to_string())?;
            page.prose(4, PLAIN, "", &file.why)?;
        }
        page.blank()?;
    }
    refused(page, mask, &plan.refused)?;
    if !plan.commands.is_empty() {
        heading(page, "COMMANDS", plan.commands.len())?;
        for command in &plan.commands {
            page.prose(0, DIM, "# ", &command.what)?;
            copied(page, mask, &command.line)?;
            page.blank()?;
        }
    }
    for snippet in &plan.snippets {
        page.line(0, PLAIN.effects(BOLD), &format!("CODE · {}", snippet.language))?;
        page.blank()?;
        page.prose(0, DIM, "", &snippet.what)?;
        page.blank()?;
        copied(page, mask, &snippet.text)?;
        page.blank()?;
    }
    if !done.emitted.is_empty() {
        heading(page, "EMITTED", done.emitted.len())?;
        for path in &done.emitted {
            page.line(2, CYAN, &path.display().to_string())?;
        }
        page.blank()?;
    }
    if !plan.notes.is_empty() {
        heading(page, "NOTES", plan.notes.len())?;
        for note in &plan.notes {
            let mut note = note.clone();
            mask.name(&mut note);
            page.prose(2, PLAIN, "- ", &note)?;
        }
        page.blank()?;
    }
    Ok(())
}

fn heading(page: &mut Page<'_>, words: &str, number: usize) -> io::Result<()> {
    page.line(0, PLAIN.effects(BOLD), &format!("{words} · {number}"))?;
    page.blank()
}

/// What is to be copied stands at the first column. A tab of code is four blanks: the page would make it one.
fn copied(page: &mut Page<'_>, mask: &Mask, text: &str) -> io::Result<()> {
    for line in text.lines() {
        let mut line = line.replace('\t', "    ");
        mask.name(&mut line);
        page.line(0, PLAIN, &line)?;
    }
    Ok(())
}

fn secrets(page: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    if plan.secrets.is_empty() {
        return Ok(());
    }
    heading(page, "SECRETS", plan.secrets.len())?;
    let mut places: BTreeMap<(Target, Option<&str>), Vec<&PlannedSecret>> = BTreeMap::new();
    for secret in &plan.secrets {
        places.entry((secret.target, secret.namespace.as_deref())).or_default().push(secret);
    }
    for ((target, namespace), secrets) in places {
        let place = match (target, namespace) {
            (Target::Kubernetes, Some(name)) => format!("namespace {name}"),
            (Target::Kubernetes, None) => {
                "the namespace that the manifests are applied to (they name none)".to_owned()
            }
            (Target::SelfHosted, _) => "on the machine that runs it".to_owned(),
        };
        page.prose(2, PLAIN, "", &format!("In {place}:"))?;
        for secret in secrets {
            self::secret(page, secret)?;
        }
    }
    page.blank()
}

fn secret(page: &mut Page<'_>, secret: &PlannedSecret) -> io::Result<()> {
    let new = secret.keys.iter().filter(|key| !key.present).count() as u64;
    let what = match (&secret.existing, new) {
        (None, _) => "to be created".to_owned(),
        (Some(file), 0) => format!("is in {file}, with all that is needed"),
        (Some(file), _) => format!("is in {file}: add {}", count(new, "key", "keys")),
    };
    page.line(4, PLAIN.effects(BOLD), &format!("{} ({what})", secret.name))?;
    for key in &secret.keys {
        self::key(page, key)?;
    }
    Ok(())
}

fn key(page: &mut Page<'_>, key: &PlannedKey) -> io::Result<()> {
    page.line(6, PLAIN, &format!("{}{}", key.key, if key.present { " (there)" } else { "" }))?;
    for used in key.uses.iter().take(USES_SHOWN) {
        page.line(8, DIM, &place(used))?;
    }
    more(page, 8, key.uses.len(), USES_SHOWN)
}

/// `deploy/api.yaml:18  Deployment api, DB_PASSWORD`
fn place(used: &Use) -> String {
    let object = [used.document.kind.as_str(), &used.document.name].join(" ");
    let words = [object.trim(), &used.name].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
    format!("{}:{}  {}", used.shown, used.line, words.join(", "))
}

/// Grouped by reason: one that holds for forty places is said once.
fn refused(page: &mut Page<'_>, mask: &Mask, refused: &[Refused]) -> io::Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    page.line(0, YELLOW.effects(BOLD), &format!("LEFT AS IT IS · {}", refused.len()))?;
    page.blank()?;
    let mut reasons: Vec<(&str, Vec<&Refused>)> = Vec::new();
    for one in refused {
        match reasons.iter_mut().find(|(reason, _)| *reason == one.reason) {
            Some((_, places)) => places.push(one),
            None => reasons.push((&one.reason, vec![one])),
        }
    }
    for (reason, places) in reasons {
        let mut reason = reason.to_owned();
        mask.name(&mut reason);
        page.prose(2, PLAIN, "", &reason)?;
        for Refused { shown, line, document, .. } in places.iter().take(LEFT_SHOWN) {
            let object = [document.kind.as_str(), &document.name].join(" ");
            let field = [object.trim(), &document.field].into_iter().filter(|word| !word.is_empty());
            let field = field.collect::<Vec<_>>().join(": ");
            page.line(4, CYAN, &format!("{shown}:{line}"))?;
            if !field.is_empty() {
                page.line(6, DIM, &field)?;
            }
        }
        more(page, 4, places.len(), LEFT_SHOWN)?;
    }
    page.blank()
}

fn more(page: &mut Page<'_>, indent: usize, all: usize, shown: usize) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        n => page.line(indent, DIM, &format!("and {} (JSON has them all)", count(n as u64, "more", "more"))),
    }
}
