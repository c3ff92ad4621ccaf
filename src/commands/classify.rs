//! `unbake classify`.

use std::io::{self, BufWriter, Write};

use super::{Exit, complain};
use crate::cli::{Classify, ListFormat};
use crate::detect::Engine;
use crate::pipeline::classify::{self, Listing};
use crate::report;
use crate::rules::load;

pub(super) fn run(arguments: &Classify) -> anyhow::Result<Exit> {
    let engine = Engine::new(load::builtin()?)?;
    let listing = classify::run(&engine, &arguments.paths);
    for message in &listing.unreachable {
        complain(message);
    }
    if listing.unreachable.len() < arguments.paths.len() {
        match write(&listing, arguments.format, engine.ruleset()) {
            // `unbake classify … | head`: the reader has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
    }
    Ok(if !listing.unreachable.is_empty() {
        Exit::Unreachable
    } else if !listing.skipped.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

fn write(listing: &Listing, format: ListFormat, ruleset: &str) -> io::Result<()> {
    let files: Vec<report::classify::File<'_>> =
        listing.files.iter().map(|file| (file.path.as_str(), file.literals.as_slice())).collect();
    let out = io::stdout();
    let color = anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never;
    let mut out = BufWriter::new(out.lock());
    match format {
        ListFormat::Text => report::classify::text(&files, &listing.skipped, color, &mut out)?,
        ListFormat::Json => report::classify::json(&files, &listing.skipped, ruleset, &mut out)?,
    }
    out.flush()
}
