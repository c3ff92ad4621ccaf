//! Examples of rules of shape `file`: whole files, held against what their readers find.

use super::{read, value};
use crate::detect::examples::Failure;
use crate::rules::model::Rule;

/// The path and the content that an example shows: its first line is `file: PATH`, with `(base64)` after it where the
/// rest of the text is that encoding of the content.
pub fn content(example: &str) -> Option<(&str, Vec<u8>)> {
    let (head, rest) = example.split_once('\n').unwrap_or((example, ""));
    let path = head.strip_prefix("file: ")?.trim();
    match path.strip_suffix("(base64)") {
        Some(path) => Some((path.trim_end(), value::decoded(rest)?)),
        None => Some((path, rest.into())),
    }
}

/// The examples of `rule` that fail: those in which nothing is found under its id,
/// and negative ones in which something is.
pub fn failing(rule: &Rule) -> Vec<Failure> {
    let ids = |example: &str| {
        let (path, bytes) = content(example)?;
        Some(read(path, &bytes).unwrap_or_default().iter().map(|found| found.rule).collect::<Vec<_>>())
    };
    let numbered = |field, examples: &[String], should| {
        let judge = |(number, text): (usize, &String)| {
            let message = match ids(text).map(|ids| ids.contains(&rule.id.as_str())) {
                None => "it is no file: its first line must be `file: PATH`",
                Some(is) if is == should => return None,
                Some(true) => "the rule finds something in it",
                Some(false) => "the rule does not find it",
            };
            Some(Failure { field: format!("{field}[{number}]"), message: message.to_owned() })
        };
        examples.iter().enumerate().filter_map(judge).collect::<Vec<_>>()
    };
    let mut all = numbered("examples", &rule.examples, true);
    all.extend(numbered("negative_examples", &rule.negative_examples, false));
    all
}
