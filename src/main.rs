//! Table of contents: parse, run, render the error, exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use unbake::cli::Cli;
use unbake::commands::{self, Exit};

fn main() -> ExitCode {
    let exit = commands::run(Cli::parse()).unwrap_or_else(|error| {
        // Nobody is left to be told when standard error is gone.
        let _ = writeln!(anstream::stderr(), "unbake: {error:#}");
        Exit::Usage
    });
    ExitCode::from(exit as u8)
}
