//! `unbake scan`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use anyhow::{Context, bail};

use super::setup::{Known, Setup};
use super::{Exit, complain};
use crate::cli::Scan;
use crate::finding::{Report, Severity};
use crate::pipeline::{self, Outcome};
use crate::report::{self, Format};

/// Width of a report that goes to no terminal.
pub(super) const WIDTH: usize = 100;

pub(super) fn run(arguments: &Scan) -> anyhow::Result<Exit> {
    check(arguments)?;
    let mut setup = Setup::new(&arguments.scanning, Known::Baseline(arguments.baseline.as_deref()))?;
    setup.options.show_public = arguments.show_public;
    let Outcome { mut report, unreachable } = setup.scan(&arguments.scanning.targets);
    for message in &unreachable {
        complain(message);
    }
    if arguments.format.contains(&Format::Sarif) {
        report.fixes = pipeline::fix::fixes(&report, &arguments.scanning.targets, &setup.options);
    }
    if !report.targets.is_empty() {
        write(&report, arguments)?;
    }
    let fail_on = arguments.fail_on.or(setup.config.fail_on).unwrap_or(Severity::Low);
    Ok(exit(&report, !unreachable.is_empty(), fail_on))
}

/// What can't be read comes before what was found: whoever reads 1 may take the rest for seen.
fn exit(report: &Report, unreachable: bool, fail_on: Severity) -> Exit {
    if unreachable {
        Exit::Unreachable
    } else if report.coverage.is_incomplete() {
        Exit::Incomplete
    } else if report.leaks_at(fail_on) {
        Exit::Leaks
    } else {
        Exit::Clean
    }
}

fn check(arguments: &Scan) -> anyhow::Result<()> {
    if arguments.output.len() > arguments.format.len() {
        bail!("there are more --output than --format: each --format has one --output at most");
    }
    if arguments.format.len() > arguments.output.len() + 1 {
        bail!(
            "{} formats can't share standard output: give an --output for all but one",
            arguments.format.len()
        );
    }
    let to_stdout = arguments.format.len() > arguments.output.len();
    if arguments.reveal && to_stdout && !io::stdout().is_terminal() {
        bail!("--reveal shows values to a terminal or to the file of --output, not to a pipe");
    }
    Ok(())
}

fn write(report: &Report, arguments: &Scan) -> anyhow::Result<()> {
    if arguments.reveal {
        complain("the report holds the values themselves: keep it as you would keep them");
    }
    for (i, format) in arguments.format.iter().enumerate() {
        match arguments.output.get(i) {
            Some(path) => {
                let file = File::create(path).with_context(|| format!("--output {}", path.display()))?;
                write_to(report, *format, &options(arguments, false, WIDTH), &mut BufWriter::new(file))?;
            }
            None => write_to_stdout(report, *format, arguments)?,
        }
    }
    Ok(())
}

fn write_to_stdout(report: &Report, format: Format, arguments: &Scan) -> anyhow::Result<()> {
    let out = io::stdout();
    let color = anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never;
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
    let options = options(arguments, color, width);
    match write_to(report, format, &options, &mut BufWriter::new(out.lock())) {
        // `unbake scan … | head`: the reader has seen enough.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn options(arguments: &Scan, color: bool, width: usize) -> report::Options {
    report::Options { reveal: arguments.reveal, color, width, category: arguments.category.clone() }
}

fn write_to(
    report: &Report,
    format: Format,
    options: &report::Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    report::write(format, report, options, out)?;
    out.flush()
}
