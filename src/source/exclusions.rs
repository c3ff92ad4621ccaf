//! Paths that are not read because someone asked for it, and who that was.

use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::finding::{SkipKind, Skipped};

/// Globs of paths not to read.
#[derive(Debug, Clone, Default)]
pub struct Exclusions {
    globs: GlobSet,
    /// Who asked for each.
    by: Vec<String>,
}

impl Exclusions {
    /// From globs, each with the words for who asked for it: `--exclude`, `.unbake.toml`. An error where they are
    /// too large together.
    pub fn new(globs: Vec<(Glob, String)>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        let mut by = Vec::new();
        for (glob, who) in globs {
            set.add(glob);
            by.push(who);
        }
        Ok(Self { globs: set.build()?, by })
    }

    /// Who asked that this path is not read, if anyone did.
    pub fn excluder(&self, path: impl AsRef<Path>) -> Option<&str> {
        let path = path.as_ref();
        // Most paths are not excluded, and whether one is costs less than by which glob.
        if !self.globs.is_match(path) {
            return None;
        }
        self.globs.matches(path).first().map(|&number| self.by[number].as_str())
    }
}

/// What was not read since `excluder` asked for it.
pub fn excluded(path: &str, bytes: u64, excluder: &str) -> Skipped {
    Skipped {
        path: path.to_owned(),
        reason: format!("excluded by {excluder}"),
        bytes,
        kind: SkipKind::Excluded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_who_asked_is_named() {
        let glob = |text: &str, by: &str| (Glob::new(text).unwrap(), by.to_owned());
        let asked = Exclusions::new(vec![
            glob("*.md", "--exclude"),
            glob("docs/**", ".unbake.toml"),
            glob("**/README.md", ".unbake.toml"),
        ])
        .unwrap();
        assert_eq!(asked.excluder("docs/README.md"), Some("--exclude"));
        assert_eq!(asked.excluder("docs/a.txt"), Some(".unbake.toml"));
        assert_eq!(asked.excluder("src/a.txt"), None);
        assert_eq!(Exclusions::default().excluder("a"), None);
    }
}
