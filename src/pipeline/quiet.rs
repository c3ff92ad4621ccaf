//! What is found and not raised, since someone said so: each is counted.

use std::collections::BTreeSet;

use crate::finding::{Finding, Suppressed};
use crate::gate::baseline::{Known, Standing};

/// What was said beforehand; what comments beside the values say is seen by the scanner.
#[derive(Debug, Clone, Default)]
pub struct Quiet {
    /// Ids of rules that are switched off. They are looked for all the same, so that what they find is counted, and
    /// no weaker rule raises the same value.
    pub disabled: BTreeSet<String>,
    /// Findings that are known.
    pub known: Known,
}

impl Quiet {
    /// The finding, if it is to be raised; else it is counted. An entry of the baseline that has expired is told
    /// with the finding that it no longer quiets.
    pub(super) fn raised(&self, mut finding: Finding, suppressed: &mut Suppressed) -> Option<Finding> {
        if self.disabled.contains(&finding.rule) {
            suppressed.disabled += 1;
            return None;
        }
        match self.known.standing(finding.fingerprint) {
            Standing::Known => {
                suppressed.baseline += 1;
                return None;
            }
            Standing::Expired(entry) => finding.quieted.expired = Some(entry),
            Standing::Unknown => {}
        }
        Some(finding)
    }
}
