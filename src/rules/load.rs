//! From rule files to a rule set that the scanner can use.

use sha2::{Digest, Sha256};

use super::model::{Rule, RuleFile};

// `static FILES: &[(&str, &str)]`: name and text of every file of `rules/`, written by build.rs.
include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// Rule files that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not one of rules.
    #[error("{file}: {source}")]
    Parse {
        /// Name of the file.
        file: String,
        /// Where and what.
        source: serde_yaml::Error,
    },
}

/// Rules in their order, and the digest of their text.
pub struct Rules {
    /// All rules.
    pub rules: Vec<Rule>,
    /// `sha256:…` over the files' names and texts: two reports of the same ruleset can be compared.
    pub digest: String,
}

/// The rules that come with the binary.
pub fn builtin() -> Result<Rules, Error> {
    let mut digest = Sha256::new();
    let mut rules = Vec::new();
    for (file, text) in FILES {
        digest.update(file);
        digest.update(text);
        rules.extend(parse(file, text)?);
    }
    let digest = digest.finalize().iter().map(|b| format!("{b:02x}")).collect::<String>();
    Ok(Rules { rules, digest: format!("sha256:{digest}") })
}

/// The rules of one file; those without references of their own have the file's.
pub fn parse(file: &str, text: &str) -> Result<Vec<Rule>, Error> {
    let parsed: RuleFile =
        serde_yaml::from_str(text).map_err(|source| Error::Parse { file: file.to_owned(), source })?;
    let references = parsed.references;
    Ok(parsed
        .rules
        .into_iter()
        .map(|mut rule| {
            if rule.references.is_empty() {
                rule.references.clone_from(&references);
            }
            rule
        })
        .collect())
}
