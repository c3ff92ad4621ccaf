//! An image and the manifests that run it, scanned together: what the image brings and a manifest sets as well, or
//! could.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Origin, Variable};
use crate::place::Location;

/// So many places and objects are named in a sentence.
const NAMED: usize = 3;

/// The variables that the scanned manifests set, by name.
#[derive(Debug, Default)]
pub struct Variables {
    /// With the file of each.
    by_name: BTreeMap<String, BTreeSet<(String, Variable)>>,
}

impl Variables {
    /// Of files as reports show them, and what is set in them.
    pub fn new(all: impl IntoIterator<Item = (String, Variable)>) -> Self {
        let mut by_name = BTreeMap::<String, BTreeSet<_>>::new();
        for (path, variable) in all {
            by_name.entry(variable.name.clone()).or_default().insert((path, variable));
        }
        Self { by_name }
    }

    /// What to do, beyond what each place asks for, about a value that stands at these places.
    pub fn steps(&self, locations: &[Location]) -> Vec<String> {
        let (in_image, outside): (Vec<_>, Vec<_>) =
            locations.iter().partition(|location| location.image.is_some());
        if in_image.is_empty() {
            return Vec::new();
        }
        let setting: Vec<&(String, Variable)> = self
            .by_name
            .values()
            .flatten()
            .filter(|(path, v)| outside.iter().any(|l| sets(path, v, l)))
            .collect();
        let mut steps: Vec<String> = setting
            .iter()
            .take(NAMED)
            .map(|(path, variable)| {
                let paths = paths(&in_image);
                format!(
                    "{} sets {} to the same value ({path}): take it out of the image ({paths}), and let the \
                     manifest give it to the container from a Secret.",
                    object(variable),
                    variable.name,
                )
            })
            .collect();
        if steps.is_empty() {
            steps.extend(in_manifests(&outside).map(|place| {
                format!(
                    "{place} has the same value: take it out of the image ({}), and give both the same Secret.",
                    paths(&in_image)
                )
            }));
        }
        let named: BTreeSet<&str> = setting.iter().map(|(_, variable)| variable.name.as_str()).collect();
        for (name, at) in by_name(&in_image).into_iter().filter(|(name, _)| !named.contains(name)) {
            steps.extend(self.by_name.get(name).and_then(|sets| instead(sets, &paths(&at))));
        }
        steps
    }
}

/// Whether the value at a place is that of the variable.
fn sets(path: &str, variable: &Variable, location: &Location) -> bool {
    let own = &variable.document;
    location.path == path
        && location.document.as_ref().is_some_and(|document| {
            let below = document.field.strip_prefix(&own.field);
            document.index == own.index && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
}

/// Objects of manifests that have the value in some other field.
fn in_manifests<'a>(outside: &'a [&Location]) -> impl Iterator<Item = String> + use<'a> {
    let objects: BTreeSet<String> = outside
        .iter()
        .filter_map(|location| {
            let document = location.document.as_ref()?;
            // The kinds of objects are capitalised; those of a program's own files are not.
            let is_object = document.kind.starts_with(|c: char| c.is_ascii_uppercase());
            is_object.then(|| format!("{} {} ({})", document.kind, document.name, location.path))
        })
        .collect();
    objects.into_iter().take(NAMED)
}

/// The names that the image gives the value, and where.
fn by_name<'a>(in_image: &[&'a Location]) -> BTreeMap<&'a str, Vec<&'a Location>> {
    let mut names = BTreeMap::<&str, Vec<&Location>>::new();
    for location in in_image {
        if let Some(name) = name(location) {
            names.entry(name).or_default().push(location);
        }
    }
    names
}

/// The name that a value has at a place: of the configuration's variable, or what stands before the first `=` or `:`
/// of the line.
fn name(location: &Location) -> Option<&str> {
    if let Some(rest) = location.path.strip_prefix("config:Env[") {
        return rest.strip_suffix(']');
    }
    location.layer.as_ref()?;
    let before = &location.excerpt[..location.excerpt.find(['=', ':'])?];
    let before = before.trim_end_matches([' ', '"', '\'']);
    let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    Some(&before[start..]).filter(|name| !name.is_empty())
}

/// That the manifests' variable of this name can do for the image's.
fn instead(sets: &BTreeSet<(String, Variable)>, paths: &str) -> Option<String> {
    // One that comes from a Secret is what the others should be like.
    let from_secret = sets.iter().find(|(_, variable)| matches!(variable.origin, Origin::Secret(_)));
    let (path, variable) = from_secret.or_else(|| sets.first())?;
    let (object, name) = (object(variable), &variable.name);
    Some(match &variable.origin {
        Origin::Secret(secret) => format!(
            "{object} sets {name} from the Secret {secret} ({path}): take it out of the image ({paths}), and let the \
             program read its environment."
        ),
        Origin::Literal => format!(
            "{object} sets {name} as well ({path}): take it out of the image ({paths}), and let the manifest give it \
             to the container from a Secret."
        ),
    })
}

fn object(variable: &Variable) -> String {
    format!("{} {}", variable.document.kind, variable.document.name).trim_end().to_owned()
}

fn paths(places: &[&Location]) -> String {
    let paths: BTreeSet<&str> = places.iter().map(|location| location.path.as_str()).collect();
    let more = paths.len().saturating_sub(NAMED);
    let named = paths.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{ImageId, Layer, State};

    fn in_layer(path: &str, excerpt: &str) -> Location {
        let layer = Layer {
            index: 0,
            digest: String::new(),
            diff_id: String::new(),
            created_by: String::new(),
            state: State::Live,
        };
        let image = ImageId { digest: String::new(), platform: String::new() };
        Location {
            image: Some(image),
            layer: Some(layer),
            excerpt: excerpt.to_owned(),
            ..Location::new(path)
        }
    }

    #[test]
    fn the_name_of_a_value_is_what_its_line_gives_it() {
        for (line, expected) in [
            ("GITHUB_TOKEN=ghp_********", Some("GITHUB_TOKEN")),
            ("export API_KEY=\"********\"", Some("API_KEY")),
            ("DATABASE_URL = \"postgres://a:********@db/a\"", Some("DATABASE_URL")),
            ("\"apiKey\": \"********\"", Some("apiKey")),
            ("********", None),
            ("=********", None),
        ] {
            assert_eq!(name(&in_layer("app/x", line)), expected, "{line}");
        }
        assert_eq!(name(&Location::new("config:Env[TOKEN]")), Some("TOKEN"));
    }
}
