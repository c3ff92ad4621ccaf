//! kustomize: literals of a `secretGenerator` move to a file that Git does not have.

use std::collections::BTreeMap;

use super::Rewrite;
use super::untracked::{Line, Untracked};
use crate::advise::plan::Reference;
use crate::manifest::Field;
use crate::yaml::node::Node;
use crate::yaml::parse::Document;
use crate::yaml::route::{Route, lookup};
use crate::yaml::splice::{Editor, Refusal, Shape, Where};

/// Why a literal is left as it is, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The text round it can't be edited.
    #[error(transparent)]
    Edit(#[from] Refusal),
    /// A literal of a ConfigMap.
    #[error(
        "a ConfigMap keeps no secret: move the literal to a secretGenerator, and let its consumers use secretRef and secretKeyRef"
    )]
    ConfigMap,
    /// A patch in the kustomization.
    #[error(
        "it stands in the text of a patch: put `valueFrom: {{secretKeyRef: …}}` there in place of `value`, and take what the patched object has there out first, since it may not have both"
    )]
    Patch,
    /// Anything else.
    #[error("it is no literal of a generator: change it by hand")]
    Other,
}

/// What became of the leaks of a kustomization.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The edits of those that could be rewritten.
    pub rewrite: Rewrite,
    /// Where their values go.
    pub untracked: Vec<Untracked>,
    /// The others, by number.
    pub refused: Vec<(usize, Reason)>,
}

/// Rewrites the leaks of a kustomization together. The generator makes the Secret, under the key that the literal
/// had, so the references' names only say which of them are one.
pub fn rewrite(text: &[u8], document: &Document, leaks: &[(&Field, &Reference)]) -> Rewritten {
    let (editor, mut out) = (Editor::new(text, document), Rewritten::default());
    let mut generators: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, (field, _)) in leaks.iter().enumerate() {
        match generator(&field.document.field) {
            Ok(route) => generators.entry(route).or_default().push(number),
            Err(reason) => out.refused.push((number, reason)),
        }
    }
    for (route, numbers) in generators {
        let moved: Vec<(usize, &Field)> = numbers.iter().map(|number| (*number, leaks[*number].0)).collect();
        match moved_out(&editor, document, route, &moved) {
            Ok(moved) => {
                out.rewrite.edits.extend(moved.rewrite.edits);
                out.rewrite.changed.extend(moved.rewrite.changed);
                out.untracked.extend(moved.untracked);
            }
            Err(reason) => out.refused.extend(numbers.into_iter().map(|number| (number, reason.clone()))),
        }
    }
    if !out.untracked.is_empty() {
        out.rewrite.notes = notes(&document.root);
    }
    out.refused.sort_by_key(|(number, _)| *number);
    out
}

/// The generator's route, of that of a literal.
fn generator(route: &str) -> Result<&str, Reason> {
    if route.contains('!') || route.starts_with("patches") {
        return Err(Reason::Patch);
    }
    if route.starts_with("configMapGenerator") {
        return Err(Reason::ConfigMap);
    }
    let literal = route.rfind(".literals[").filter(|_| route.starts_with("secretGenerator["));
    literal.map(|end| &route[..end]).ok_or(Reason::Other)
}

/// Moves literals of one generator to its file.
fn moved_out(
    editor: &Editor<'_>,
    document: &Document,
    route: &str,
    moved: &[(usize, &Field)],
) -> Result<Rewritten, Reason> {
    let mut out = Rewritten::default();
    let generator = lookup(&document.root, route).ok_or_else(|| Refusal::Missing(route.to_owned()))?;
    let name = generator.get("name").and_then(Node::text).unwrap_or("secret");
    let key = |key: &str| Route::from(route).key(key).to_string();
    let (literals, envs, files) = (key("literals"), key("envs"), key("files"));
    let (mut new_envs, mut new_files) = (Vec::new(), Vec::new());
    for (leak, field) in moved {
        // A line of an `envs` file can't hold more than one line of text.
        let (path, line) = if field.value.contains('\n') {
            let path = format!("secrets/{name}-{}", field.name);
            new_files.push(Shape::Text(format!("{}={path}", field.name)));
            (path, None)
        } else {
            (format!("secrets/{name}.env"), Some(Line { name: field.name.clone(), quoted: false }))
        };
        if line.is_some() && new_envs.is_empty() {
            new_envs.push(Shape::Text(path.clone()));
        }
        out.untracked.push(Untracked { leak: *leak, path, line });
    }
    let has = |key: &str| generator.get(key).is_some_and(|list| !list.items().is_empty());
    let count = generator.get("literals").map_or(0, |list| list.items().len());
    let edits = &mut out.rewrite.edits;
    let mut add = |list: &str, key: &'static str, items: Vec<Shape>| -> Result<(), Reason> {
        if items.is_empty() {
            return Ok(());
        }
        let known = lookup(&document.root, list).map(Node::items).unwrap_or_default();
        if has(key) {
            let is_known = |item: &Shape| {
                known.iter().any(|own| matches!(item, Shape::Text(text) if own.text() == Some(text)))
            };
            for item in items.iter().filter(|item| !is_known(item)) {
                edits.push(editor.insert_item(list, &Where::Last, item)?);
            }
        } else {
            // Before them, since the last of the literals may go.
            let place = Where::BeforeKey("literals");
            edits.push(editor.insert_entry(route, &place, key, &Shape::Sequence(items))?);
        }
        out.rewrite.changed.push((document.index, list.to_owned()));
        Ok(())
    };
    add(&envs, "envs", new_envs)?;
    add(&files, "files", new_files)?;
    // Without literals left, the key goes too.
    if moved.len() == count {
        edits.push(editor.remove(&literals)?);
    } else {
        for (_, field) in moved {
            edits.push(editor.remove(&field.document.field)?);
        }
    }
    out.rewrite.changed.push((document.index, literals));
    Ok(out)
}

fn notes(root: &Node) -> Vec<String> {
    let options = root.get("generatorOptions").and_then(|options| options.get("disableNameSuffixHash"));
    let mut notes = vec![
        "`kustomize build` fails where the files of secrets/ are not: where it runs from Git alone (Argo CD, Flux), make the Secret by an ExternalSecret in place of the generator."
            .to_owned(),
    ];
    if options.and_then(Node::text) != Some("true") {
        notes.push(
            "kustomize puts a hash of the content behind the Secret's name, and writes it into variables and volumes, but not into Dapr components: those need `disableNameSuffixHash: true` or a `nameReference`."
                .to_owned(),
        );
    }
    notes
}
