//! Words of a command: a variable from a Secret, and `$(NAME)` in the place of the literal.

use std::ops::Range;

use super::batch::{Batch, Piece, Wish};
use super::effective::{effective, scalar_of};
use super::expansion;
use super::original::{Original, below};
use super::reason::Reason;
use super::shell;
use crate::advise::plan::Reference;
use crate::detect::judge;
use crate::manifest::{Field, Role};
use crate::span::Span;
use crate::yaml::node::{Node, Scalar};
use crate::yaml::route::{Step, parent};

/// Programs that take a script after `-c`.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "ksh", "zsh", "busybox"];

/// A shorter name says too little to call a variable by it: `-a`, `-p`.
const SHORT: usize = 3;

/// What a reference does not help.
const VISIBLE: &str = "Whoever can list the processes of a container sees the words of its commands, also those that \
    come from a Secret: a file or a variable is better where the program reads one.";

/// A word of a container's command, or of a probe's.
pub(super) fn word(batch: &mut Batch<'_>, field: &Field, reference: &Reference) -> Result<Piece, Reason> {
    let original = batch.original;
    let word = Word::of(&original, &field.document.field).ok_or(Reason::Program)?;
    let scalar = scalar_of(&original, field)?;
    let part = part(&original, field, scalar).ok_or(Reason::Unclear)?;
    let effective = effective(original, field, &batch.options)?;
    let quoting = word.is_script.then(|| shell::quoting(&scalar.text, &part)).transpose()?;
    let before = name_before(&scalar.text[..part.start]);
    let wanted =
        [before, &field.name].into_iter().find(|name| says_something(name)).unwrap_or(&reference.key);
    let variable = batch.variables.get(&original, &word.container, wanted, reference, None);
    let with = match quoting {
        Some(quoting) => quoting.reference(&variable.name),
        None => format!("$({})", variable.name),
    };
    let mut piece = Piece { notes: effective.notes, ..Piece::default() };
    piece.wishes.push(Wish::Part { route: field.document.field.clone(), part, with });
    if variable.new {
        piece.variable(&word.container, None, &variable.name, reference);
    }
    piece.notes.push(VISIBLE.to_owned());
    Ok(piece)
}

/// A field that is cut down to the bytes of a credential within it: a word may be a whole script. As it is where it
/// has no such bytes.
pub fn narrowed(original: Original<'_>, field: &Field, span: Span) -> Field {
    let mut field = field.clone();
    let inside = field.raw.start <= span.start && span.end <= field.raw.end && span.start < span.end;
    let written = original.text.get(span.start..span.end).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(written) = written.filter(|_| inside && field.role == Role::Argument) else { return field };
    let inner = original.node(&field.document.field).map(|node| (node.inner_span(), node.text()));
    let Some((inner, Some(text))) = inner else { return field };
    // In a block scalar or after an escape the bytes are not where the text is; then it has to stand there once.
    let there = span.start.checked_sub(inner.start).and_then(|at| text.get(at..));
    if there.is_some_and(|rest| rest.starts_with(written)) || text.matches(written).count() == 1 {
        (field.value, field.raw) = (written.to_owned(), span);
    }
    field
}

/// The name of the flag or variable that stands directly before a part: `--requirepass `, `PGPASSWORD='`.
fn name_before(before: &str) -> &str {
    let before = before.trim_end_matches(|c: char| " =:\"'".contains(c));
    let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && !"_.-".contains(c)).next();
    name.unwrap_or_default().trim_start_matches(['-', '.'])
}

/// Whether a variable can be called by a name.
fn says_something(name: &str) -> bool {
    name.len() >= SHORT && judge::names_credential(name)
}

/// The effective text of a word's part.
pub(super) fn value(original: &Original<'_>, field: &Field, scalar: &Scalar) -> Result<String, Reason> {
    let word = Word::of(original, &field.document.field).ok_or(Reason::Program)?;
    let part = part(original, field, scalar).ok_or(Reason::Unclear)?;
    if word.is_script {
        if part.len() == scalar.text.len() {
            return Err(Reason::Shell("the credential stands somewhere in a script"));
        }
        shell::quoting(&scalar.text, &part)?;
    }
    match (word.is_main, word.is_script) {
        (true, _) => expansion::expand(&scalar.text, &part),
        // What the kubelet makes of a `$` depends on the kind of probe or hook.
        (false, true) if scalar.text[part.clone()].contains('$') => Err(Reason::Dollar),
        (false, true) => Ok(scalar.text[part].to_owned()),
        (false, false) => Err(Reason::NotExpanded),
    }
}

/// Which part of the scalar's text the field is.
fn part(original: &Original<'_>, field: &Field, scalar: &Scalar) -> Option<Range<usize>> {
    let (text, value) = (&*scalar.text, &*field.value);
    let inner = original.node(&field.document.field)?.inner_span();
    let at = field.raw.start.checked_sub(inner.start)?;
    if field.raw != inner && text.get(at..).is_some_and(|rest| rest.starts_with(value)) {
        return Some(at..at + value.len());
    }
    // Written with escapes or folded: it has no bytes of its own, but stands once in the text.
    let mut found = text.match_indices(value).map(|(at, _)| at);
    let at = found.next()?;
    found.next().is_none().then(|| at..at + value.len())
}

/// A word, and what reads it.
struct Word {
    /// The container's route.
    container: String,
    /// Whether it is of the container's own command, in which the kubelet puts variables.
    is_main: bool,
    /// Whether a shell reads it.
    is_script: bool,
}

impl Word {
    fn of(original: &Original<'_>, route: &str) -> Option<Self> {
        let (list, Step::Index(index)) = parent(route)? else { return None };
        let (holder, Step::Key(key)) = parent(list)? else { return None };
        let list = |key: &str| original.node(&below(holder, key)).map(Node::items).unwrap_or_default();
        let own = list(&key).get(..index)?;
        let (container, is_main) = match parent(holder) {
            Some((handler, Step::Key(exec))) if exec == "exec" => (container_of(handler)?, false),
            _ => (holder, true),
        };
        let before: Vec<&str> = match key == "args" {
            true => list("command").iter().chain(own).filter_map(Node::text).collect(),
            false => own.iter().filter_map(Node::text).collect(),
        };
        Some(Self { container: container.to_owned(), is_main, is_script: is_script(&before) })
    }
}

/// The container of `CONTAINER.livenessProbe` or `CONTAINER.lifecycle.preStop`.
fn container_of(handler: &str) -> Option<&str> {
    let (holder, _) = parent(handler)?;
    match parent(holder) {
        Some((container, Step::Key(key))) if key == "lifecycle" => Some(container),
        _ => Some(holder),
    }
}

/// Whether a shell reads the word after these. Without a command `-c` is the image's, which is nearly always a shell.
fn is_script(before: &[&str]) -> bool {
    let Some((flag, before)) = before.split_last() else { return false };
    let letters = flag.strip_prefix('-').unwrap_or_default();
    let is_flag = letters.ends_with('c') && letters.bytes().all(|b| b.is_ascii_lowercase());
    let is_shell = |word: &&str| SHELLS.contains(&word.rsplit('/').next().unwrap_or_default());
    is_flag && (before.is_empty() || before.iter().any(is_shell))
}
