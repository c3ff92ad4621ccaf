//! From what a scan found to a plan, and from a plan to the new text of a file. (Holds the place of the planner's
//! file, which comes from another branch and replaces this one.)

use crate::advise::plan::{FileEdits, Options, Plan};
use crate::finding::Report;
use crate::yaml::splice::{Refusal, apply};

/// Makes the plan for what the report says of the targets' files.
pub fn plan(_: &Report, _: &[String], _: &super::Options, _: &Options) -> Plan {
    Plan::default()
}

/// The text of a file as it is, and as the plan has it.
pub fn render(file: &FileEdits) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
    let before = std::fs::read(&file.path).map_err(|e| Refusal::Broken(e.to_string()))?;
    let after = apply(&before, &file.edits, &file.changed)?;
    Ok((before, after))
}
