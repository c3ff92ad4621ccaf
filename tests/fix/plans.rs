//! What is one secret and what is two, what it is called, where it goes.

use unbake::advise::plan::Options;
use unbake::advise::plan::Target;

use super::fixed_texts;

/// Credentials that are plainly invented.
const STRONG: &str = "Unbake-invented-9f3kQz7WmX2p";
const OTHER: &str = "Unbake-invented-4hT8vLr1CsNy";

fn deployment(name: &str, env: &[(&str, &str)]) -> String {
    let env: String = env
        .iter()
        .map(|(name, value)| format!("        - name: {name}\n          value: {value}\n"))
        .collect();
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  selector: {{}}\n  template:\n    spec:\n      containers:\n      - name: main\n        image: {name}\n        env:\n{env}"
    )
}

fn component(kind: &str, settings: &[(&str, &str)]) -> String {
    let list: String =
        settings.iter().map(|(name, value)| format!("  - name: {name}\n    value: {value}\n")).collect();
    format!(
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: {kind}\n  version: v1\n  metadata:\n{list}"
    )
}

#[test]
fn the_same_strong_value_is_one_entry_whatever_it_is_called() {
    let files = [
        ("k8s/api.yaml", deployment("api", &[("REDIS_PASSWORD", STRONG)])),
        (
            "k8s/store.yaml",
            component("state.redis", &[("redisHost", "redis.default.svc:6379"), ("redisPassword", STRONG)]),
        ),
    ];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let fixed = fixed_texts(&files, &Options::default());
    assert_eq!(fixed.secrets(), ["redis-password redis-password 2"]);
    assert!(fixed.text("k8s/store.yaml").contains("auth:\n  secretStore: kubernetes\n"));
}

#[test]
fn equal_weak_values_of_two_accounts_are_two_entries() {
    let files = [
        ("a.yaml", deployment("orders", &[("POSTGRES_PASSWORD", "postgres")])),
        ("b.yaml", deployment("billing", &[("POSTGRES_PASSWORD", "postgres")])),
        ("c.yaml", deployment("node-1", &[("CLUSTER_PASSWORD", "admin")])),
        ("d.yaml", deployment("node-2", &[("CLUSTER_PASSWORD", "admin")])),
    ];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let expected = [
        "billing-credentials postgres-password 1",
        "cluster-password cluster-password 2",
        "orders-credentials postgres-password 1",
    ];
    assert_eq!(fixed_texts(&files, &Options::default()).secrets(), expected);
}

#[test]
fn a_secret_in_the_files_that_has_the_value_is_used() {
    let secret =
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: known}}\nstringData: {{pw: {STRONG}}}\n");
    let taken =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: api-credentials}\nstringData: {user: somebody}\n";
    let api = deployment("api", &[("DB_PASSWORD", STRONG), ("API_TOKEN", OTHER)]);
    let files = [("secret.yaml", secret.as_str()), ("taken.yaml", taken), ("api.yaml", &api)];
    let fixed = fixed_texts(&files, &Options::default());
    assert_eq!(fixed.secrets(), ["api-credentials-2 api-token 1", "known pw 1"]);
    let refused: Vec<_> = fixed.plan.refused.iter().map(|one| one.document.field.as_str()).collect();
    assert_eq!(refused, ["stringData.pw"]);
}

#[test]
fn a_component_of_a_machine_gets_a_file_and_one_that_does_not_say_is_asked_for() {
    let local = component("state.redis", &[("redisHost", "localhost:6379"), ("redisPassword", STRONG)]);
    let unclear = component("state.redis", &[("redisHost", "redis:6379"), ("redisPassword", OTHER)]);
    let files = [("app/local.yaml", local.as_str()), ("other/unclear.yaml", unclear.as_str())];
    let fixed = fixed_texts(&files, &Options::default());
    assert!(fixed.text("app/local.yaml").ends_with("auth:\n  secretStore: local-secrets\n"));
    assert!(fixed.plan.new_files.iter().any(|file| file.path.ends_with("app/local-secrets.yaml")));
    assert!(fixed.plan.refused[0].reason.contains("--target"), "{}", fixed.plan.refused[0].reason);
    let options = Options { target: Some(Target::Kubernetes), ..Options::default() };
    let fixed = fixed_texts(&files, &options);
    assert_eq!((fixed.after.len(), fixed.plan.refused.len()), (2, 0));
}

#[test]
fn a_named_store_brings_its_component_and_its_role() {
    let component =
        component("state.redis", &[("redisHost", "redis.shop.svc:6379"), ("redisPassword", STRONG)])
            .replace("name: store", "name: store\n  namespace: shop");
    let options = Options { secret_store: Some("kubernetes-secrets".to_owned()), ..Options::default() };
    let fixed = fixed_texts(&[("store.yaml", component.as_str())], &options);
    assert!(fixed.text("store.yaml").ends_with("auth:\n  secretStore: kubernetes-secrets\n"));
    let new: Vec<_> = fixed.plan.new_files.iter().map(|file| file.path.file_name().unwrap()).collect();
    assert_eq!(new, ["kubernetes-secrets.yaml", "dapr-secret-reader.yaml"]);
    assert!(fixed.plan.new_files[1].text.contains("store-credentials"));
}

#[test]
fn a_key_of_a_config_map_goes_with_its_consumers_or_stays() {
    let map = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata:\n  LOG_LEVEL: info\n  DB_PASSWORD: {STRONG}\n"
    );
    let alone = fixed_texts(&[("map.yaml", &map)], &Options::default());
    assert!(alone.after.is_empty());
    assert!(alone.plan.refused[0].reason.contains("nothing among these files reads it"));
    let consumer = deployment("api", &[("A", "b")])
        .replace("value: b", "valueFrom: {configMapKeyRef: {name: settings, key: DB_PASSWORD}}");
    let both = fixed_texts(&[("map.yaml", &map), ("api.yaml", &consumer)], &Options::default());
    assert!(!both.text("map.yaml").contains("DB_PASSWORD"));
    assert!(
        both.text("api.yaml").contains("secretKeyRef: {name: settings-credentials, key: DB_PASSWORD}"),
        "{}",
        both.text("api.yaml")
    );
    assert_eq!(both.report.findings.len(), 1);
}

#[test]
fn compose_keeps_its_values_in_files_beside_it() {
    let compose = format!(
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: {STRONG}\n  api:\n    image: our/api\n    environment:\n    - API_TOKEN={OTHER}\n"
    );
    let fixed = fixed_texts(&[("docker-compose.yml", &compose)], &Options::default());
    insta::assert_snapshot!(fixed.text("docker-compose.yml"));
    let lines: Vec<_> = fixed.plan.commands.iter().map(|command| command.what.as_str()).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(fixed.plan.secrets.is_empty());
}
