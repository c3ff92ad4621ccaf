//! Floor 7: one file a subcommand.

mod baseline;
mod classify;
mod fix;
mod hook;
mod progress;
mod rules;
mod scan;
mod setup;

use std::io::Write;

use crate::cli::{Cli, Command};

/// How a command ended, as the exit code tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to tell.
    Clean = 0,
    /// Leaks at or above the threshold.
    Leaks = 1,
    /// The command line or a configuration is wrong.
    Usage = 2,
    /// Something could not be read.
    Incomplete = 3,
    /// A target could not be reached.
    Unreachable = 4,
}

/// Runs the command.
pub fn run(cli: Cli) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Fix(arguments) => fix::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments.action),
        Command::Rules(what) => rules::run(what),
        Command::Hook(what) => hook::run(&what),
    }
}

/// A line on standard error.
fn complain(message: &str) {
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(anstream::stderr(), "unbake: {message}");
}
