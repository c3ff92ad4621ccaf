//! `unbake fix` from files to files: what is planned, what is rewritten, what is left and why.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use unbake::advise::plan::{Options, Plan};
use unbake::detect::Engine;
use unbake::finding::Confidence;
use unbake::pipeline::{self, Quiet, fix};
use unbake::rules::load;
use unbake::secret::Fingerprinter;
use unbake::source::exclusions::Exclusions;
use unbake::source::feeder::Tally;

/// The plan for the files of a directory, and what they become.
fn fixed(dir: &Path, options: &Options) -> (Plan, BTreeMap<String, String>) {
    let engine = Engine::new(load::builtin().unwrap()).unwrap();
    let scan = pipeline::Options {
        excluded: Exclusions::default(),
        platforms: Vec::new(),
        min_confidence: Confidence::Medium,
        quiet: Quiet::default(),
        show_public: false,
        fingerprinter: Fingerprinter::new(None),
        workers: 2,
    };
    let targets = [dir.to_str().unwrap().to_owned()];
    let outcome = pipeline::run(&engine, &targets, &scan, &Arc::new(Tally::default()));
    let plan = fix::plan(&outcome.report, &targets, &scan, options);
    let after = plan.files.iter().map(|file| {
        let name = file.path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
        (name, String::from_utf8(fix::render(file).unwrap().1).unwrap())
    });
    let after = after.collect();
    (plan, after)
}

#[test]
fn explore() {
    let Ok(dir) = std::env::var("FIX_DIR") else { return };
    let (plan, after) = fixed(Path::new(&dir), &Options::default());
    for (name, text) in after {
        println!("=== {name}\n{text}");
    }
    for secret in &plan.secrets {
        println!("SECRET {:?}/{} existing {:?}", secret.namespace, secret.name, secret.existing);
        for key in &secret.keys {
            println!(
                "   {} {:?}",
                key.key,
                key.uses.iter().map(|u| format!("{}:{}", u.shown, u.line)).collect::<Vec<_>>()
            );
        }
    }
    for refused in &plan.refused {
        println!("REFUSED {}:{} {} {}", refused.shown, refused.line, refused.document.field, refused.reason);
    }
    for file in &plan.new_files {
        println!("NEW {} ({})\n{}", file.path.display(), file.why, file.text);
    }
    for command in &plan.commands {
        println!("$ {}   # {}", command.line, command.what);
    }
    for note in &plan.notes {
        println!("NOTE {note}");
    }
}
