//! What a file is. Its content tells wherever that can; its name only where it can't.
//!
//! Asked for every file of an image, so the first look is at the last part of the path and at a few bytes.

use memchr::memmem::find;

use super::{compose, dapr_run, kustomize};
use crate::yaml::route::At;

/// The formats that manifests come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Kubernetes and Dapr objects.
    Objects,
    /// Services of docker-compose (compose-spec).
    Compose,
    /// Instructions of an image.
    Dockerfile,
    /// `kustomization.yaml`.
    Kustomization,
    /// `values.yaml` of a Helm chart.
    HelmValues,
    /// A template of a Helm chart, or of another tool that puts `{{ … }}` into YAML: no YAML itself.
    Template,
    /// `dapr.yaml`, the applications that `dapr run -f` starts.
    DaprRun,
    /// The file that `secretstores.local.file` reads.
    LocalSecrets,
}

/// What a file may be, before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    /// YAML or JSON; which format, its tree tells.
    Tree,
    Dockerfile,
    Template,
}

/// Words that only files of a format have, and that it can't be without.
const MARKS: &[&[u8]] = &[b"services:", b"\"services\"", b"appDirPath", b"appID"];

/// So far a comment at the beginning of a Dockerfile that has another name may reach.
const HEAD: usize = 4 << 10;

impl Format {
    /// What the places of its fields have for a kind. Objects have their own.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Objects => "",
            Self::Compose => "compose",
            Self::Dockerfile => "Dockerfile",
            Self::Kustomization => "Kustomization",
            Self::HelmValues => "helm-values",
            Self::Template => "helm-template",
            Self::DaprRun => "dapr-run",
            Self::LocalSecrets => "local-secrets",
        }
    }

    /// The format of a document that is no object.
    pub(super) fn of_tree(path: &str, root: &At<'_>) -> Option<Self> {
        let name = last_part(path);
        if compose::is_one(root) {
            Some(Self::Compose)
        } else if dapr_run::is_one(root) {
            Some(Self::DaprRun)
        } else if is_kustomization(name) && kustomize::is_one(root) {
            Some(Self::Kustomization)
        } else if is_values(name) && !root.node.entries().is_empty() {
            Some(Self::HelmValues)
        } else if is_local_secrets(name) && !root.node.entries().is_empty() {
            Some(Self::LocalSecrets)
        } else {
            None
        }
    }
}

/// What a file may be. `None` for nearly all.
pub(super) fn suspect(path: &str, text: &[u8]) -> Option<Suspect> {
    if names_a_version(text) && names_a_kind(text) {
        return Some(if is_template(path, text) { Suspect::Template } else { Suspect::Tree });
    }
    by_name(path, text)
}

/// The same for what is no object: those have words that the scanner looks for anyway.
pub(super) fn by_name(path: &str, text: &[u8]) -> Option<Suspect> {
    let name = last_part(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if is_dockerfile(name) || ending.is_empty() && begins_with_from(text) {
        return Some(Suspect::Dockerfile);
    }
    if is_template(path, text) {
        return Some(Suspect::Template);
    }
    let is_yaml = is_yaml(ending) || name.is_empty();
    let is_tree = is_kustomization(name)
        || is_values(name)
        || is_local_secrets(name)
        || is_yaml && MARKS.iter().any(|mark| find(text, mark).is_some());
    is_tree.then_some(Suspect::Tree)
}

/// What stands after the last `/`, or the `!` of an archive.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '!']).next().unwrap_or(path)
}

fn is_yaml(ending: &str) -> bool {
    ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
}

/// `Dockerfile`, `Dockerfile.dev`, `api.Dockerfile`, `Containerfile`; what has no `FROM` is none, whatever its name.
fn is_dockerfile(name: &str) -> bool {
    let has = |word: &str| {
        let starts = name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let ends = name.len().checked_sub(word.len()).and_then(|at| name.get(at..));
        starts && matches!(name.as_bytes().get(word.len()), None | Some(b'.' | b'-' | b'_'))
            || ends.is_some_and(|end| end.eq_ignore_ascii_case(word))
                && name.len() > word.len()
                && name[..name.len() - word.len()].ends_with(['.', '-', '_'])
    };
    has("dockerfile") || has("containerfile")
}

/// The names that kustomize looks for.
fn is_kustomization(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// `values.yaml`, `values-prod.yaml`, `values.prod.yaml`, `prod-values.yaml`: as `helm install -f` is given them.
fn is_values(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let is_word = |part: &str| part.eq_ignore_ascii_case("values");
    let mut parts = stem.split(['.', '-', '_']);
    is_yaml(ending) && (parts.next().is_some_and(is_word) || parts.next_back().is_some_and(is_word))
}

/// The name that Dapr's documentation gives it. Under another name it is known by the component that names it.
fn is_local_secrets(name: &str) -> bool {
    name.eq_ignore_ascii_case("secrets.json")
}

/// A file of `templates/` that is filled in.
fn is_template(path: &str, text: &[u8]) -> bool {
    let name = last_part(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let in_templates = || path[..path.len() - name.len()].split(['/', '!']).any(|part| part == "templates");
    (is_yaml(ending) || matches!(ending, "tpl" | "gotmpl" | "tmpl"))
        && in_templates()
        && find(text, b"{{").is_some()
}

/// Whether the first instruction is `FROM image`, and another one follows. A mailbox begins with that word too.
fn begins_with_from(text: &[u8]) -> bool {
    let mut rest = text[..text.len().min(HEAD)].trim_ascii_start();
    while rest.starts_with(b"#") {
        let Some(end) = memchr::memchr(b'\n', rest) else { return false };
        rest = rest[end..].trim_ascii_start();
    }
    let is_first =
        rest.starts_with(b"FROM ") || rest.starts_with(b"ARG ") && find(rest, b"\nFROM ").is_some();
    is_first
        && [&b"\nRUN "[..], b"\nCOPY ", b"\nENV ", b"\nCMD ", b"\nADD "]
            .iter()
            .any(|i| find(text, i).is_some())
}

/// Whether the text has a key `kind`. Descriptions of APIs by the hundred have an `apiVersion` and none.
fn names_a_kind(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"kind").any(|at| {
        let after = text[at + 4..].trim_ascii_start();
        matches!(after, [b':', ..] | [b'"' | b'\'' | b'\\', ..])
    })
}

/// Whether an `apiVersion` of the form `v1` or `group/v1` stands in the text. Descriptions of cloud APIs have the word
/// by the hundred, with a date or a schema after it; to parse them took a tenth of a scan.
fn names_a_version(text: &[u8]) -> bool {
    const KEY: &[u8] = b"apiVersion";
    memchr::memmem::find_iter(text, KEY).any(|at| {
        let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b':' | b'\\');
        let after = &text[at + KEY.len()..];
        let value = &after[after.iter().take_while(|b| blank(b)).count()..];
        let end = value.iter().position(|b| !is_of_version(*b)).unwrap_or(value.len());
        let version = value[..end].rsplit(|b| *b == b'/').next();
        matches!(version, Some([b'v', b'0'..=b'9', ..]))
    })
}

/// A letter of a group's name or a version's.
fn is_of_version(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_name_where_their_content_can_not() {
        let cases = [
            ("app/Dockerfile", "", Some(Suspect::Dockerfile)),
            ("Dockerfile.dev", "", Some(Suspect::Dockerfile)),
            ("build/api.dockerfile", "", Some(Suspect::Dockerfile)),
            ("Containerfile", "", Some(Suspect::Dockerfile)),
            ("build", "# syntax=x\n\nFROM alpine\nRUN true\n", Some(Suspect::Dockerfile)),
            ("build", "ARG V=1\nFROM alpine:$V\nRUN true\n", Some(Suspect::Dockerfile)),
            ("mbox", "FROM someone\n\nHello\n", None),
            ("Dockerfiles", "", None),
            ("chart/values.yaml", "", Some(Suspect::Tree)),
            ("app.tgz!chart/values-prod.yml", "", Some(Suspect::Tree)),
            ("prod.values.yaml", "", Some(Suspect::Tree)),
            ("valuesets.yaml", "", None),
            ("k/kustomization.yaml", "", Some(Suspect::Tree)),
            ("stack.yml", "services:\n", Some(Suspect::Tree)),
            ("stack.js", "services:\n", None),
            ("dev.yaml", "apps:\n- appDirPath: ./x\n", Some(Suspect::Tree)),
            ("chart/templates/secret.yaml", "a: {{ .b }}", Some(Suspect::Template)),
            ("chart/templates/secret.yaml", "a: b", None),
            ("src/templates/page.html", "{{ x }}", None),
            ("x/secrets.json", "", Some(Suspect::Tree)),
        ];
        for (path, text, expected) in cases {
            assert_eq!(suspect(path, text.as_bytes()), expected, "{path}");
        }
    }
}
