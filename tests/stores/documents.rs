//! Components, Roles, Configurations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use unbake::advise::plan::{Reference, Target};
use unbake::advise::store::role::{Readers, role};
use unbake::advise::store::scopes::configuration;
use unbake::advise::store::{Store, StoreType, local_file};

use super::{plan, read_yaml};

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_built_in_store_needs_no_component_and_the_named_one_is_that_of_the_docs() {
    assert_eq!(Store::new(StoreType::Kubernetes, Target::Kubernetes).component(), None);
    let named = Store {
        name: "kubernetes-secrets".to_owned(),
        namespace: Some("default".to_owned()),
        ..Store::new(StoreType::Kubernetes, Target::Kubernetes)
    };
    let file = named.component().unwrap();
    assert_eq!(file.path.to_str(), Some("kubernetes-secrets.yaml"));
    assert_eq!(
        read_yaml(&file.text),
        [json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "Component",
            "metadata": {"name": "kubernetes-secrets", "namespace": "default"},
            "spec": {"type": "secretstores.kubernetes", "version": "v1", "metadata": []},
        })]
    );
}

#[test]
fn every_store_has_its_component_and_notes() {
    let mut text = String::new();
    for kind in StoreType::ALL {
        for target in [Target::Kubernetes, Target::SelfHosted] {
            let store = Store { name: format!("{}-secrets", kind.as_str()), ..Store::new(kind, target) };
            let file = store.component().unwrap();
            let read = read_yaml(&file.text);
            assert_eq!(read.len(), 1);
            assert_eq!(read[0]["spec"]["type"], kind.component_type());
            assert!(read[0]["spec"]["metadata"].is_array());
            // `auth` stands beside `spec`, and only where a reference needs it.
            assert_eq!(read[0].get("auth").is_some(), file.text.contains("secretKeyRef"));
            text.push_str(&format!("# {} {target:?}: {}\n{}", file.path.display(), file.why, file.text));
            for note in store.notes() {
                text.push_str(&format!("# {note}\n"));
            }
            text.push('\n');
        }
    }
    insta::assert_snapshot!("store_components", text);
}

#[test]
fn a_store_is_known_by_its_component_and_by_its_place() {
    assert_eq!(StoreType::of_component("secretstores.Azure.KeyVault"), Some(StoreType::AzureKeyVault));
    assert_eq!(StoreType::of_component("state.redis"), None);
    let mut store = Store::new(StoreType::LocalFile, Target::SelfHosted);
    store.place = Some("./config/secrets.json".to_owned());
    assert!(store.component().unwrap().text.contains("value: \"./config/secrets.json\""));
    assert_eq!(local_file::ignore_line(&store), "config/secrets.json");
    let flat = local_file::flat(&Reference { name: "redis".to_owned(), key: "password".to_owned() }, ":");
    assert_eq!((flat.name.as_str(), flat.key.as_str()), ("redis:password", "redis:password"));
}

/// A name that comes out of a hostile manifest stays a string, and leads to no other directory.
#[test]
fn a_hostile_name_stays_a_name() {
    let name = "../../x\"\nkind: Secret\n# ";
    let store = Store { name: name.to_owned(), ..Store::new(StoreType::Kubernetes, Target::Kubernetes) };
    let file = store.component().unwrap();
    assert_eq!(file.path.to_str(), Some("x-kind-secret.yaml"));
    assert_eq!(read_yaml(&file.text)[0]["metadata"]["name"], name);
}

#[test]
fn a_role_names_the_secrets_and_lists_only_for_bulk() {
    let (accounts, secrets) = (names(&["default", "worker"]), names(&["api-credentials", "redis-password"]));
    let mut readers =
        Readers { namespace: Some("shop"), service_accounts: &accounts, secrets: &secrets, bulk: false };
    let narrow = role(&readers);
    let read = read_yaml(&narrow.text);
    assert_eq!(
        read[0]["rules"],
        json!([{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["api-credentials", "redis-password"], "verbs": ["get"]}])
    );
    assert_eq!(
        read[1]["subjects"][1],
        json!({"kind": "ServiceAccount", "name": "worker", "namespace": "shop"})
    );
    readers.bulk = true;
    let wide = role(&readers);
    assert_eq!(
        read_yaml(&wide.text)[0]["rules"][1],
        json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]})
    );
    insta::assert_snapshot!(
        "store_role",
        format!("# {}\n{}\n# {}\n{}", narrow.why, narrow.text, wide.why, wide.text)
    );
}

#[test]
fn scopes_deny_what_they_do_not_name() {
    let allowed = BTreeMap::from([("kubernetes-secrets".to_owned(), names(&["api-credentials"]))]);
    let file = configuration("secret-scopes", Some("shop"), Target::Kubernetes, &allowed);
    assert_eq!(
        read_yaml(&file.text)[0]["spec"]["secrets"]["scopes"],
        json!([
            {"storeName": "kubernetes-secrets", "defaultAccess": "deny", "allowedSecrets": ["api-credentials"]},
            {"storeName": "kubernetes", "defaultAccess": "deny"},
        ])
    );
    insta::assert_snapshot!("store_scopes", format!("# {}\n{}", file.why, file.text));
    let local = configuration("secret-scopes", None, Target::SelfHosted, &allowed);
    assert_eq!(read_yaml(&local.text)[0]["spec"]["secrets"]["scopes"].as_array().unwrap().len(), 1);
}

#[test]
fn names_follow_each_stores_rules() {
    let mut plan = plan();
    // The same name in another namespace, and two entries that would get one name where there are no keys.
    let mut other = plan[2].clone();
    other.namespace = Some("billing".to_owned());
    plan.push(other);
    let mut like = plan[2].clone();
    like.name = "redis".to_owned();
    plan.push(like);
    let mut text = String::new();
    for kind in StoreType::ALL {
        let names = Store::new(kind, Target::Kubernetes).names(&plan);
        let mut seen = BTreeSet::new();
        for secret in &plan {
            for key in &secret.keys {
                let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
                let there = names.get(secret.namespace.as_deref(), &planned).unwrap();
                let namespace = secret.namespace.as_deref().unwrap();
                let beside = if kind == StoreType::Kubernetes { namespace } else { "" };
                assert!(seen.insert((beside.to_owned(), there.clone())), "{kind:?}: {there:?} twice");
                if kind == StoreType::AzureKeyVault {
                    assert!(there.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
                }
                text.push_str(&format!(
                    "{:11} {namespace}/{} {} -> {} {}\n",
                    kind.as_str(),
                    planned.name,
                    planned.key,
                    there.name,
                    there.key
                ));
            }
        }
    }
    insta::assert_snapshot!("store_names", text);
}
