//! What planning has to know of a file of manifests, whether it leaks or not. The file itself is not kept: ten
//! thousand of them may be planned at once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::manifest::Manifest;
use crate::secret::Secret;
use crate::yaml::route::At;

use super::pods::pod_templates;

/// What a file has in it.
#[derive(Debug)]
pub struct Facts {
    /// The file, as it is opened.
    pub path: PathBuf,
    /// The file as the report shows it.
    pub shown: String,
    /// Its objects.
    pub objects: Vec<ObjectFacts>,
}

/// What an object has in it.
#[derive(Debug)]
pub struct ObjectFacts {
    /// Index of its document.
    pub document: usize,
    /// Route of its root in the document: empty, or `items[2]` in a list.
    pub route: String,
    /// `apiVersion`.
    pub api: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// What is particular to its kind.
    pub role: ObjectRole,
}

/// What an object is to a plan.
#[derive(Debug)]
pub enum ObjectRole {
    /// A Secret, with its entries.
    Secret(Vec<(String, Secret)>),
    /// A Dapr component of a `secretstores.` type, and that type.
    Store(String),
    /// Another Dapr resource. Whether a text of it says that it is used on one machine (`localhost`).
    Dapr {
        /// Some value names the machine itself.
        local: bool,
        /// Some value names a service of a cluster.
        cluster: bool,
    },
    /// Something with pods.
    Workload(WorkloadFacts),
    /// Anything else.
    Other,
}

/// What a workload's pods have.
#[derive(Debug)]
pub struct WorkloadFacts {
    /// Whether Dapr's sidecar runs in them (`dapr.io/enabled`).
    pub sidecar: bool,
    /// `dapr.io/app-id`.
    pub app_id: Option<String>,
    /// Their service account; `default` where none is named.
    pub service_account: String,
    /// Names of their containers' variables.
    pub variables: Vec<String>,
    /// Names of the ConfigMaps that they read.
    pub config_maps: BTreeSet<String>,
}

impl Facts {
    /// Reads them off a manifest.
    pub fn of(path: PathBuf, shown: String, manifest: &Manifest) -> Self {
        let roots = manifest.stream().documents.iter().flat_map(|document| {
            let root = At::root(&document.root);
            objects(&root).into_iter().map(move |at| (document.index, at))
        });
        let objects = roots.filter_map(|(index, at)| ObjectFacts::of(index, &at)).collect();
        Self { path, shown, objects }
    }

    /// The object of a document that a route leads into.
    pub fn object(&self, document: usize, route: &str) -> Option<&ObjectFacts> {
        let holds = |object: &&ObjectFacts| object.document == document && route.starts_with(&object.route);
        self.objects.iter().filter(holds).max_by_key(|object| object.route.len())
    }
}

/// A root and, where it is a list, the objects in it.
fn objects<'a>(root: &At<'a>) -> Vec<At<'a>> {
    let is_list =
        root.node.get("kind").and_then(|kind| kind.text()).is_some_and(|kind| kind.ends_with("List"));
    match root.get("items").filter(|_| is_list) {
        Some(items) => items.items().collect(),
        None => vec![root.clone()],
    }
}

impl ObjectFacts {
    fn of(document: usize, root: &At<'_>) -> Option<Self> {
        let text = |keys: &[&str]| Some(root.follow(keys)?.node.text()?.to_owned());
        let (api, kind) = (text(&["apiVersion"])?, text(&["kind"])?);
        let name = text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"]));
        let role = match (api.as_str(), kind.as_str()) {
            ("v1", "Secret") => ObjectRole::Secret(entries(root)),
            (dapr, _) if dapr.starts_with("dapr.io/") => dapr_role(root),
            _ => workload(root).map_or(ObjectRole::Other, ObjectRole::Workload),
        };
        Some(Self {
            document,
            route: root.route.to_string(),
            name: name.unwrap_or_default(),
            namespace: text(&["metadata", "namespace"]),
            api,
            kind,
            role,
        })
    }
}

/// A Secret's entries, decoded. An entry that is no base64 is none.
fn entries(root: &At<'_>) -> Vec<(String, Secret)> {
    use base64::Engine as _;
    let of = |map: &str| root.get(map).map(|map| map.entries().collect::<Vec<_>>()).unwrap_or_default();
    let plain = of("stringData")
        .into_iter()
        .filter_map(|(key, at)| Some((key.to_owned(), Secret::new(at.node.text()?.as_bytes(), 0))));
    let encoded = of("data").into_iter().filter_map(|(key, at)| {
        let text: String = at.node.text()?.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        Some((key.to_owned(), Secret::new(&bytes, 0)))
    });
    plain.chain(encoded).collect()
}

fn dapr_role(root: &At<'_>) -> ObjectRole {
    let kind = root.follow(&["spec", "type"]).and_then(|at| at.node.text());
    if let Some(kind) = kind.filter(|kind| kind.starts_with("secretstores.")) {
        return ObjectRole::Store(kind.to_owned());
    }
    let (mut local, mut cluster) = (false, false);
    for item in root.follow(&["spec", "metadata"]).iter().flat_map(At::items) {
        let text = item.node.get("value").and_then(|value| value.text()).unwrap_or_default();
        local |= ["localhost", "127.0.0.1", "host.docker.internal"].iter().any(|host| text.contains(host));
        cluster |= text.contains(".svc") || text.contains(".cluster.local");
    }
    ObjectRole::Dapr { local, cluster }
}

fn workload(root: &At<'_>) -> Option<WorkloadFacts> {
    let template = pod_templates(root).into_iter().next()?;
    let note = |key: &str| template.follow(&["metadata", "annotations", key]).and_then(|at| at.node.text());
    let spec = template.get("spec")?;
    let account = ["serviceAccountName", "serviceAccount"].iter().find_map(|key| spec.node.get(key)?.text());
    let containers = ["containers", "initContainers"].iter().filter_map(|key| spec.get(key));
    let variables = containers.flat_map(|list| list.items()).filter_map(|container| container.get("env"));
    let names = variables
        .flat_map(|env| env.items())
        .filter_map(|item| Some(item.node.get("name")?.text()?.to_owned()));
    Some(WorkloadFacts {
        sidecar: note("dapr.io/enabled") == Some("true"),
        app_id: note("dapr.io/app-id").map(str::to_owned),
        service_account: account.unwrap_or("default").to_owned(),
        variables: names.collect(),
        config_maps: config_maps(&spec),
    })
}

/// The ConfigMaps that containers and volumes of a pod name.
fn config_maps(spec: &At<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut left = vec![spec.node];
    while let Some(node) = left.pop() {
        for entry in node.entries() {
            let is_reference =
                ["configMapKeyRef", "configMapRef", "configMap"].iter().any(|key| entry.is(key));
            let name = entry.value.get("name").and_then(|name| name.text()).filter(|_| is_reference);
            names.extend(name.map(str::to_owned));
            left.push(&entry.value);
        }
        left.extend(node.items());
    }
    names
}
