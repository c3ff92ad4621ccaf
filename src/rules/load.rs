//! From rule files to a rule set that the scanner can use.

use sha2::{Digest, Sha256};

use super::file::{Placed, Reader};
use super::gitleaks;
use super::model::Rule;
use super::problem::Problems;

// Written by build.rs. `static FILES: &[(&str, &str)]`: name and text of every file of `rules/`. `const DIGEST: &str`.
include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// What the files say, as JSON, without examples.
const COMPACT: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));

/// Rules in their order, and the digest of their text.
pub struct Rules {
    /// All rules.
    pub rules: Vec<Rule>,
    /// `sha256:…` over the files' names and texts: two reports of the same ruleset can be compared.
    pub digest: String,
}

/// The rules that come with the binary, without their examples: those have no part in a scan.
pub fn builtin() -> Result<Rules, Problems> {
    let rules = match serde_json::from_str(COMPACT) {
        Ok(rules) => rules,
        // The texts tell in which file and line the mistake is.
        Err(_) => documented()?,
    };
    Ok(Rules { rules, digest: DIGEST.to_owned() })
}

/// The rules that come with the binary, with their examples, read from their text and checked.
pub fn documented() -> Result<Vec<Rule>, Problems> {
    let mut reader = Reader::default();
    for (file, text) in FILES {
        reader.read(&format!("rules/{file}"), text);
    }
    Ok(bare(reader.finish()?))
}

/// The rules of one file; those without references of their own have the file's.
pub fn parse(file: &str, text: &str) -> Result<Vec<Rule>, Problems> {
    let mut reader = Reader::default();
    reader.read(file, text);
    Ok(bare(reader.finish()?))
}

fn bare(rules: Vec<Placed>) -> Vec<Rule> {
    rules.into_iter().map(|placed| placed.rule).collect()
}

impl Rules {
    /// Adds the rules of a file: one in our own YAML, or in the TOML of gitleaks; a rule of the same id is replaced.
    /// Gives a note for each thing in the file that can't be honoured.
    pub fn add_file(&mut self, file: &str, text: &str) -> Result<Vec<String>, Problems> {
        if gitleaks::is_toml(file, text) {
            return gitleaks::add(self, file, text);
        }
        parse(file, text)?.into_iter().for_each(|rule| self.put(rule));
        self.digest_more(file, text);
        Ok(Vec::new())
    }

    /// Adds a rule, or puts it in the place of the one with its id.
    pub fn put(&mut self, rule: Rule) {
        match self.rules.iter_mut().find(|known| known.id == rule.id) {
            Some(known) => *known = rule,
            None => self.rules.push(rule),
        }
    }

    /// The digest becomes one over what it was and the file; where the file stands is no matter.
    pub(super) fn digest_more(&mut self, file: &str, text: &str) {
        let mut digest = Sha256::new();
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        [&self.digest, name, text].iter().for_each(|part| digest.update(part));
        let hex: String = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
        self.digest = format!("sha256:{hex}");
    }

    /// The id that is most like one that does not exist.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.rules.iter().map(|rule| rule.id.as_str()))
    }
}

/// Of `known`, the word that is most like `word`, if one is like it at all.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|other| (strsim::jaro_winkler(word, other), other))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| other)
}
