//! From the command line and `.unbake.toml` to a scan: what every command that scans needs.
//!
//! All that is wrong is told at once, so that it can be mended at once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use globset::Glob;

use super::{complain, progress};
use crate::cli::Scanning;
use crate::config::{At, Config};
use crate::detect::Engine;
use crate::finding::Confidence;
use crate::gate::baseline::{self, Baseline};
use crate::gate::date::Date;
use crate::pipeline::{self, Outcome, Quiet};
use crate::rules::load::{self, Rules};
use crate::secret::Fingerprinter;
use crate::source::exclusions::Exclusions;
use crate::source::feeder::Tally;
use crate::source::git::{Git, Listing};

/// Which findings are known beforehand.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    /// None: a baseline is being made of them.
    Nothing,
    /// Those of this baseline, or of the one that the configuration names.
    Baseline(Option<&'a Path>),
}

/// A scan that is ready to run.
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) options: pipeline::Options,
    engine: Engine,
}

impl Setup {
    /// Reads what there is to read. The error has a line for each thing that is wrong.
    pub(super) fn new(arguments: &Scanning, known: Known<'_>) -> anyhow::Result<Self> {
        let mut problems = Vec::new();
        let config = config(arguments, &mut problems)?;
        let engine = Engine::new(rules(arguments, &config, &mut problems)?)?;
        problems.extend(config.unknown_rules(engine.rules().map(|rule| rule.id.as_str())));
        let fingerprinter = Fingerprinter::new(arguments.fingerprint_key.as_deref());
        let quiet = Quiet {
            disabled: config.disable.iter().map(|id| id.value.clone()).collect(),
            known: known.read(&config, &fingerprinter, &mut problems),
        };
        let excluded = exclusions(arguments, &config, &mut problems);
        if !problems.is_empty() {
            return Err(anyhow!(problems.join("\n")));
        }
        let options = pipeline::Options {
            excluded,
            platforms: first_said(&arguments.platform, &config.platform),
            min_confidence: arguments.min_confidence.or(config.min_confidence).unwrap_or(Confidence::Medium),
            quiet,
            show_public: false,
            fingerprinter,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
        };
        Ok(Self { config, options, engine })
    }

    /// Scans objects of a git repository, and shows how far it is.
    pub(super) fn scan_objects(&self, target: &str, objects: (Git, Listing, Vec<u32>)) -> pipeline::Objects {
        let tally = Arc::new(Tally::default());
        progress::shown(&tally, || {
            pipeline::run_objects(&self.engine, target, objects, &self.options, &tally)
        })
    }

    /// Digest of the rules that are looked for.
    pub(super) fn ruleset(&self) -> &str {
        self.engine.ruleset()
    }

    /// Scans the targets, and shows how far it is.
    pub(super) fn scan(&self, targets: &[String]) -> Outcome {
        let tally = Arc::new(Tally::default());
        progress::shown(&tally, || pipeline::run(&self.engine, targets, &self.options, &tally))
    }
}

/// The command line's, if it says anything.
fn first_said(command_line: &[String], config: &[String]) -> Vec<String> {
    if command_line.is_empty() { config.to_vec() } else { command_line.to_vec() }
}

fn config(arguments: &Scanning, problems: &mut Vec<String>) -> anyhow::Result<Config> {
    let file = match &arguments.config {
        _ if arguments.no_config => None,
        Some(file) => Some(file.clone()),
        None => nearest()?,
    };
    Ok(file.map(|file| Config::read(&file, problems)).unwrap_or_default())
}

/// The configuration of the current directory; by its name alone where it is in that.
fn nearest() -> anyhow::Result<Option<PathBuf>> {
    let here = env::current_dir().context("the current directory")?;
    let file = Config::find(&here);
    Ok(file.map(|file| file.strip_prefix(&here).map(Path::to_owned).unwrap_or(file)))
}

/// Those that come with the program, those of the configuration and those of the command line, the last ones first.
/// What a file has that can't be honoured is told on standard error.
fn rules(arguments: &Scanning, config: &Config, problems: &mut Vec<String>) -> anyhow::Result<Rules> {
    let mut rules = load::builtin()?;
    for file in config.rules.iter().chain(&arguments.rules) {
        let shown = file.display().to_string();
        let read = fs::read_to_string(file).map_err(|e| format!("{shown}: {e}"));
        match read.and_then(|text| rules.add_file(&shown, &text).map_err(|e| e.to_string())) {
            Ok(notes) => notes.iter().for_each(|note| complain(note)),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(rules)
}

fn exclusions(arguments: &Scanning, config: &Config, problems: &mut Vec<String>) -> Exclusions {
    let mut globs = Vec::new();
    for pattern in &arguments.exclude {
        match Glob::new(pattern) {
            Ok(glob) => globs.push((glob, "--exclude".to_owned())),
            Err(e) => problems.push(format!("--exclude: {e}")),
        }
    }
    // The file's name, not its path: a report is the same wherever it is made.
    let name = config.file.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    globs.extend(config.exclude.iter().map(|glob| (glob.clone(), name.clone().into_owned())));
    Exclusions::new(globs).unwrap_or_else(|e| {
        problems.push(format!("the globs of paths not to read: {e}"));
        Exclusions::default()
    })
}

impl Known<'_> {
    fn read(
        self,
        config: &Config,
        fingerprinter: &Fingerprinter,
        problems: &mut Vec<String>,
    ) -> baseline::Known {
        let (file, named_by) = match (self, &config.baseline) {
            (Self::Baseline(Some(file)), _) => (file, None),
            (Self::Baseline(None), Some(At { value, line })) => (value.as_path(), Some(*line)),
            (Self::Baseline(None), None) | (Self::Nothing, _) => return baseline::Known::default(),
        };
        let known = read_baseline(file, fingerprinter).and_then(|known| Ok(known.on(Date::today()?)));
        known.unwrap_or_else(|problem| {
            problems.push(match named_by {
                Some(line) => config.message(line, &format!("`baseline`: {problem}")),
                None => problem,
            });
            baseline::Known::default()
        })
    }
}

/// Reads a baseline that is used with these fingerprints. The error names the file.
pub(super) fn read_baseline(file: &Path, fingerprinter: &Fingerprinter) -> Result<Baseline, String> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            format!("{shown} is not there; `unbake baseline create` makes it")
        }
        _ => format!("{shown}: {e}"),
    })?;
    let baseline = Baseline::parse(&text).map_err(|e| format!("{shown}: {e}"))?;
    if baseline.is_of(fingerprinter) {
        Ok(baseline)
    } else {
        Err(format!(
            "{shown} was made with another fingerprint key, so nothing in it can be known again: set \
             UNBAKE_FINGERPRINT_KEY to the key that it was made with"
        ))
    }
}
