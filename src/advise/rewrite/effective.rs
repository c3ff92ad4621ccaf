//! What a Secret has to hold so that everything runs as before. It is not always what stands in the file.

use std::ops::Range;

use super::original::{Original, text};
use super::reason::Reason;
use super::{Options, annotations, arguments, connection, expansion, scalar};
use crate::manifest::{Field, Role};
use crate::secret::Secret;
use crate::yaml::node::{Node, Scalar, Style};
use crate::yaml::route;

/// What daprd puts something else in place of, in every value of a component.
const TAGS: &[&str] = &["{uuid}", "{podName}", "{namespace}", "{appID}"];

/// What a program gets for a literal today.
#[derive(Debug, Clone)]
pub struct Effective {
    /// What the Secret has to hold.
    pub value: Secret,
    /// Whether it is the password alone, and the URL round it stays readable.
    pub composed: bool,
    /// What one has to know of it.
    pub notes: Vec<String>,
}

/// What the Secret has to hold for a field: of a word of a command the part that the field is, of everything else the
/// whole scalar, or its password where [`Options::compose`] asks for it.
///
/// # Errors
/// Where what runs is not known from the file alone.
pub fn effective(original: Original<'_>, field: &Field, options: &Options<'_>) -> Result<Effective, Reason> {
    let scalar = scalar_of(&original, field)?;
    scalar::is_text(scalar)?;
    if field.decoded {
        return Err(Reason::Binary);
    }
    let mut notes = Vec::new();
    let (value, composed) = match field.role {
        Role::Env if !of_dapr(&original, field) => match password_part(scalar, options) {
            Some(part) => {
                if scalar.text[part.clone()].contains('%') {
                    notes.push(format!("The Secret holds the password of {} as it is written in the URL, percent-encoded: a new one has to be, too.", field.name));
                }
                (expansion::expand(&scalar.text, &part)?, true)
            }
            None => (expansion::expand(&scalar.text, &(0..scalar.text.len()))?, false),
        },
        Role::Argument => (arguments::value(&original, field, scalar)?, false),
        Role::DaprEnv => {
            let value = annotations::value(&scalar.text, &field.name)?;
            (expansion::expand(value, &(0..value.len()))?, false)
        }
        _ => (scalar.text.to_string(), false),
    };
    if of_dapr(&original, field) {
        dapr(&value, &field.name, &mut notes)?;
    }
    if value.ends_with('\n') && matches!(scalar.style, Style::Literal | Style::Folded) {
        notes.push(format!(
            "The value of {} ends in a line break, and the Secret has to keep it.",
            field.name
        ));
    }
    Ok(Effective { value: Secret::new(value.as_bytes(), 0), composed, notes })
}

/// The scalar that a field stands in.
pub(super) fn scalar_of<'a>(original: &Original<'a>, field: &Field) -> Result<&'a Scalar, Reason> {
    let route = &field.document.field;
    if route::steps(route).is_none() {
        return Err(Reason::Nested);
    }
    original.node(route).and_then(Node::scalar).ok_or(Reason::Unclear)
}

/// Where the password of a URL stands, if it is to be taken out of it alone.
pub(super) fn password_part(scalar: &Scalar, options: &Options<'_>) -> Option<Range<usize>> {
    options.compose.then(|| connection::password(&scalar.text)).flatten()
}

/// Whether a field is of a resource of Dapr.
pub(super) fn of_dapr(original: &Original<'_>, field: &Field) -> bool {
    text(original.object_of(field).node, "apiVersion").starts_with("dapr.io/")
}

fn dapr(value: &str, name: &str, notes: &mut Vec<String>) -> Result<(), Reason> {
    let quoted = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if ['"', '`', '\''].into_iter().any(quoted) {
        return Err(Reason::QuotedForDapr);
    }
    if let Some(tag) = TAGS.iter().find(|tag| value.contains(*tag)) {
        notes.push(format!("daprd puts another text in place of {tag} in {name}, as it does now."));
    }
    Ok(())
}
