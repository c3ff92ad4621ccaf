//! Runs the binary and looks at what it says.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

/// A run that takes longer is killed, and the test fails: nothing here has to take more than a few seconds.
const LIMIT: Duration = Duration::from_secs(90);

/// What a scan said.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    /// The JSON report; null when there is none.
    pub(crate) report: Value,
    /// The text report, with one blank between words.
    pub(crate) text: String,
    pub(crate) stderr: String,
}

/// Scans a target.
pub(crate) fn scan(target: impl AsRef<OsStr>) -> Outcome {
    run(Command::new(assert_cmd::cargo::cargo_bin!("unbake")), target.as_ref())
}

/// Scans what is given on standard input.
pub(crate) fn scan_stdin(bytes: Vec<u8>) -> Outcome {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("unbake"));
    command.write_stdin(bytes);
    run(command, OsStr::new("-"))
}

/// `scan TARGET` with the report in both forms, from one run.
pub(crate) fn run(mut command: Command, target: &OsStr) -> Outcome {
    let json = tempfile::NamedTempFile::new().unwrap();
    // For a child that is not root.
    std::fs::set_permissions(json.path(), std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    command.arg("scan").arg(target).args(["--format", "json", "--output"]).arg(json.path());
    let output = command.args(["--format", "text"]).timeout(LIMIT).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("killed: {}\n{stderr}", output.status));
    for word in ["panicked", "RUST_BACKTRACE", "overflowed its stack"] {
        assert!(!stderr.contains(word), "{stderr}");
    }
    let report = serde_json::from_slice(&std::fs::read(json.path()).unwrap()).unwrap_or_default();
    Outcome { code, report, text: one_blank(&text), stderr }
}

impl Outcome {
    /// All that was not read, as `path: reason`.
    pub(crate) fn skipped(&self) -> Vec<String> {
        let skipped = self.report["coverage"]["skipped"].as_array().into_iter().flatten();
        skipped
            .map(|s| format!("{}: {}", s["path"].as_str().unwrap(), s["reason"].as_str().unwrap()))
            .collect()
    }

    /// Something at a path that ends like this was not read for a reason with these words, and both reports say so.
    #[track_caller]
    pub(crate) fn tells(&self, path: &str, reason: &str) -> &Self {
        let skipped = self.report["coverage"]["skipped"].as_array().into_iter().flatten();
        let told = skipped
            .map(|s| (s["path"].as_str().unwrap(), s["reason"].as_str().unwrap()))
            .find(|(p, r)| p.ends_with(path) && r.contains(reason));
        let Some((path, reason)) = told else {
            panic!("not told: {path}: {reason}\n{:#?}\n{}", self.skipped(), self.stderr)
        };
        let text = format!("{path} {}", one_blank(reason));
        assert!(self.text.contains(&text), "{text:?} is not in\n{}", self.text);
        self
    }

    /// Nothing but this many things were not read.
    #[track_caller]
    pub(crate) fn tells_only(&self, number: usize) -> &Self {
        assert_eq!(self.skipped().len(), number, "{:#?}", self.skipped());
        self
    }

    /// The planted token was found at a path that ends like this; gives the place.
    #[track_caller]
    pub(crate) fn finds(&self, path: &str) -> &Value {
        let findings = self.report["findings"].as_array().into_iter().flatten();
        let mut places = findings
            .filter(|finding| finding["rule"] == "github-pat")
            .flat_map(|finding| finding["locations"].as_array().unwrap());
        places.find(|place| place["path"].as_str().unwrap().ends_with(path)).unwrap_or_else(|| {
            panic!("nothing at {path}: {:#}\n{:#?}\n{}", self.report["findings"], self.skipped(), self.stderr)
        })
    }

    /// The scan says that it is not complete.
    #[track_caller]
    pub(crate) fn is_incomplete(&self) -> &Self {
        self.exits(3);
        assert!(self.text.contains("not everything was read"), "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{:#?}\n{}\n{}", self.skipped(), self.text, self.stderr);
        self
    }
}

/// Text with one blank where there were blanks and line ends: reports break lines.
fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a file, for a path in a report.
pub(crate) fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
