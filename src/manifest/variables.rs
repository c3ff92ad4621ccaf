//! The variables that containers get: also those that refer to a Secret, which are no literals.

use super::{Manifest, Role};
use crate::detect::judge;
use crate::place;
use crate::yaml::node::{Node, Value};

/// A variable with a credential in it, or that is named as one with a credential is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The object that sets it, and the route to its item, or to its value where it is no item.
    pub document: place::Document,
    /// Where its value comes from.
    pub origin: Origin,
}

/// Where a variable's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It stands in the manifest.
    Literal,
    /// The Secret of this name has it.
    Secret(String),
}

impl Manifest {
    /// The variables of all containers, of those that a credential may be in.
    pub fn variables(&self) -> Vec<Variable> {
        let mut found = Vec::new();
        for document in &self.stream.documents {
            self.walk(&document.root, &mut found);
        }
        let services =
            self.fields.iter().filter(|field| field.role == Role::ComposeEnv && field.is_credential());
        found.extend(services.map(|field| Variable {
            name: field.name.clone(),
            document: field.document.clone(),
            origin: Origin::Literal,
        }));
        found
    }

    /// Pods stand in many kinds of object, also in those that nobody knows: wherever there is an `env` of named items,
    /// a container has it. What is behind an alias is seen where it stands.
    fn walk(&self, node: &Node, found: &mut Vec<Variable>) {
        match &node.value {
            Value::Anchor(target) => self.walk(target, found),
            Value::Sequence(items) => items.iter().for_each(|item| self.walk(item, found)),
            Value::Mapping(entries) => {
                for entry in entries {
                    if entry.is("env") {
                        found.extend(entry.value.items().iter().filter_map(|item| self.variable(item)));
                    }
                    self.walk(&entry.value, found);
                }
            }
            Value::Scalar(_) | Value::Alias(_) => {}
        }
    }

    fn variable(&self, item: &Node) -> Option<Variable> {
        let name = item.get("name")?;
        let text = name.text()?;
        let secret =
            item.get("valueFrom").and_then(|from| from.get("secretKeyRef")).and_then(|r| r.get("name"));
        let origin = match (secret.and_then(Node::text), item.get("value").and_then(Node::text)) {
            (Some(secret), _) => Origin::Secret(secret.to_owned()),
            (None, Some(value)) if judge::names_credential(text) || judge::holds_password(value) => {
                Origin::Literal
            }
            _ => return None,
        };
        let mut document = self.locate(name.inner_span().start)?;
        // The item, of which the name is a field.
        document.field.truncate(document.field.rfind('.')?);
        Some(Variable { name: text.to_owned(), document, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_any_kind_of_pod_are_told_with_their_origin() {
        let text = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - env:
                - {name: LOG_LEVEL, value: info}
                - {name: API_TOKEN, value: unbake-invented}
                - name: SESSION
                  valueFrom: {secretKeyRef: {name: web, key: session}}
                - {name: DSN, value: 'postgres://a:unbake-invented@db/a'}
";
        let variables = crate::manifest::read(text.as_bytes()).unwrap().variables();
        let told: Vec<_> = variables.iter().map(|v| (v.name.as_str(), &v.origin)).collect();
        let secret = Origin::Secret("web".to_owned());
        assert_eq!(told, [("API_TOKEN", &Origin::Literal), ("SESSION", &secret), ("DSN", &Origin::Literal)]);
        let first = &variables[0].document;
        assert_eq!((first.kind.as_str(), first.name.as_str()), ("CronJob", "nightly"));
        assert_eq!(first.field, "spec.jobTemplate.spec.template.spec.containers[0].env[1]");
    }
}
