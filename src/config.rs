//! `.unbake.toml`: what a project asks for at every scan.
//!
//! It is read value by value, each with its line, so that all that is wrong in it can be told at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use globset::Glob;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Confidence, Severity};

/// Name of the file.
pub const FILE: &str = ".unbake.toml";

/// Its keys.
const KEYS: [&str; 7] = ["baseline", "disable", "exclude", "fail_on", "min_confidence", "platform", "rules"];

/// A value and the line that it stands on, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its line.
    pub line: usize,
}

/// What a project asks for. Paths are relative to the current directory, as the command line's are; in the file they
/// are relative to the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The file, as messages name it; none where there is none.
    pub file: Option<PathBuf>,
    /// Globs of paths not to read.
    pub exclude: Vec<Glob>,
    /// Ids of rules whose findings are counted and not raised. Whether they exist is not known here:
    /// [`Config::unknown_rules`].
    pub disable: Vec<At<String>>,
    /// Files of own rules.
    pub rules: Vec<PathBuf>,
    /// The file of known findings.
    pub baseline: Option<At<PathBuf>>,
    /// Lowest severity that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// Lowest confidence that is raised.
    pub min_confidence: Option<Confidence>,
    /// Platforms of an index to read.
    pub platform: Vec<String>,
}

impl Config {
    /// The file that counts in a directory: its own, or the nearest of its parents up to the root of the git
    /// repository. Outside of a repository only its own: what stands further up may be anyone's.
    pub fn find(directory: &Path) -> Option<PathBuf> {
        let root = directory.ancestors().find(|parent| parent.join(".git").exists()).unwrap_or(directory);
        directory
            .ancestors()
            .take_while(|parent| parent.starts_with(root))
            .map(|parent| parent.join(FILE))
            .find(|file| file.exists())
    }

    /// Reads a file. What is wrong in it goes to `problems`, a message each, and the rest is as the file says.
    pub fn read(file: &Path, problems: &mut Vec<String>) -> Self {
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(file, &text, problems),
            Err(e) => {
                problems.push(format!("{}: {e}", file.display()));
                Self::default()
            }
        }
    }

    fn parse(file: &Path, text: &str, problems: &mut Vec<String>) -> Self {
        let mut reader = Reader { file, text, problems: Vec::new() };
        let mut config = Self { file: Some(file.to_owned()), ..Self::default() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            reader.wrong(at, error.message());
        }
        // What is left of a file that is no TOML would only be complained about a second time.
        if errors.is_empty() {
            for (key, value) in table.get_ref() {
                reader.key(&mut config, key, value);
            }
        }
        reader.problems.sort();
        problems.extend(reader.problems.into_iter().map(|(line, what)| message(file, line, &what)));
        config
    }

    /// A message for each rule switched off that does not exist: a misspelt one would go on to be raised, and one that
    /// is gone need not be named.
    pub fn unknown_rules<'r>(&self, ids: impl Iterator<Item = &'r str>) -> Vec<String> {
        let ids: BTreeSet<&str> = ids.collect();
        let unknown = self.disable.iter().filter(|id| !ids.contains(id.value.as_str()));
        unknown
            .map(|At { value, line }| {
                let hint = meant(value, ids.iter().copied());
                self.message(*line, &format!("`disable` names a rule that does not exist: `{value}`{hint}"))
            })
            .collect()
    }

    /// `FILE:LINE: what`
    pub fn message(&self, line: usize, what: &str) -> String {
        message(self.file.as_deref().unwrap_or(Path::new(FILE)), line, what)
    }
}

fn message(file: &Path, line: usize, what: &str) -> String {
    format!("{}:{line}: {what}", file.display())
}

/// `; did you mean …?`, when one of the names is much like this one.
fn meant<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    names
        .map(|other| (strsim::normalized_damerau_levenshtein(name, other), other))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| format!("; did you mean `{other}`?"))
        .unwrap_or_default()
}

/// Takes a file's values, and keeps what is wrong with its line.
struct Reader<'f> {
    file: &'f Path,
    text: &'f str,
    problems: Vec<(usize, String)>,
}

type Value<'f> = Spanned<DeValue<'f>>;

impl Reader<'_> {
    fn key(&mut self, config: &mut Config, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) {
        match key.get_ref().as_ref() {
            "exclude" => config.exclude = self.globs(value),
            "disable" => config.disable = self.strings("disable", value),
            "rules" => {
                config.rules =
                    self.strings("rules", value).into_iter().map(|name| self.beside(&name.value)).collect();
            }
            "baseline" => {
                config.baseline = self
                    .string("`baseline`", value)
                    .map(|At { value, line }| At { value: self.beside(&value), line });
            }
            "fail_on" => config.fail_on = self.word("fail_on", value),
            "min_confidence" => config.min_confidence = self.word("min_confidence", value),
            "platform" => {
                config.platform =
                    self.strings("platform", value).into_iter().map(|platform| platform.value).collect();
            }
            unknown => {
                let hint = match meant(unknown, KEYS.into_iter()) {
                    hint if hint.is_empty() => format!("; the keys are {}", KEYS.join(", ")),
                    hint => hint,
                };
                self.wrong(key.span().start, &format!("there is no key `{unknown}`{hint}"));
            }
        }
    }

    fn globs(&mut self, value: &Value<'_>) -> Vec<Glob> {
        let mut globs = Vec::new();
        for At { value, line } in self.strings("exclude", value) {
            match Glob::new(&value) {
                Ok(glob) => globs.push(glob),
                Err(e) => self.problems.push((line, format!("`exclude`: {e}"))),
            }
        }
        globs
    }

    /// One of a few words.
    fn word<T: FromStr<Err = String>>(&mut self, key: &str, value: &Value<'_>) -> Option<T> {
        let At { value, line } = self.string(&format!("`{key}`"), value)?;
        value.parse().map_err(|what| self.problems.push((line, format!("`{key}`: {what}")))).ok()
    }

    fn strings(&mut self, key: &str, value: &Value<'_>) -> Vec<At<String>> {
        match value.get_ref() {
            DeValue::Array(values) => {
                values.iter().filter_map(|value| self.string(&format!("`{key}`: an item"), value)).collect()
            }
            other => {
                let what = format!("`{key}` must be a list of strings, and is {}", kind(other));
                self.wrong(value.span().start, &what);
                Vec::new()
            }
        }
    }

    fn string(&mut self, what: &str, value: &Value<'_>) -> Option<At<String>> {
        match value.get_ref() {
            DeValue::String(text) => {
                Some(At { value: text.clone().into_owned(), line: self.line(value.span().start) })
            }
            other => {
                let what = format!("{what} must be a string, and is {}", kind(other));
                self.wrong(value.span().start, &what);
                None
            }
        }
    }

    /// A path that the file names, seen from the current directory.
    fn beside(&self, name: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(name)
    }

    fn wrong(&mut self, at: usize, what: &str) {
        self.problems.push((self.line(at), what.to_owned()));
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        1 + memchr::memchr_iter(b'\n', before).count()
    }
}

/// What a value is, in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Config, Vec<String>) {
        let mut problems = Vec::new();
        (Config::parse(Path::new("conf/.unbake.toml"), text, &mut problems), problems)
    }

    #[test]
    fn every_key_is_read() {
        let (config, problems) = parse(
            r#"
exclude = ["node_modules/**", "*.md"]
disable = ["generic-credential",
           "jwt"]
rules = ["ours.yml", "/etc/unbake/rules.toml"]
baseline = "known.json"
fail_on = "high"
min_confidence = "low"
platform = ["linux/amd64"]
"#,
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(config.exclude.iter().map(Glob::glob).collect::<Vec<_>>(), ["node_modules/**", "*.md"]);
        assert_eq!(config.disable[1], At { value: "jwt".to_owned(), line: 4 });
        assert_eq!(config.rules, [Path::new("conf/ours.yml"), Path::new("/etc/unbake/rules.toml")]);
        assert_eq!(config.baseline, Some(At { value: PathBuf::from("conf/known.json"), line: 6 }));
        assert_eq!((config.fail_on, config.min_confidence), (Some(Severity::High), Some(Confidence::Low)));
        assert_eq!(config.platform, ["linux/amd64"]);
        assert_eq!(parse(""), (Config { file: config.file, ..Config::default() }, vec![]));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_with_its_line() {
        let (_, problems) = parse(
            "fail_on = \"sever\"\nexclude = [\"a{b\", 3]\nexcludes = []\n\nplatform = \"linux/amd64\"\n\
             baseline = ['x']\nmin_confidence = 1\n[hook]\nx = 1\n",
        );
        let wanted = [
            "conf/.unbake.toml:1: `fail_on`: `sever` is not a severity: use critical, high, medium or low",
            "conf/.unbake.toml:2: `exclude`: an item must be a string, and is a whole number",
            "conf/.unbake.toml:2: `exclude`: error parsing glob 'a{b'",
            "conf/.unbake.toml:3: there is no key `excludes`; did you mean `exclude`?",
            "conf/.unbake.toml:5: `platform` must be a list of strings, and is a string",
            "conf/.unbake.toml:6: `baseline` must be a string, and is a list",
            "conf/.unbake.toml:7: `min_confidence` must be a string, and is a whole number",
            "conf/.unbake.toml:8: there is no key `hook`; the keys are",
        ];
        assert_eq!(problems.len(), wanted.len(), "{problems:#?}");
        for (problem, wanted) in problems.iter().zip(wanted) {
            assert!(problem.starts_with(wanted), "{problem}\n{wanted}");
        }
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let (config, problems) = parse("exclude = [\"a\"]\nfail_on = high\n= 3\n");
        assert!(problems[0].starts_with("conf/.unbake.toml:2: "), "{problems:?}");
        assert!(problems[1].starts_with("conf/.unbake.toml:3: "), "{problems:?}");
        assert_eq!(config.exclude, []);
    }

    #[test]
    fn a_rule_that_does_not_exist_is_told_with_the_nearest() {
        let (config, _) = parse("disable = [\"jwt\",\n\"github-pta\", \"nothing-like-it\"]");
        let messages = config.unknown_rules(["github-pat", "github-oauth", "jwt"].into_iter());
        assert_eq!(
            messages,
            [
                "conf/.unbake.toml:2: `disable` names a rule that does not exist: `github-pta`; did you mean \
                 `github-pat`?",
                "conf/.unbake.toml:2: `disable` names a rule that does not exist: `nothing-like-it`",
            ]
        );
    }

    #[test]
    fn the_nearest_file_up_to_the_root_of_the_repository_counts() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("repo/a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(root.path().join(FILE), "").unwrap();
        assert_eq!(Config::find(&deep), None, "outside of a repository no parent counts");
        fs::create_dir(root.path().join("repo/.git")).unwrap();
        assert_eq!(Config::find(&deep), None, "above the repository's root");
        let at_root = root.path().join("repo").join(FILE);
        fs::write(&at_root, "").unwrap();
        assert_eq!(Config::find(&deep), Some(at_root));
        fs::write(deep.join(FILE), "").unwrap();
        assert_eq!(Config::find(&deep), Some(deep.join(FILE)));
    }
}
