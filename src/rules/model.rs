//! What a rule is. A rule is data: a shape to look for, how to judge what has the shape, and what to tell people.

use serde::{Deserialize, Deserializer};

use crate::finding::{Confidence, Severity};

/// How far after a word of `near` its value may stand, in bytes: some lines of code, and not the next paragraph.
pub const NEAR_REACH: usize = 160;

/// Size, in bytes, that an expression may have when it is compiled.
pub const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// One file of `rules/`: a provider and its rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The provider, as people call it.
    pub provider: String,
    /// Where its credentials are rotated; used by the rules that name no reference of their own.
    #[serde(default)]
    pub references: Vec<String>,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// What an expression of an [`Allow`] looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The value.
    #[default]
    Secret,
    /// All that the rule's expression matched.
    Match,
    /// The line, or lines, that the match stands on.
    Line,
}

/// Values and places that a rule lets pass. One thing that fits is enough, unless `all` is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allow {
    /// Expressions.
    pub regexes: Vec<String>,
    /// What the expressions look at.
    pub target: Target,
    /// Words that the value contains; case does not count.
    pub stopwords: Vec<String>,
    /// Expressions for the file's path.
    pub paths: Vec<String>,
    /// Whether one of each kind that is given must fit.
    pub all: bool,
}

/// How a rule looks for its values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// By its expression.
    #[default]
    Expression,
    /// As the value of an assignment to a name that holds one of the keywords.
    Assignment,
    /// By structure, in a file of a known kind (`credentials/`): the rule has no expression and no keyword. Its
    /// examples are whole files: the first line is `file: PATH`, with `(base64)` after it for a binary one.
    File,
}

/// One kind of credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Kebab-case, unique, stable: baselines and exclusions name it.
    pub id: String,
    /// What it is, in words: "GitHub personal access token".
    pub title: String,
    /// How bad if real.
    pub severity: Severity,
    /// How sure, when the shape matches and the checksum, if there is one, says nothing.
    #[serde(default = "Rule::default_confidence")]
    pub confidence: Confidence,
    /// Literals of which every match has at least one (case does not count here; it does in the expression unless
    /// that says otherwise). The expression is only tried round one of them. A rule has these or `near`.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Words of which one must stand shortly before a value that has no mark of its own: the provider's name
    /// before 32 hexadecimal digits. Case does not count. They are what the prefilter looks for. The expression is tried
    /// from the word to [`NEAR_REACH`] bytes after it and no further than the second line break; the match need not
    /// contain the word, and the first value after the word is the one that is judged. `boundary` holds at both
    /// ends of the value.
    #[serde(default)]
    pub near: Vec<String>,
    /// How it is looked for.
    #[serde(default)]
    pub shape: Shape,
    /// The expression, case and all; ASCII only. Its group `secret` is the value; without that group the whole match
    /// is. It has no other group that captures, and is at most [`REGEX_SIZE_LIMIT`] when compiled.
    #[serde(default)]
    pub regex: String,
    /// Number of the expression's group that is the value, in rules that were written for other scanners.
    #[serde(skip)]
    pub group: Option<usize>,
    /// Expressions for the file's path, of which one must match; none for all files.
    #[serde(default)]
    pub paths: Vec<String>,
    /// What is let pass: one mapping, or a list of them.
    #[serde(default, deserialize_with = "one_or_many")]
    pub allow: Vec<Allow>,
    /// Shannon entropy, in bits a byte, that the value must reach.
    #[serde(default)]
    pub entropy: Option<f64>,
    /// Name of the check in `detect::checksum` that raises or lowers confidence.
    #[serde(default)]
    pub checksum: Option<String>,
    /// Whether the shape is looked for in binary files too; see [`Rule::in_binaries`] for what holds where a rule
    /// does not say.
    #[serde(default)]
    pub binary: Option<bool>,
    /// Whether a letter, a digit or `_` right before the match refuses it; with `near`, also one right after the
    /// value. False where the shape is often glued to what precedes it.
    #[serde(default = "Rule::yes")]
    pub boundary: bool,
    /// How many bytes of the value are the provider's mark and may be shown; by default the length of the
    /// keyword that the value starts with.
    #[serde(default)]
    pub public_prefix: Option<usize>,
    /// Pages: what the credential is, how to rotate it.
    #[serde(default)]
    pub references: Vec<String>,
    /// Texts in which the rule must find something; every value in them is invented.
    pub examples: Vec<String>,
    /// Texts in which it must find nothing.
    pub negative_examples: Vec<String>,
}

impl Rule {
    /// Whether it is looked for in binary files: false for what can only stand in text, and, unless it says so, for
    /// a shape without a mark.
    pub fn in_binaries(&self) -> bool {
        self.binary.unwrap_or(self.near.is_empty())
    }

    /// What the prefilter looks for: its keywords, or the words that its value stands near to.
    pub fn literals(&self) -> impl Iterator<Item = &String> {
        self.keywords.iter().chain(&self.near)
    }

    fn default_confidence() -> Confidence {
        Confidence::High
    }

    fn yes() -> bool {
        true
    }
}

/// A mapping where a list of mappings may stand.
fn one_or_many<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Allow>, D::Error> {
    let value = serde_json::Value::deserialize(input)?;
    let read = if value.is_array() {
        Vec::deserialize(value)
    } else {
        Allow::deserialize(value).map(|one| vec![one])
    };
    read.map_err(serde::de::Error::custom)
}
