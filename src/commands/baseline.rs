//! `unbake baseline create` and `unbake baseline update`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::setup::{Known, Setup, read_baseline};
use super::{Exit, complain};
use crate::cli::{BaselineAction, BaselineOf};
use crate::gate::baseline::{Baseline, Changes, Entry, FILE, Notes};
use crate::gate::date::Date;
use crate::pipeline::Outcome;
use crate::report::{masked, visible};

pub(super) fn run(action: &BaselineAction) -> anyhow::Result<Exit> {
    let (BaselineAction::Create(arguments) | BaselineAction::Update(arguments)) = action;
    let today = Date::today().map_err(anyhow::Error::msg)?;
    if let Some(day) = arguments.expires.filter(|day| *day < today) {
        bail!("--expires {day} is over: today is {today}");
    }
    let setup = Setup::new(&arguments.scanning, Known::Nothing)?;
    let file = file(arguments, &setup);
    // What was there is read before the scan: nobody waits for one to be told that it was in vain.
    let before = match action {
        BaselineAction::Create(_) if file.exists() => {
            bail!(
                "{} is there: `unbake baseline update` keeps what people said in it; to begin anew, remove it",
                file.display()
            )
        }
        BaselineAction::Create(_) => None,
        BaselineAction::Update(_) => {
            Some(read_baseline(&file, &setup.options.fingerprinter).map_err(anyhow::Error::msg)?)
        }
    };
    let Outcome { report, unreachable } = setup.scan(&arguments.scanning.targets);
    if !unreachable.is_empty() {
        unreachable.iter().for_each(|message| complain(message));
        complain(&format!("{} is as it was", file.display()));
        return Ok(Exit::Unreachable);
    }
    let notes = Notes {
        reason: arguments.reason.clone(),
        owner: arguments.owner.clone(),
        expires: arguments.expires,
    };
    let found = Baseline::new(&masked(&report).findings, &notes, &setup.options.fingerprinter);
    let incomplete = report.coverage.is_incomplete();
    if let Some(before) = before {
        let (after, changes) = before.updated(found, !incomplete, today);
        write(&after, &file)?;
        said(&tell_update(&file, &changes))?;
    } else {
        write(&found, &file)?;
        said(&tell_create(&file, &found, &setup))?;
    }
    if incomplete {
        complain("something could not be read, and what is in it is not known: `unbake scan` tells what");
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Clean)
}

fn file(arguments: &BaselineOf, setup: &Setup) -> PathBuf {
    let named = setup.config.baseline.as_ref().map(|named| named.value.clone());
    arguments.output.clone().or(named).unwrap_or_else(|| PathBuf::from(FILE))
}

fn write(baseline: &Baseline, file: &Path) -> anyhow::Result<()> {
    let context = || file.display().to_string();
    let mut out = BufWriter::new(File::create(file).with_context(context)?);
    baseline.write(&mut out).and_then(|()| out.flush()).with_context(context)
}

fn tell_create(file: &Path, found: &Baseline, setup: &Setup) -> String {
    let shown = file.display();
    let mut text = format!("{shown}: {} known\n", found.entries().len());
    if setup.config.baseline.as_ref().is_none_or(|named| named.value != file) {
        text.push_str(&format!(
            "It counts with `unbake scan --baseline {shown}`, or once `baseline` in .unbake.toml names it.\n"
        ));
    }
    text
}

fn tell_update(file: &Path, changes: &Changes) -> String {
    let Changes { kept, added, gone, expired } = changes;
    let mut text = format!("{}: {kept} kept, {} added, {} gone\n", file.display(), added.len(), gone.len());
    let mut list = |what: &str, entries: &[Entry]| {
        for Entry { rule, path, fingerprint, expires, .. } in entries {
            let day = expires.map(|day| format!(", until {day}")).unwrap_or_default();
            text.push_str(&format!("  {what:<7}  {rule}  {path}  {fingerprint}{day}\n"));
        }
    };
    list("added", added);
    list("gone", gone);
    list("expired", expired);
    if !expired.is_empty() {
        text.push_str(
            "What has expired is raised again until it is mended, or the file gives it a later day.\n",
        );
    }
    text
}

/// To standard output.
fn said(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for line in text.lines() {
        match writeln!(out, "{}", visible(line)) {
            // `… | head`: the reader has seen enough.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            other => other?,
        }
    }
    Ok(())
}
