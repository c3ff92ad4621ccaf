//! docker-compose: a literal becomes a file that the image reads (`NAME_FILE`, `secrets:`), or a variable of `.env`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Rewrite;
use super::images::{file_variable, sets_once};
use super::untracked::{Line, Untracked};
use crate::advise::plan::Reference;
use crate::manifest::{Field, Role};
use crate::yaml::node::{Node, Scalar, Style};
use crate::yaml::parse::Document;
use crate::yaml::route::{Route, lookup};
use crate::yaml::splice::{Edit, Editor, Refusal, Shape, Where};

/// Why a literal is left as it is, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The text round it can't be edited.
    #[error(transparent)]
    Edit(#[from] Refusal),
    /// `${HOST}` stands in it.
    #[error(
        "another variable stands in it: put the secret part into a variable of its own, and run this again"
    )]
    Composed,
    /// Unquoted, and neither a text nor a whole number.
    #[error(
        "without quotes YAML reads it as something else than a text, so what runs is not what stands here: put it in quotes as it has to be, and run this again"
    )]
    NotText,
    /// Written with escapes, or over several lines.
    #[error("it is written in a way in which it can't be told from what stands round it: rewrite it by hand")]
    Unclear,
    /// The content of a `configs` or `secrets` entry.
    #[error("`content` keeps it in this file: move it to a file outside of Git, and name that by `file`")]
    Content,
    /// A top-level secret of that name is another one.
    #[error("the secret {0} stands in this file already, and is another one")]
    Taken(String),
    /// Two values want one name.
    #[error("{0} stands for another value as well: give one of them another name, and run this again")]
    TwoValues(String),
    /// The planner's name is none of a variable.
    #[error("{0} can't be the name of a variable")]
    Name(String),
}

/// What became of the leaks of a file.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The edits of those that could be rewritten.
    pub rewrite: Rewrite,
    /// Where their values go.
    pub untracked: Vec<Untracked>,
    /// The others, by number.
    pub refused: Vec<(usize, Reason)>,
}

/// A value that an image reads from a file.
struct Mounted<'a> {
    leak: usize,
    field: &'a Field,
    /// The variable that names the file.
    variable: String,
    /// Name of the secret, and of its file.
    secret: &'a str,
}

/// A part of a scalar that becomes `${NAME:?…}`.
struct Interpolated<'a> {
    leak: usize,
    field: &'a Field,
    part: Range<usize>,
    name: String,
}

enum Way<'a> {
    File(Mounted<'a>),
    Variable(Interpolated<'a>),
}

/// Rewrites the leaks of a compose file together. Of a [`Reference`] here, `name` is that of the secret and its file
/// in `secrets/`, `key` that of the variable in `.env`: whichever the image can do with.
pub fn rewrite(text: &[u8], document: &Document, leaks: &[(&Field, &Reference)]) -> Rewritten {
    let file = File { text, editor: Editor::new(text, document), document };
    let mut out = Rewritten::default();
    let (mut mounted, mut interpolated): (Vec<Mounted<'_>>, BTreeMap<&str, Vec<Interpolated<'_>>>) =
        Default::default();
    let mut values: BTreeMap<String, &str> = BTreeMap::new();
    for (leak, (field, reference)) in leaks.iter().enumerate() {
        let way = file.way(leak, field, reference).and_then(|way| {
            let kept = way.kept();
            let is_new = *values.entry(kept.clone()).or_insert(&field.value) == field.value;
            if is_new { Ok(way) } else { Err(Reason::TwoValues(kept)) }
        });
        match way {
            Ok(Way::File(way)) => mounted.push(way),
            Ok(Way::Variable(way)) => interpolated.entry(&field.document.field).or_default().push(way),
            Err(reason) => out.refused.push((leak, reason)),
        }
    }
    for parts in interpolated.values_mut() {
        file.interpolate(parts, &mut out);
    }
    file.mount(mounted, &mut out);
    // A value that several leaks share is kept once.
    out.untracked.sort();
    let mut kept = BTreeSet::new();
    out.untracked.retain(|one| kept.insert((one.path.clone(), one.line.clone())));
    let mut seen = BTreeSet::new();
    out.rewrite.notes.retain(|note| seen.insert(note.clone()));
    out.refused.sort_by_key(|(leak, _)| *leak);
    out
}

impl Way<'_> {
    /// What the value is called where it is kept.
    fn kept(&self) -> String {
        match self {
            Self::File(way) => file_of(way.secret),
            Self::Variable(way) => way.name.clone(),
        }
    }
}

struct File<'a> {
    text: &'a [u8],
    editor: Editor<'a>,
    document: &'a Document,
}

impl<'a> File<'a> {
    fn node(&self, route: &str) -> Option<&'a Node> {
        lookup(&self.document.root, route)
    }

    fn way<'l>(&self, leak: usize, field: &'l Field, reference: &'l Reference) -> Result<Way<'l>, Reason> {
        let route = &field.document.field;
        if matches!(field.role, Role::ConfigMapData | Role::SecretData) {
            return Err(Reason::Content);
        }
        let node = self.node(route).ok_or_else(|| Refusal::Missing(route.clone()))?;
        let scalar = node.scalar().ok_or_else(|| Refusal::NotScalar(route.clone()))?;
        let part = part(field, node, scalar).ok_or(Reason::Unclear)?;
        if field.value.contains("${") {
            return Err(Reason::Composed);
        }
        if part.len() == scalar.text.len() && !is_text(scalar) {
            return Err(Reason::NotText);
        }
        let is_default = scalar.text[..part.start].ends_with('-') && scalar.text[part.end..].starts_with('}');
        if let Some(variable) = self.file_variable(field).filter(|_| !is_default) {
            let secret = &*reference.name;
            return Ok(Way::File(Mounted { leak, field, variable, secret }));
        }
        if !is_default {
            let name = reference.key.clone();
            return is_variable(&name)
                .then(|| Way::Variable(Interpolated { leak, field, part, name: name.clone() }))
                .ok_or(Reason::Name(name));
        }
        // `${NAME:-default}` has a name already, and is replaced as a whole.
        let start = scalar.text[..part.start].rfind("${").ok_or(Reason::Unclear)?;
        let name = scalar.text[start + 2..part.start].trim_end_matches(['-', ':']).to_owned();
        Ok(Way::Variable(Interpolated { leak, field, part: start..part.end + 1, name }))
    }

    /// The variable by which the service's image reads a file in place of this one. Another entrypoint does not do
    /// it, and a command that uses the variable would miss it.
    fn file_variable(&self, field: &Field) -> Option<String> {
        let service = self.node(&service(field)).filter(|_| field.role == Role::ComposeEnv)?;
        let image = service.get("image")?.text()?;
        let variable = file_variable(image, &field.name)?;
        let has = |key: &str| service.get(key).is_some();
        let uses = |keys: &[&str]| {
            let node = keys.iter().try_fold(service, |node, key| node.get(key));
            node.is_some_and(|node| mentions(node, &field.name))
        };
        let is_set = |node: &Node| {
            let listed =
                |item: &Node| item.text().is_some_and(|text| text.split('=').next() == Some(&variable));
            node.get(&variable).is_some() || node.items().iter().any(listed)
        };
        let is_taken = service.get("environment").is_some_and(is_set);
        (!has("entrypoint") && !uses(&["command"]) && !uses(&["healthcheck", "test"]) && !is_taken)
            .then_some(variable)
    }

    /// Whether the file has a variable of that name put into it.
    fn interpolates(&self, name: &str) -> bool {
        let is_in = |text: &[u8]| {
            let finder = memchr::memmem::Finder::new(name);
            finder.find_iter(text).any(|at| {
                let next = text.get(at + name.len());
                text[..at].ends_with(b"${") && next.is_some_and(|b| b"}:-?+".contains(b))
            })
        };
        is_in(self.text)
    }

    /// Puts variables into a scalar, all of its parts at once.
    fn interpolate(&self, parts: &mut Vec<Interpolated<'_>>, out: &mut Rewritten) {
        let Some(route) = parts.first().map(|way| way.field.document.field.clone()) else { return };
        parts.sort_by_key(|way| std::cmp::Reverse(way.part.start));
        let mut text = self.node(&route).and_then(Node::text).unwrap_or_default().to_owned();
        for way in &*parts {
            text.replace_range(way.part.clone(), &format!("${{{}:?set it in .env}}", way.name));
        }
        match self.editor.replace_text(&route, &text) {
            Ok(edit) => {
                out.rewrite.edits.push(edit);
                out.rewrite.changed.push((self.document.index, route));
                for way in parts {
                    let line = Some(Line { name: way.name.clone(), quoted: true });
                    out.untracked.push(Untracked { leak: way.leak, path: ".env".to_owned(), line });
                    out.rewrite.notes.extend(note_of(way.field).map(str::to_owned));
                    if way.part.len() == way.field.value.len() && self.interpolates(&way.name) {
                        out.rewrite.notes.push(format!(
                            "{} is used in this file already: see that both mean the same.",
                            way.name
                        ));
                    }
                }
                out.rewrite.notes.push(
                    "compose reads .env beside its file; Git must not have it, and a clone needs one of its own."
                        .to_owned(),
                );
            }
            Err(refusal) => out.refused.extend(parts.iter().map(|way| (way.leak, refusal.clone().into()))),
        }
    }

    /// Mounts secrets. Each takes three edits, of which none is made without the others.
    fn mount(&self, mounted: Vec<Mounted<'_>>, out: &mut Rewritten) {
        let mut services: BTreeMap<String, Vec<(Mounted<'_>, Edit)>> = BTreeMap::new();
        for way in mounted {
            match self.name_file(&way) {
                Ok(edit) => services.entry(service(way.field)).or_default().push((way, edit)),
                Err(reason) => out.refused.push((way.leak, reason)),
            }
        }
        let mut done: Vec<(Mounted<'_>, Edit)> = Vec::new();
        let mut lists = Vec::new();
        for (route, ways) in services {
            let names: BTreeSet<&str> = ways.iter().map(|(way, _)| way.secret).collect();
            match self.give(&route, &names) {
                Ok(edits) => {
                    lists.push((route, edits));
                    done.extend(ways);
                }
                Err(reason) => out.refused.extend(ways.iter().map(|(way, _)| (way.leak, reason.clone()))),
            }
        }
        let names: BTreeSet<&str> = done.iter().map(|(way, _)| way.secret).collect();
        match self.declare(&names) {
            Ok(edits) => self.mounted(done, lists, edits, &names, out),
            Err(reason) => out.refused.extend(done.iter().map(|(way, _)| (way.leak, reason.clone()))),
        }
    }

    fn mounted(
        &self,
        done: Vec<(Mounted<'_>, Edit)>,
        lists: Vec<(String, Vec<Edit>)>,
        declared: Vec<Edit>,
        names: &BTreeSet<&str>,
        out: &mut Rewritten,
    ) {
        let index = self.document.index;
        let (rewrite, secrets) = (&mut out.rewrite, Route::default().key("secrets"));
        for (way, edit) in done {
            rewrite.edits.push(edit);
            rewrite.changed.push((index, way.field.document.field.clone()));
            let path = format!("secrets/{}", way.secret);
            out.untracked.push(Untracked { leak: way.leak, path, line: None });
            let image = self.node(&service(way.field)).and_then(|s| s.get("image")).and_then(Node::text);
            if image.is_some_and(sets_once) {
                rewrite.notes.push(format!(
                    "{} sets its password when its volume is made: change it in the database too when you rotate it.",
                    way.field.document.name
                ));
            }
            rewrite.notes.push(
                "compose mounts the files of secrets/ with the owner and mode that they have: where a container runs as another user, it has to be able to read them."
                    .to_owned(),
            );
        }
        for (route, edits) in lists {
            rewrite.edits.extend(edits);
            rewrite.changed.push((index, Route::from(&*route).key("secrets").to_string()));
        }
        if !declared.is_empty() && self.is_old() {
            rewrite.notes.push(
                "docker-compose before version 2 takes secrets only in files of version 3.1 and later; `docker compose` takes them in all."
                    .to_owned(),
            );
        }
        let is_new = self.node("secrets").is_none_or(|node| node.entries().is_empty());
        rewrite.edits.extend(declared);
        match is_new {
            true if !names.is_empty() => rewrite.changed.push((index, secrets.to_string())),
            _ => rewrite.changed.extend(names.iter().map(|name| (index, secrets.key(name).to_string()))),
        }
    }

    /// Whether the file says that it is of a version without secrets.
    fn is_old(&self) -> bool {
        let version = self.node("version").and_then(Node::text).unwrap_or_default();
        version.starts_with(['1', '2']) || matches!(version, "3" | "3.0")
    }

    /// The variable that names the file in the place of the one that has the value.
    fn name_file(&self, way: &Mounted<'_>) -> Result<Edit, Reason> {
        let known = self.node("secrets").and_then(|secrets| secrets.get(way.secret));
        if known.is_some_and(|node| node.get("file").and_then(Node::text) != Some(&*file_of(way.secret))) {
            return Err(Reason::Taken(way.secret.to_owned()));
        }
        let (route, mount) = (&way.field.document.field, format!("/run/secrets/{}", way.secret));
        let is_item = self
            .node(&service(way.field))
            .and_then(|s| s.get("environment"))
            .is_some_and(|node| !node.items().is_empty());
        Ok(if is_item {
            self.editor.replace_text(route, &format!("{}={mount}", way.variable))?
        } else {
            self.editor.replace_entry(route, &way.variable, &Shape::Text(mount))?
        })
    }

    /// Gives secrets to a service.
    fn give(&self, service: &str, names: &BTreeSet<&str>) -> Result<Vec<Edit>, Reason> {
        let list = Route::from(service).key("secrets").to_string();
        let own = self.node(&list).map(Node::items).unwrap_or_default();
        let has = |name: &str| {
            own.iter().any(|item| item.text().or_else(|| item.get("source")?.text()) == Some(name))
        };
        let new: Vec<Shape> =
            names.iter().filter(|name| !has(name)).map(|name| Shape::Text((*name).to_owned())).collect();
        if !own.is_empty() {
            let items = new.iter().map(|item| Ok(self.editor.insert_item(&list, &Where::Last, item)?));
            return items.collect();
        }
        let place = Where::AfterKey("environment");
        Ok(vec![self.editor.insert_entry(service, &place, "secrets", &Shape::Sequence(new))?])
    }

    /// Says which file each secret is.
    fn declare(&self, names: &BTreeSet<&str>) -> Result<Vec<Edit>, Reason> {
        let own = self.node("secrets");
        let entry = |name: &str| Shape::Mapping(vec![("file".to_owned(), Shape::Text(file_of(name)))]);
        let new = names.iter().filter(|name| own.is_none_or(|own| own.get(name).is_none()));
        let new: Vec<(String, Shape)> = new.map(|name| ((*name).to_owned(), entry(name))).collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        if own.is_some_and(|own| !own.entries().is_empty()) {
            let entries = new
                .iter()
                .map(|(name, entry)| Ok(self.editor.insert_entry("secrets", &Where::Last, name, entry)?));
            return entries.collect();
        }
        Ok(vec![self.editor.insert_entry("", &Where::Last, "secrets", &Shape::Mapping(new))?])
    }
}

/// The file of a secret, as compose takes it: relative to its own.
fn file_of(secret: &str) -> String {
    format!("./secrets/{secret}")
}

/// The route of the service that a field belongs to.
fn service(field: &Field) -> String {
    Route::default().key("services").key(&field.document.name).to_string()
}

/// Which part of the scalar's text the field is. `$$` stands for one dollar in the field's value.
fn part(field: &Field, node: &Node, scalar: &Scalar) -> Option<Range<usize>> {
    let (text, inner) = (&*scalar.text, node.inner_span());
    let (at, len) = (field.raw.start.checked_sub(inner.start)?, field.raw.end - field.raw.start);
    let written = |part: &Range<usize>| text.get(part.clone()).map(|part| part.replace("$$", "$"));
    let own = at..at + len;
    if written(&own).as_deref() == Some(&*field.value) {
        return Some(own);
    }
    // Written with escapes, it has no bytes of its own; but it may stand once in the text.
    let mut found = text.match_indices(&*field.value).map(|(at, _)| at);
    let at = found.next().filter(|_| found.next().is_none())?;
    Some(at..at + field.value.len())
}

/// Whether compose takes the scalar for the very text: quoted, or no word that YAML gives another meaning. Whole
/// numbers are written as they were read.
fn is_text(scalar: &Scalar) -> bool {
    let text = &*scalar.text;
    let is_number = text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    let is_other = || {
        let lower = text.to_ascii_lowercase();
        let is_word = matches!(&*lower, "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "~");
        let begins = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        is_word || begins && text.bytes().all(|b| b.is_ascii_hexdigit() || b"+-._:oxTZ ".contains(&b))
    };
    scalar.style != Style::Plain || is_number && text.len() < 19 || !is_other()
}

/// Whether a command uses a variable.
fn mentions(node: &Node, name: &str) -> bool {
    let is_in = |text: &str| {
        text.match_indices(name).any(|(at, _)| {
            let ends = text[at + name.len()..].chars().next();
            text[..at].ends_with(['$', '{']) && !ends.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    node.text().is_some_and(is_in) || node.items().iter().any(|item| item.text().is_some_and(is_in))
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What `.env` does not help.
fn note_of(field: &Field) -> Option<&'static str> {
    match field.role {
        Role::BuildArgument => Some(
            "A build argument stays in the image's history wherever it comes from: take it by `RUN --mount=type=secret` and the build's `secrets`.",
        ),
        Role::ComposeArgument => Some(
            "Whoever can list processes, or run `docker inspect`, sees the words of a command: a file is better where the program reads one.",
        ),
        Role::Annotation => Some("Labels show the value to everyone who can run `docker inspect`."),
        _ => None,
    }
}
