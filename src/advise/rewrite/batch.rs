//! The rewrites of one document together: what several of them want of one list or scalar is one edit.

use std::collections::BTreeMap;
use std::ops::Range;

use super::container::{Variables, env, variable_shape};
use super::original::{Original, below, item};
use super::reason::Reason;
use super::{Options, Rewrite, annotations, configmap, store};
use crate::advise::plan::Reference;
use crate::yaml::splice::{Edit, Shape, Where};

/// What the rewrites of one document have in common.
pub(super) struct Batch<'a> {
    pub(super) original: Original<'a>,
    pub(super) options: Options<'a>,
    pub(super) variables: Variables,
}

impl<'a> Batch<'a> {
    pub(super) fn new(original: Original<'a>, options: &Options<'a>) -> Self {
        Self { original, options: *options, variables: Variables::default() }
    }
}

/// What one literal's rewrite asks for.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) wishes: Vec<Wish>,
    /// Routes that its own edits change.
    pub(super) changed: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// One thing that a rewrite asks for. Those that others may ask for as well are joined.
pub(super) enum Wish {
    /// An edit that nobody else makes.
    Edit(Edit),
    /// Another text for a part of a scalar.
    Part { route: String, part: Range<usize>, with: String },
    /// A variable that comes from a Secret, before an item of `env` or after its last.
    Variable { container: String, before: Option<usize>, name: String, reference: Reference },
    /// An entry of a ConfigMap's `data` that goes.
    Entry { map: String, key: String },
    /// A variable of a sidecar.
    Sidecar { annotations: String, name: String, reference: Reference },
    /// `auth.secretStore` in the mapping at this route.
    Store { holder: String },
}

impl Piece {
    pub(super) fn edit(&mut self, edit: Edit) {
        self.wishes.push(Wish::Edit(edit));
    }

    pub(super) fn variable(
        &mut self,
        container: &str,
        before: Option<usize>,
        name: &str,
        reference: &Reference,
    ) {
        self.wishes.push(Wish::Variable {
            container: container.to_owned(),
            before,
            name: name.to_owned(),
            reference: reference.clone(),
        });
    }
}

/// Edits that several wishes of one kind make at one place.
#[derive(Default)]
pub(super) struct Made {
    pub(super) edits: Vec<Edit>,
    pub(super) changed: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The wishes at one place, each with its literal's number.
type Group<'w, T> = Vec<(usize, &'w T)>;

/// Makes the pieces one rewrite. `pieces` have the numbers of their literals.
///
/// # Errors
/// The literals whose wishes can't be met; without them the others have to be tried again.
pub(super) fn combine(batch: &Batch<'_>, pieces: &[(usize, Piece)]) -> Result<Rewrite, Vec<(usize, Reason)>> {
    let mut all = Combined { document: batch.original.document.index, ..Combined::default() };
    let mut groups: BTreeMap<(u8, &str), Group<'_, Wish>> = BTreeMap::new();
    for (leak, piece) in pieces {
        let own = Made { changed: piece.changed.clone(), notes: piece.notes.clone(), edits: Vec::new() };
        all.add(&[*leak], own);
        for wish in &piece.wishes {
            let place = match wish {
                Wish::Edit(edit) => {
                    all.edits.push((*leak, edit.clone()));
                    continue;
                }
                Wish::Part { route, .. } => (0, &**route),
                Wish::Variable { container, .. } => (1, &**container),
                Wish::Entry { map, .. } => (2, &**map),
                Wish::Sidecar { annotations, .. } => (3, &**annotations),
                Wish::Store { holder } => (4, &**holder),
            };
            groups.entry(place).or_default().push((*leak, wish));
        }
    }
    let mut refused = Vec::new();
    for ((kind, place), group) in groups {
        let wishes: Vec<&Wish> = group.iter().map(|(_, wish)| *wish).collect();
        let leaks: Vec<usize> = group.iter().map(|(leak, _)| *leak).collect();
        let made = match kind {
            0 => parts(&batch.original, place, &wishes),
            1 => variables(&batch.original, place, &wishes),
            2 => configmap::without(&batch.original, place, &wishes),
            3 => annotations::sidecar(&batch.original, place, &wishes),
            _ => store::set(&batch.original, place, batch.options.secret_store),
        };
        match made {
            Ok(made) => all.add(&leaks, made),
            Err(reason) => refused.extend(leaks.into_iter().map(|leak| (leak, reason.clone()))),
        }
    }
    if refused.is_empty() { all.finish() } else { Err(refused) }
}

/// One scalar with other texts for its parts.
fn parts(original: &Original<'_>, route: &str, wishes: &[&Wish]) -> Result<Made, Reason> {
    let mut text = original.node(route).and_then(|node| node.text()).ok_or(Reason::Unclear)?.to_owned();
    let mut parts: Vec<(&Range<usize>, &str)> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Wish::Part { part, with, .. } => Some((part, &**with)),
            _ => None,
        })
        .collect();
    parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.start));
    if parts.windows(2).any(|pair| pair[1].0.end > pair[0].0.start) {
        return Err(Reason::Overlap);
    }
    let before = text.clone();
    // A comment that repeats one goes with it.
    let gone: Vec<&str> = parts.iter().map(|(part, _)| &before[(*part).clone()]).collect();
    for (part, with) in &parts {
        text.replace_range((*part).clone(), with);
    }
    let edit = original.editor().purging(&gone).replace_text(route, &text)?;
    Ok(Made { edits: vec![edit], changed: vec![route.to_owned()], ..Made::default() })
}

/// New variables of one container.
fn variables(original: &Original<'_>, container: &str, wishes: &[&Wish]) -> Result<Made, Reason> {
    let items = wishes.iter().filter_map(|wish| match wish {
        Wish::Variable { before, name, reference, .. } => Some((*before, variable_shape(name, reference))),
        _ => None,
    });
    let (editor, list) = (original.editor(), below(container, "env"));
    let node = original.node(container).ok_or(Reason::Unclear)?;
    let mut made = Made::default();
    if node.get("env").is_some() {
        // A new index: those that are there may not change.
        made.changed.push(item(&list, env(original, container).len()));
        for (before, shape) in items {
            let at = before.map_or(Where::Last, Where::BeforeItem);
            made.edits.push(editor.insert_item(&list, &at, &shape)?);
        }
        if original.node(&list).is_some_and(|list| list.scalar().is_none() && list.items().is_empty()) {
            made.edits = joined(made.edits);
        }
        return Ok(made);
    }
    let all = Shape::Sequence(items.map(|(_, shape)| shape).collect());
    // Where people write it: after what the container runs.
    let last = node.entries().iter().rev();
    let last = last.filter_map(|entry| entry.key.text()).find(|key| matches!(*key, "command" | "args"));
    let at = last.map_or(Where::Last, Where::AfterKey);
    made.edits.push(editor.insert_entry(container, &at, "env", &all)?);
    made.changed.push(list);
    Ok(made)
}

/// One edit of those that each fill an empty `[]`.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let texts: Vec<&str> = edits.iter().map(|edit| &*edit.text).collect();
    let text = texts.join(", ");
    edits.first().map(|first| Edit { span: first.span, text }).into_iter().collect()
}

#[derive(Default)]
struct Combined {
    document: usize,
    edits: Vec<(usize, Edit)>,
    changed: Vec<String>,
    notes: Vec<String>,
}

impl Combined {
    fn add(&mut self, leaks: &[usize], made: Made) {
        // An edit of several literals is known by the last: it goes when that one is refused.
        let owner = leaks.last().copied().unwrap_or_default();
        self.edits.extend(made.edits.into_iter().map(|edit| (owner, edit)));
        self.changed.extend(made.changed);
        for note in made.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Edits in the order of the file. Several may put something in at one place, none may touch another's bytes.
    fn finish(mut self) -> Result<Rewrite, Vec<(usize, Reason)>> {
        self.edits.sort_by_key(|(_, edit)| edit.span);
        let mut refused = Vec::new();
        for pair in self.edits.windows(2) {
            if pair[1].1.span.start < pair[0].1.span.end {
                refused.push((pair[1].0, Reason::Overlap));
            }
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        self.changed.sort();
        self.changed.dedup();
        let document = self.document;
        Ok(Rewrite {
            edits: self.edits.into_iter().map(|(_, edit)| edit).collect(),
            changed: self.changed.into_iter().map(|route| (document, route)).collect(),
            notes: self.notes,
        })
    }
}
