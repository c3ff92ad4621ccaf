//! One object of a manifest.

use std::ops::Deref;

use super::scope::Scope;
use super::{Field, custom, dapr, kubernetes};
use crate::yaml::node::Node;
use crate::yaml::parse::{self, parse};
use crate::yaml::route::{At, cut};

/// The longest name that Kubernetes allows.
const MAX_NAME: usize = 253;

/// Groups of Kubernetes itself. Where their kinds have a credential is known; others are gone through by name.
const BUILT_IN: &[&str] = &[
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

/// Kinds of the group without a name. Other projects write `apiVersion: v1` as well (Drasi's `Source`).
const CORE: &[&str] = &[
    "Binding",
    "ComponentStatus",
    "Config",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
];

/// A Kubernetes or Dapr object: a mapping with `apiVersion` and `kind`. It is the scope of its literals.
#[derive(Debug, Clone)]
pub(super) struct Object<'a> {
    /// `apiVersion`.
    pub(super) api: &'a str,
    /// `kind`.
    pub(super) kind: &'a str,
    /// Its root.
    pub(super) root: At<'a>,
    scope: Scope<'a>,
}

impl<'a> Deref for Object<'a> {
    type Target = Scope<'a>;

    fn deref(&self) -> &Scope<'a> {
        &self.scope
    }
}

impl<'a> Object<'a> {
    /// The object that a document of a file is.
    pub(super) fn of_document(text: &'a [u8], document: &'a parse::Document) -> Option<Self> {
        Self::named(At::root(&document.root), Scope::of_file(text, document.index))
    }

    /// What stands for an object in a file that has none: `kind` and `name` are what the places of its fields say.
    pub(super) fn of_file(
        text: &'a [u8],
        document: &'a parse::Document,
        kind: &'a str,
        name: &'a str,
    ) -> Self {
        let scope = Scope::of_file(text, document.index).told_as(kind, name);
        Self { api: "", kind, root: At::root(&document.root), scope }
    }

    /// The same file under another name: that of a service, an application, a generator.
    pub(super) fn called(&self, name: &'a str) -> Self {
        Self { scope: self.scope.told_as(self.kind, cut(name, MAX_NAME)), ..self.clone() }
    }

    /// The documents that are written in a scalar, as the patches of a kustomization are.
    pub(super) fn embedded(&self, at: &At<'a>, mut read: impl FnMut(&Object<'_>)) {
        let Some(text) = at.node.text() else { return };
        self.within(at, text, false, |scope, route| {
            for document in &parse(text.as_bytes()).documents {
                let root = At { node: &document.root, route: route.clone() };
                read(&Object { api: "", kind: self.kind, root, scope: *scope });
            }
        });
    }

    /// The object that an embedded document is.
    pub(super) fn as_object(&self) -> Option<Self> {
        Self::named(self.root.clone(), self.scope)
    }

    /// An object that is told under its own name.
    fn named(root: At<'a>, scope: Scope<'a>) -> Option<Self> {
        let object = Self::inside(root, scope)?;
        let metadata = object.root.node.get("metadata");
        let text = |key| metadata.and_then(|metadata| metadata.get(key)).and_then(Node::text);
        let name = text("name").or_else(|| text("generateName")).unwrap_or_default();
        let scope = object.scope.told_as(object.kind, cut(name, MAX_NAME));
        Some(Self { scope, ..object })
    }

    /// An object that is written in another one: its literals are told as the other's.
    pub(super) fn inside(root: At<'a>, scope: Scope<'a>) -> Option<Self> {
        let text = |key| root.node.get(key).and_then(Node::text);
        let (api, kind) = (text("apiVersion")?, text("kind")?);
        // Each field repeats kind and name: a hostile file's could fill the memory.
        let is_word = kind.len() <= MAX_NAME && api.len() <= MAX_NAME;
        is_word.then_some(Self { api, kind, root, scope })
    }

    /// The object nearest to a byte, of the nodes round it: the document's, or an item of its list.
    pub(super) fn innermost(document: &'a parse::Document, chain: &[At<'a>]) -> Option<Self> {
        // No field is read of it, so it needs no text.
        let mut object = Self::of_document(&[], document)?;
        for pair in chain.get(1..).unwrap_or_default().chunks_exact(2) {
            let [list, item] = pair else { break };
            if object.listing().is_none_or(|key| list.route != object.root.route.key(key)) {
                break;
            }
            let Some(item) = Self::named(item.clone(), object.scope) else { break };
            object = item;
        }
        Some(object)
    }

    /// The key under which an object lists others: a `List`, a `ConfigMapList` and its like, OpenShift's `Template`.
    pub(super) fn listing(&self) -> Option<&'static str> {
        match self.kind {
            "Template" => Some("objects"),
            kind if kind.ends_with("List") => Some("items"),
            _ => None,
        }
    }

    /// Whether its kind is one of Kubernetes itself.
    fn is_built_in(&self) -> bool {
        match self.api.split_once('/') {
            Some((group, _)) => BUILT_IN.contains(&group),
            None => CORE.contains(&self.kind) || self.kind.ends_with("List"),
        }
    }

    /// Adds the fields of the object, or of those that it lists.
    pub(super) fn read(&self, out: &mut Vec<Field>) {
        // SOPS encrypts values in place and leaves the rest of the object as it was; `kubeseal` leaves a template.
        if self.kind == "SealedSecret" || self.root.get("sops").is_some() {
            return;
        }
        let items = self.listing().and_then(|key| self.root.get(key));
        for item in items.iter().flat_map(|items| items.items()) {
            if let Some(item) = Self::named(item, self.scope) {
                item.read(out);
            }
        }
        kubernetes::metadata(self, &self.root, out);
        if self.api.starts_with("dapr.io/") {
            dapr::read(self, out);
        } else if self.is_built_in() {
            kubernetes::read(self, out);
        } else {
            custom::read(self, out);
        }
    }
}
