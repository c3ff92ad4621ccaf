//! The command line: types only.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::finding::{Confidence, Severity};
use crate::gate::date::Date;
use crate::report::{Format, fix};

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
    /// List every literal of manifests as Secret, Configuration or neither, with the reason.
    Classify(Classify),
    /// Take credentials out of manifests: show the edits and the plan, or write them.
    Fix(Fix),
    /// Write down what is known, so that only what is new is raised.
    Baseline(Baseline),
    /// Check what leaves a git repository: for its hooks.
    #[command(subcommand)]
    Hook(Hook),
    /// List the rules, explain one, or check files of your own.
    #[command(subcommand)]
    Rules(Rules),
}

/// `unbake rules`.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// List the built-in rules.
    List {
        /// Form of the list
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Tell all about a built-in rule.
    Show {
        /// Id of the rule, as reports and `unbake rules list` name it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Load rule files, and run the scanner over every example in them.
    #[command(after_help = "\
Exit codes:
  0  all examples pass
  1  an example fails
  2  a file has errors")]
    Check {
        /// Rule files (YAML)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns.
    Text,
    /// JSON, for programs.
    Json,
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
    /// What to scan, and how.
    #[command(flatten)]
    pub scanning: Scanning,

    /// Format of the report; give it more than once for several, each with an --output of its own
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: Vec<Format>,

    /// File to write the report to; the first --output belongs to the first --format, and so on
    #[arg(long, short, value_name = "FILE")]
    pub output: Vec<PathBuf>,

    /// Lowest severity that makes the exit code 1 [default: low]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,

    /// File of known findings, which are counted and not raised; see `unbake baseline`
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Show what was found in unmodified files of public packages, too; it is marked, and no leak
    #[arg(long)]
    pub show_public: bool,

    /// What tells this scan from others of the same commit, where a code host gets the SARIF of several
    #[arg(long, value_name = "NAME")]
    pub category: Option<String>,

    /// Show the values; only to a terminal or to the file of --output
    #[arg(long)]
    pub reveal: bool,
}

/// `unbake classify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  listed
  2  usage
  3  something could not be read; what was read is listed
  4  a path is not there")]
pub struct Classify {
    /// Manifests, or directories with manifests in them; what a file is, its content tells
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Form of the list
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

/// What every command that scans is told. The command line goes before `.unbake.toml`.
#[derive(Debug, Args)]
pub struct Scanning {
    /// A path (what it is, its content tells), `-`, or TRANSPORT:WHAT: docker-archive:FILE, oci:DIR[:REF],
    /// oci-archive:FILE, docker-daemon:REF, docker://REF (a registry), dir:DIR, git:DIR[@RANGE]
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,

    /// Lowest confidence that is reported; what is below is counted [default: medium]
    #[arg(long, value_name = "CONFIDENCE")]
    pub min_confidence: Option<Confidence>,

    /// Platform of an index to read (os/architecture[/variant]); all of them by default
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Vec<String>,

    /// File of certificate authorities (PEM) to trust, beside the system's, when a registry is spoken to
    #[arg(long, env = "UNBAKE_CA", value_name = "FILE")]
    pub ca: Vec<PathBuf>,

    /// Registry (HOST or HOST:PORT) that may be spoken to without TLS; those on this machine always may
    #[arg(long, value_name = "HOST")]
    pub insecure_registry: Vec<String>,

    /// Glob of paths not to read; each is named in the report
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Configuration to use in place of the .unbake.toml of the current directory or its parents in the repository
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,

    /// File of rules to add to the built-in ones: unbake's YAML, or the TOML of gitleaks; a rule of the same id is
    /// replaced
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,

    /// Key of the fingerprints, so that a report does not confirm a guess to those who don't have it
    #[arg(long, env = "UNBAKE_FINGERPRINT_KEY", hide = true, hide_env_values = true)]
    pub fingerprint_key: Option<String>,
}

/// `unbake fix`.
#[derive(Debug, Args)]
#[command(after_help = "\
Values are never shown. Nothing is written without --write or --emit-to.

Exit codes:
  0  nothing to fix, or shown, or written
  1  --check, and something could be fixed
  2  usage or configuration
  3  incomplete: something could not be read, or an edit could not be written; see what
  4  a target could not be reached; nothing is written")]
pub struct Fix {
    /// What to scan, and how.
    #[command(flatten)]
    pub scanning: Scanning,

    /// Make the edits, and write the files that they need
    #[arg(long, conflicts_with = "check")]
    pub write: bool,

    /// Exit with 1 if something could be fixed
    #[arg(long)]
    pub check: bool,

    /// Form of what is told
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: fix::Format,

    /// Where the manifests run; found out from them by default
    #[arg(long, value_name = "WHERE")]
    pub target: Option<FixTarget>,

    /// Name of the Dapr secret store that components refer to; it is added where it is not there
    #[arg(long, value_name = "NAME")]
    pub secret_store: Option<String>,

    /// What that secret store is [default: kubernetes, or local-file for what runs on a machine]
    #[arg(long, value_name = "TYPE")]
    pub store_type: Option<FixStore>,

    /// Keep a URL readable, with $(VARIABLE) in place of its password; by default all of it goes into the Secret
    #[arg(long)]
    pub compose: bool,

    /// Write the Secrets in this form to the directory of --emit-to
    #[arg(long, value_name = "FORM", requires = "emit_to", conflicts_with = "check")]
    pub emit: Option<Emit>,

    /// Directory for --emit; it is made, readable for you alone. For forms that hold values it has to be outside of
    /// the work tree
    #[arg(long, value_name = "DIR", requires = "emit")]
    pub emit_to: Option<PathBuf>,

    /// Add a Dapr Configuration that lets each application read its own secrets alone
    #[arg(long)]
    pub scopes: bool,
}

/// Where manifests run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FixTarget {
    /// In a cluster.
    Kubernetes,
    /// On a machine: `dapr run`, docker-compose.
    SelfHosted,
}

/// Kinds of Dapr secret store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FixStore {
    /// The Secrets of the cluster.
    Kubernetes,
    /// A file of the machine.
    LocalFile,
    /// HashiCorp Vault.
    Vault,
    /// Azure Key Vault.
    Azure,
    /// AWS Secrets Manager.
    Aws,
}

/// Forms of a Secret that can be kept in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    /// An ExternalSecret, which names an entry of a store and holds no value.
    ExternalSecret,
    /// A SealedSecret, which kubeseal encrypts for the cluster.
    SealedSecret,
    /// A Secret that sops encrypts.
    Sops,
    /// The file that `secretstores.local.file` reads. It holds the values.
    DaprLocalFile,
    /// A Secret with its values.
    Secret,
}

/// `unbake hook`.
#[derive(Debug, Subcommand)]
pub enum Hook {
    /// What a push would send: commits, files, messages and tags. Git tells on standard input what it pushes.
    PrePush(PrePush),
    /// What is staged for the next commit.
    PreCommit(HookScan),
    /// Make git run the pre-push hook in this repository; a hook that is there goes on to run.
    Install(HookChoice),
    /// Take the hooks out again, and put back what was there.
    Uninstall,
    /// Tell which hooks there are.
    #[command(after_help = "\
Exit codes:
  0  the pre-push hook is there
  1  it is not")]
    Status,
}

/// `unbake hook pre-push`.
#[derive(Debug, Args)]
#[command(after_help = "\
With UNBAKE_SKIP=1 everything passes, and <git-dir>/unbake/skips.log has a line of it.

Exit codes:
  0  nothing that leaves is at or above --fail-on
  1  a credential would leave: the push is refused
  2  usage or configuration, or what git tells is not understood: the push is refused
  3  something that would leave could not be read: the push is refused")]
pub struct PrePush {
    /// Name of the remote, or its URL, as git gives it to the hook
    #[arg(value_name = "REMOTE")]
    pub remote: Option<String>,

    /// URL of the remote
    #[arg(value_name = "URL")]
    pub url: Option<String>,

    /// How it is scanned.
    #[command(flatten)]
    pub scan: HookScan,
}

/// What hooks that scan are told.
#[derive(Debug, Args)]
pub struct HookScan {
    /// Lowest severity that refuses [default: low]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,

    /// File of known findings; see `unbake baseline`
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Configuration to use in place of the .unbake.toml of the repository
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,

    /// Read everything again, also what was clean before
    #[arg(long)]
    pub no_cache: bool,

    /// Key of the fingerprints.
    #[arg(long, env = "UNBAKE_FINGERPRINT_KEY", hide = true, hide_env_values = true)]
    pub fingerprint_key: Option<String>,
}

/// Which hooks.
#[derive(Debug, Args)]
pub struct HookChoice {
    /// The pre-commit hook as well
    #[arg(long)]
    pub pre_commit: bool,
}

/// `unbake baseline`.
#[derive(Debug, Args)]
pub struct Baseline {
    /// What to do with it.
    #[command(subcommand)]
    pub action: BaselineAction,
}

/// The subcommands of `unbake baseline`.
#[derive(Debug, Subcommand)]
pub enum BaselineAction {
    /// Scan, and write what is found to a new baseline.
    Create(BaselineOf),
    /// Scan, and bring a baseline up to date: what is known keeps its reason and its day, what is gone goes, what is
    /// new is added.
    Update(BaselineOf),
}

/// `unbake baseline create` and `unbake baseline update`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  written
  2  usage or configuration; nothing is written
  3  something could not be read; what was found is written, and nothing taken out
  4  a target could not be reached; nothing is written")]
pub struct BaselineOf {
    /// What to scan, and how.
    #[command(flatten)]
    pub scanning: Scanning,

    /// The baseline [default: the one that .unbake.toml names, or .unbake-baseline.json]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Why the findings that are added are let through
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Who answers for them
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,

    /// The last day on which they are let through, in UTC; the day after, they are findings again
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<Date>,
}
