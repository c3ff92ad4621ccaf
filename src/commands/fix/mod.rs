//! `unbake fix`: scan, plan, show, and write what was asked for.
//!
//! Files are rewritten a batch at a time, so that ten thousand of them are never held at once. What holds the values
//! in another form (`--emit`) is written before the first manifest loses them.

mod emit;
mod outlet;
mod replace;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use self::outlet::Outlet;
use super::scan::WIDTH;
use super::setup::{Known, Setup};
use super::{Exit, complain};
use crate::advise::plan::{self, FileEdits, Plan};
use crate::advise::store::StoreType;
use crate::cli::{Fix, FixStore, FixTarget};
use crate::finding::Report;
use crate::pipeline::{self, Outcome};
use crate::report::Options;
use crate::report::fix::{self, Change, Done, Face, Failed, Mode};
use crate::secret::Secret;
use crate::span::Region;

/// So many files a core are rewritten between two looks at what there is to tell.
const BATCH: usize = 32;

pub(super) fn run(arguments: &Fix) -> anyhow::Result<Exit> {
    let targets = &arguments.scanning.targets;
    // A baseline lets a leak through for a time, which a fix ends; whoever checks means what is new.
    let known = if arguments.check { Known::Baseline(None) } else { Known::Nothing };
    let setup = Setup::new(&arguments.scanning, known)?;
    // Nobody waits for a scan to be told that the directory won't do.
    let outlet = outlet(arguments)?;
    let Outcome { report, unreachable } = setup.scan(targets);
    if !unreachable.is_empty() {
        unreachable.iter().for_each(|message| complain(message));
        complain("nothing was written: the plan would not know all that refers to a Secret");
        return Ok(Exit::Unreachable);
    }
    let options = options(arguments);
    let mut plan = pipeline::fix::plan(&report, targets, &setup.options, &options);
    let mut done = Done::default();
    if let (Some(form), Some(outlet)) = (arguments.emit, outlet) {
        let (kind, name) = (options.store_type, options.secret_store.as_deref());
        done.emitted = emit::write(&outlet, form, &mut plan, kind, name)?;
    }
    let work = Work {
        plan: &plan,
        mode: mode(arguments),
        roots: replace::roots(targets.iter().map(|target| on_disk(target))),
        hidden: hidden(&report, &plan),
        workers: setup.options.workers,
    };
    let (done, told) =
        to_stdout(arguments.format, work.mode, secrets(&report, &plan), |face| work.run(face, done));
    match told {
        // `unbake fix … | head`: the reader has seen enough.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    Ok(exit(&report, &plan, &done, arguments.check))
}

/// What the plan is told.
fn options(arguments: &Fix) -> plan::Options {
    plan::Options {
        target: arguments.target.map(|target| match target {
            FixTarget::Kubernetes => plan::Target::Kubernetes,
            FixTarget::SelfHosted => plan::Target::SelfHosted,
        }),
        store_type: arguments.store_type.map(|kind| match kind {
            FixStore::Kubernetes => StoreType::Kubernetes,
            FixStore::LocalFile => StoreType::LocalFile,
            FixStore::Vault => StoreType::Vault,
            FixStore::Azure => StoreType::AzureKeyVault,
            FixStore::Aws => StoreType::AwsSecretManager,
        }),
        secret_store: arguments.secret_store.clone(),
        compose: arguments.compose,
        scopes: arguments.scopes,
    }
}

/// The directory of `--emit-to`, if there is to be one.
fn outlet(arguments: &Fix) -> anyhow::Result<Option<Outlet>> {
    let (Some(form), Some(directory)) = (arguments.emit, &arguments.emit_to) else { return Ok(None) };
    let targets = arguments.scanning.targets.iter().map(|target| on_disk(target));
    Outlet::new(directory, emit::holds_values(form), targets).map(Some)
}

fn mode(arguments: &Fix) -> Mode {
    match (arguments.write, arguments.check) {
        (true, _) => Mode::Write,
        (false, true) => Mode::Check,
        (false, false) => Mode::Show,
    }
}

/// What was not read comes before what was found: whoever reads 1 may take the rest for seen.
fn exit(report: &Report, plan: &Plan, done: &Done, check: bool) -> Exit {
    if report.coverage.is_incomplete() {
        complain("something could not be read, and what is in it is not known: `unbake scan` tells what");
        Exit::Incomplete
    } else if !done.failed.is_empty() {
        Exit::Incomplete
    } else if check && !(plan.files.is_empty() && plan.new_files.is_empty()) {
        Exit::Leaks
    } else {
        Exit::Clean
    }
}

/// The path of a target that is one.
fn on_disk(target: &str) -> &Path {
    Path::new(target.strip_prefix("dir:").unwrap_or(target))
}

/// Everything that must not be shown.
fn secrets<'a>(report: &'a Report, plan: &'a Plan) -> impl Iterator<Item = &'a Secret> {
    let planned = plan.secrets.iter().flat_map(|secret| &secret.keys).map(|key| &key.value);
    report.findings.iter().map(|finding| &finding.secret).chain(&report.unshown).chain(planned)
}

/// Where the scan found credentials in the files of the plan.
fn hidden(report: &Report, plan: &Plan) -> BTreeMap<String, Vec<Region>> {
    let mut hidden: BTreeMap<String, Vec<Region>> =
        plan.files.iter().map(|file| (file.shown.clone(), Vec::new())).collect();
    for location in report.findings.iter().flat_map(|finding| &finding.locations) {
        if let (None, Some(region)) = (&location.image, location.region)
            && let Some(regions) = hidden.get_mut(&location.path)
        {
            regions.push(region);
        }
    }
    hidden
}

/// Gives the work a face on standard output. A reader who has gone does not keep the work from being done.
fn to_stdout<'s>(
    format: fix::Format,
    mode: Mode,
    secrets: impl Iterator<Item = &'s Secret>,
    work: impl FnOnce(&mut dyn Face) -> (Done, io::Result<()>),
) -> (Done, io::Result<()>) {
    let stdout = io::stdout();
    let color = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
    let mut out = BufWriter::new(stdout.lock());
    let options = Options { color, width, ..Options::default() };
    let (done, told) = work(&mut *fix::face(format, mode, &options, secrets, &mut out));
    (done, told.and_then(|()| out.flush()))
}

/// What is to be done with a plan.
struct Work<'a> {
    plan: &'a Plan,
    mode: Mode,
    /// Nothing is written outside of these.
    roots: Vec<PathBuf>,
    /// By file as it is shown.
    hidden: BTreeMap<String, Vec<Region>>,
    workers: usize,
}

impl Work<'_> {
    /// Does it, and tells of it as far as anyone listens.
    fn run(&self, face: &mut dyn Face, mut done: Done) -> (Done, io::Result<()>) {
        let mut told = Ok(());
        for batch in self.plan.files.chunks(self.workers.max(1) * BATCH) {
            for (file, before) in batch.iter().zip(self.batch(batch)) {
                match before {
                    Ok(before) => {
                        let hidden = self.hidden.get(&file.shown).map_or(&[][..], Vec::as_slice);
                        told = told.and_then(|()| face.change(&Change { file, before: &before, hidden }));
                    }
                    Err(reason) => done.failed.push(Failed { shown: file.shown.clone(), reason }),
                }
            }
        }
        if self.mode == Mode::Write {
            for file in &self.plan.new_files {
                if let Err(reason) = replace::create(&file.path, &self.roots, file.text.as_bytes()) {
                    done.failed.push(Failed { shown: file.path.display().to_string(), reason });
                }
            }
        }
        let told = told.and_then(|()| face.finish(self.plan, &done));
        (done, told)
    }

    /// Carries out a batch on all cores; what each file said before, in their order.
    fn batch(&self, batch: &[FileEdits]) -> Vec<Result<Vec<u8>, String>> {
        let share = batch.len().div_ceil(self.workers.max(1)).max(1);
        std::thread::scope(|scope| {
            let shares = batch.chunks(share);
            let running: Vec<_> = shares
                .map(|files| {
                    let work = || files.iter().map(|file| self.carry_out(file)).collect::<Vec<_>>();
                    (files.len(), scope.spawn(work))
                })
                .collect();
            let lost = |count| vec![Err("it was not rewritten: an error of unbake".to_owned()); count];
            running
                .into_iter()
                .flat_map(|(count, thread)| thread.join().unwrap_or_else(|_| lost(count)))
                .collect()
        })
    }

    /// Makes a file's edits, checks them, and writes the file if that was asked for. Gives what it said before.
    fn carry_out(&self, file: &FileEdits) -> Result<Vec<u8>, String> {
        let (before, after) = pipeline::fix::render(file)?;
        if self.mode == Mode::Write {
            replace::replace(&file.path, &self.roots, &before, &after)?;
        }
        Ok(before)
    }
}
