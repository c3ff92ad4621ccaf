//! The command line: types only.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::finding::{Confidence, Severity};
use crate::report::Format;

/// Finds the credentials that are baked into container images and deployment manifests.
#[derive(Debug, Parser)]
#[command(name = "unbake", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan images, directories, files or standard input for credentials.
    Scan(Scan),
}

/// `unbake scan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing at or above --fail-on
  1  leaks at or above --fail-on
  2  usage or configuration
  3  incomplete: something could not be read; see what in the report
  4  a target could not be reached")]
pub struct Scan {
    /// A path (what it is, its content tells), `-`, or TRANSPORT:WHAT: docker-archive:FILE, oci:DIR[:REF],
    /// oci-archive:FILE, docker-daemon:REF, dir:DIR
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,

    /// Format of the report; give it more than once for several, each with an --output of its own
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: Vec<Format>,

    /// File to write the report to; the first --output belongs to the first --format, and so on
    #[arg(long, short, value_name = "FILE")]
    pub output: Vec<PathBuf>,

    /// Lowest severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub fail_on: Severity,

    /// Lowest confidence that is reported; what is below is counted
    #[arg(long, value_name = "CONFIDENCE", default_value = "medium")]
    pub min_confidence: Confidence,

    /// Show what was found in unmodified files of public packages, too; it is marked, and no leak
    #[arg(long)]
    pub show_public: bool,

    /// Platform of an index to read (os/architecture[/variant]); all of them by default
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Vec<String>,

    /// Glob of paths not to read; each is named in the report
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Show the values; only to a terminal or to the file of --output
    #[arg(long)]
    pub reveal: bool,

    /// Key of the fingerprints, so that a report does not confirm a guess to those who don't have it
    #[arg(long, env = "UNBAKE_FINGERPRINT_KEY", hide = true, hide_env_values = true)]
    pub fingerprint_key: Option<String>,
}
