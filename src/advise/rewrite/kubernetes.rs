//! `env[].value` of a container → `valueFrom.secretKeyRef`.

use super::batch::{Batch, Piece, Wish};
use super::container::{key_shape, named};
use super::effective::{effective, password_part, scalar_of};
use super::original::text;
use super::reason::Reason;
use crate::advise::plan::Reference;
use crate::manifest::Field;
use crate::yaml::route::{Step, parent};
use crate::yaml::splice::Shape;

/// A variable of a container.
pub(super) fn variable(batch: &mut Batch<'_>, field: &Field, reference: &Reference) -> Result<Piece, Reason> {
    let (original, options) = (batch.original, batch.options);
    let route = &field.document.field;
    let (item, container, index) = place(route).ok_or(Reason::Unclear)?;
    let node = original.node(item).ok_or(Reason::Unclear)?;
    if node.get("valueFrom").is_some() {
        return Err(Reason::ReferenceBeside("valueFrom"));
    }
    let name = text(node, "name");
    if named(&original, container, name).len() > 1 {
        return Err(Reason::TwiceSet(name.to_owned()));
    }
    let effective = effective(original, field, &options)?;
    let mut piece = Piece { notes: effective.notes, ..Piece::default() };
    let part =
        effective.composed.then(|| password_part(scalar_of(&original, field).ok()?, &options)).flatten();
    if let Some(part) = part {
        let wanted = format!("{name}_PASSWORD");
        let variable = batch.variables.get(&original, container, &wanted, reference, Some(index));
        let with = format!("$({})", variable.name);
        piece.wishes.push(Wish::Part { route: route.clone(), part, with });
        if variable.new {
            piece.variable(container, Some(index), &variable.name, reference);
        }
        return Ok(piece);
    }
    let from = Shape::Mapping(vec![("secretKeyRef".to_owned(), key_shape(reference))]);
    piece.edit(original.editor().replace_entry(route, "valueFrom", &from)?);
    piece.changed.extend([route.clone(), format!("{item}.valueFrom")]);
    batch.variables.note(container, name, reference, index);
    Ok(piece)
}

/// The item, the container and the index of `CONTAINER.env[INDEX].value`.
fn place(route: &str) -> Option<(&str, &str, usize)> {
    let (item, value) = parent(route)?;
    let (list, Step::Index(index)) = parent(item)? else { return None };
    let (container, env) = parent(list)?;
    let key = |step: Step, key: &str| step == Step::Key(key.to_owned());
    (key(value, "value") && key(env, "env")).then_some((item, container, index))
}
