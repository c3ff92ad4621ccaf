//! Helm: nothing is rewritten, since only a chart knows what its values mean. What its author has prepared is told.

use crate::manifest::Field;
use crate::yaml::node::Node;
use crate::yaml::parse::Document;
use crate::yaml::route::{At, Route};

/// Begins the keys by which charts take the name of a Secret.
const EXISTING: &str = "existingSecret";

/// Charts that are widely used, by the key under which they stand in another's values, and where each takes the name
/// of a Secret. (README of each chart.)
#[rustfmt::skip]
const CHARTS: &[(&str, &str)] = &[
    ("grafana", "admin.existingSecret"),
    ("keycloak", "auth.existingSecret"),
    ("kube-prometheus-stack", "grafana.admin.existingSecret"),
    ("mariadb", "auth.existingSecret"),
    ("mongodb", "auth.existingSecret"),
    ("mysql", "auth.existingSecret"),
    ("postgresql", "auth.existingSecret"),
    ("postgresql-ha", "postgresql.existingSecret"),
    ("rabbitmq", "auth.existingPasswordSecret"),
    ("redis", "auth.existingSecret"),
];

/// What to do about a literal of `values.yaml`.
pub fn of_values(document: &Document, field: &Field) -> String {
    let route = &field.document.field;
    match existing_beside(document, route).or_else(|| of_known_chart(route)) {
        Some(key) => format!(
            "set `{key}` to the name of a Secret that you create, and take the value of `{route}` out; the chart's README has the keys that the Secret needs"
        ),
        None => format!(
            "see whether the chart takes the name of a Secret in place of `{route}` (`existingSecret`, `secretName`); where it does not, its template has to use `secretKeyRef`"
        ),
    }
}

/// What to do about a line of a template.
pub fn of_template(field: &Field) -> String {
    if field.name == field.document.field.rsplit('.').next().unwrap_or_default() {
        "a template's literal is in every release: take it from a Secret, named by a value (`existingSecret`)"
            .to_owned()
    } else {
        format!(
            "let the template give {} by `valueFrom: {{secretKeyRef: …}}`, with the Secret named by a value (`existingSecret`)",
            field.name
        )
    }
}

/// The key that takes a Secret's name in the mapping of the literal, or in one above it.
fn existing_beside(document: &Document, route: &str) -> Option<String> {
    let mut found = None;
    let mut next = Some(At::root(&document.root));
    while let Some(at) = next {
        let own = at.entries().find(|(key, _)| is_name(key));
        // The nearest one counts. At the root only if the literal stands there too: it may be of another part.
        let is_near = at.route != Route::default() || !route.contains(['.', '[']);
        found = own.filter(|_| is_near).map(|(_, at)| at.route.to_string()).or(found);
        next = at.entries().map(|(_, child)| child).chain(at.items()).find(|child| leads_to(child, route));
    }
    found
}

fn is_name(key: &str) -> bool {
    key == EXISTING || key == "existingSecretName" || key == "existingPasswordSecret"
}

fn leads_to(at: &At<'_>, route: &str) -> bool {
    let own = at.route.to_string();
    let is_collection = |node: &Node| !node.entries().is_empty() || !node.items().is_empty();
    is_collection(at.node) && route.strip_prefix(&*own).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// The key of a chart that stands in the values of another.
fn of_known_chart(route: &str) -> Option<String> {
    let mut keys = route.split('.');
    let chart = keys.next().filter(|_| keys.next().is_some())?;
    let (_, key) = CHARTS.iter().find(|(name, _)| *name == chart)?;
    Some(format!("{chart}.{key}"))
}
