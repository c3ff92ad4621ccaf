//! What a rule is. A rule is data: a shape to look for, how to judge what has the shape, and what to tell people.

use serde::Deserialize;

use crate::finding::{Confidence, Severity};

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
    /// that says otherwise). The expression is only tried round one of them.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// How it is looked for.
    #[serde(default)]
    pub shape: Shape,
    /// The expression. Its group `secret` is the value; without that group the whole match is.
    #[serde(default)]
    pub regex: String,
    /// Shannon entropy, in bits a byte, that the value must reach.
    #[serde(default)]
    pub entropy: Option<f64>,
    /// Name of the check in `detect::checksum` that raises or lowers confidence.
    #[serde(default)]
    pub checksum: Option<String>,
    /// Whether the shape is looked for in binary files too. False for what can only stand in text.
    #[serde(default = "Rule::yes")]
    pub binary: bool,
    /// Whether a letter, a digit or `_` right before the match refuses it. False where the shape is often glued
    /// to what precedes it.
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
    fn default_confidence() -> Confidence {
        Confidence::High
    }

    fn yes() -> bool {
        true
    }
}
