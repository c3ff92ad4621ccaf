//! Places as SARIF's locations: a URI and a region, and for images and manifests what they are part of.

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region,
};

use super::properties;
use crate::place;

/// A place of a value.
pub(super) fn location(place: &place::Location) -> Location {
    let logical: Vec<_> = logical(place);
    let region = place.region.map(region);
    // The line that is shown stands for the lines of the region; it has no columns, so it is all of them (§3.29.5).
    let context = region.as_ref().filter(|_| !place.excerpt.is_empty()).map(|region| Region {
        start_line: region.start_line,
        end_line: region.end_line,
        snippet: Some(ArtifactContent { text: Some(place.excerpt.clone()), ..Default::default() }),
        ..Default::default()
    });
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact(&place.path)),
            region,
            context_region: context,
            ..Default::default()
        }),
        logical_locations: (!logical.is_empty()).then_some(logical),
        ..Default::default()
    }
}

/// A place of which only the path is known.
pub(super) fn of_path(path: &str) -> Location {
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact(path)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(super) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation { uri: Some(uri(path)), ..Default::default() }
}

/// SARIF's end column is the one after the last, as ours (§3.30.8).
pub(super) fn region(region: crate::span::Region) -> Region {
    let number = |n: u64| i64::try_from(n).ok();
    Region {
        start_line: number(region.start.line),
        start_column: number(region.start.column),
        end_line: number(region.end.line),
        end_column: number(region.end.column),
        ..Default::default()
    }
}

/// The image, its layer and the instruction that made it; the object of a manifest and its field.
fn logical(place: &place::Location) -> Vec<LogicalLocation> {
    let mut all = Vec::new();
    if let Some(image) = &place.image {
        all.push(LogicalLocation {
            properties: Some(properties([("platform", json!(image.platform))])),
            ..named("image", &image.digest)
        });
    }
    if let Some(layer) = &place.layer {
        all.push(LogicalLocation {
            fully_qualified_name: Some(layer.digest.clone()),
            properties: Some(properties([
                ("state", json!(layer.state)),
                ("createdBy", json!(layer.created_by)),
            ])),
            ..named("layer", &format!("layer {}", layer.index))
        });
    }
    if let Some(document) = &place.document {
        let object = format!("{}/{}", document.kind, document.name);
        all.push(LogicalLocation {
            fully_qualified_name: Some(format!("{object}/{}", document.field)),
            properties: Some(properties([("object", json!(object))])),
            ..named("property", &document.field)
        });
    }
    all
}

fn named(kind: &str, name: &str) -> LogicalLocation {
    LogicalLocation { kind: Some(kind.to_owned()), name: Some(name.to_owned()), ..Default::default() }
}

/// The path as a relative reference (RFC 3986 §4.2); an absolute path as a `file` URI (RFC 8089), since a
/// reference that begins with two slashes would name a host.
fn uri(path: &str) -> String {
    let (prefix, path) = match path {
        absolute if absolute.starts_with('/') => ("file://", absolute),
        relative => ("", relative.trim_start_matches("./")),
    };
    let mut uri = prefix.to_owned();
    for byte in path.bytes() {
        // Unreserved characters (§2.3), the separator, and `!`, which joins nested paths and is allowed in a
        // segment. The colon is not: before the first slash it would end a scheme.
        if byte.is_ascii_alphanumeric() || b"-._~/!".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references_that_name_no_scheme_and_no_host() {
        assert_eq!(uri("app/app.jar!BOOT-INF/a.yml"), "app/app.jar!BOOT-INF/a.yml");
        assert_eq!(uri("config:Env[TOKEN]"), "config%3AEnv%5BTOKEN%5D");
        assert_eq!(uri("./a b/ü%#?.env"), "a%20b/%C3%BC%25%23%3F.env");
        assert_eq!(uri("//host/a"), "file:////host/a");
        assert_eq!(uri("/srv/a.env"), "file:///srv/a.env");
        assert_eq!(uri("caf\\xe9"), "caf%5Cxe9");
    }
}
