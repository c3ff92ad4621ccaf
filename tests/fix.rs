//! `unbake fix` from files to files: what is planned, what is rewritten, what is left and why.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "fix/corpus.rs"]
mod corpus;
#[path = "fix/plans.rs"]
mod plans;
#[path = "fix/properties.rs"]
mod properties;
#[path = "support/scan_options.rs"]
mod scan_options;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use unbake::advise::plan::{Options, Plan};
use unbake::detect::Engine;
use unbake::finding::{Confidence, Report};
use unbake::pipeline::{self, fix};
use unbake::rules::load;
use unbake::source::feeder::Tally;

use scan_options::scan_options;

/// What came of the files of a directory.
struct Fixed {
    report: Report,
    plan: Plan,
    /// The new texts, by path.
    after: BTreeMap<String, Vec<u8>>,
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(load::builtin().unwrap()).unwrap())
}

/// Scans the files of a directory, plans, and gives the texts that the plan makes of them; nothing is written.
fn fixed(directory: &Path, options: &Options) -> Fixed {
    let scan = scan_options(Confidence::Medium);
    let targets = [directory.to_str().unwrap().to_owned()];
    let report = pipeline::run(engine(), &targets, &scan, &Arc::new(Tally::default())).report;
    let plan = fix::plan(&report, &targets, &scan, options);
    let after = plan.files.iter().map(|file| {
        let name = file.path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
        (name, fix::render(file).unwrap().1)
    });
    let after = after.collect();
    Fixed { report, plan, after }
}

/// The same for texts.
fn fixed_texts(files: &[(&str, &str)], options: &Options) -> Fixed {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fixed(directory.path(), options)
}

impl Fixed {
    fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.after[name]).unwrap()
    }

    /// Names and keys of the planned Secrets, with the number of places that refer to each.
    fn secrets(&self) -> Vec<String> {
        let of = |secret: &unbake::advise::plan::PlannedSecret| {
            let name = match &secret.namespace {
                Some(namespace) => format!("{namespace}/{}", secret.name),
                None => secret.name.clone(),
            };
            let key =
                |key: &unbake::advise::plan::PlannedKey| format!("{name} {} {}", key.key, key.uses.len());
            secret.keys.iter().map(key).collect::<Vec<_>>()
        };
        self.plan.secrets.iter().flat_map(of).collect()
    }
}
