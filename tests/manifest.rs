//! Manifests: which literals become fields, where they stand, and what is said of what can't be read.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "manifest/formats.rs"]
mod formats;
#[path = "manifest/places.rs"]
mod places;
#[path = "manifest/properties.rs"]
mod properties;

use unbake::manifest::{self, Field, Manifest, Role};
use unbake::yaml::parse::{MAX_BYTES, MAX_DEPTH, MAX_NODES, parse};

fn read(text: &str) -> Manifest {
    manifest::read(text.as_bytes()).unwrap()
}

/// `route name=value` of each field.
fn fields(text: &str) -> Vec<String> {
    read(text).fields.iter().map(|f| format!("{} {}={}", f.document.field, f.name, f.value)).collect()
}

fn raw<'t>(text: &'t str, field: &Field) -> &'t str {
    &text[field.raw.start..field.raw.end]
}

/// The route at the first byte of `needle`.
fn located(text: &str, needle: &str) -> Option<String> {
    read(text).locate(text.find(needle).unwrap()).map(|document| document.field)
}

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  annotations: {example.org/note: "call me"}
spec:
  replicas: 2 # not three
  template:
    metadata:
      annotations:
        dapr.io/env: "PASSWORD=one, MODE=two"
    spec:
      initContainers:
        - name: migrate
          args: ["--password=three", --user, four, '--token five', -v, --, PGPASSWORD=six]
      containers:
        - name: api
          env:
            - name: DB_PASSWORD
              value: "seven"
            - name: FROM_SECRET
              valueFrom: {secretKeyRef: {name: db, key: password}}
            - {name: EMPTY, value: ""}
            - {name: NULL, value: }
          livenessProbe:
            httpGet:
              httpHeaders: [{name: X-Api-Key, value: eight}]
          lifecycle:
            preStop:
              exec: {command: [redis-cli, -a, nine]}
"#;

#[test]
fn literals_of_a_pod_template() {
    let expected = [
        "metadata.annotations[\"example.org/note\"] example.org/note=call me",
        "spec.template.metadata.annotations[\"dapr.io/env\"] PASSWORD=one",
        "spec.template.metadata.annotations[\"dapr.io/env\"] MODE=two",
        "spec.template.spec.containers[0].env[0].value DB_PASSWORD=seven",
        "spec.template.spec.containers[0].livenessProbe.httpGet.httpHeaders[0].value X-Api-Key=eight",
        "spec.template.spec.containers[0].lifecycle.preStop.exec.command[0] =redis-cli",
        "spec.template.spec.containers[0].lifecycle.preStop.exec.command[2] password=nine",
        "spec.template.spec.initContainers[0].args[0] password=three",
        "spec.template.spec.initContainers[0].args[2] user=four",
        "spec.template.spec.initContainers[0].args[3] token=five",
        "spec.template.spec.initContainers[0].args[6] PGPASSWORD=six",
    ];
    assert_eq!(fields(DEPLOYMENT), expected);
}

/// Spans are those of the value alone: not its quotes, not its flag.
#[test]
fn a_field_s_bytes_are_its_value() {
    for field in read(DEPLOYMENT).fields {
        assert_eq!(raw(DEPLOYMENT, &field), field.value);
        assert_eq!(
            (field.document.index, &*field.document.kind, &*field.document.name),
            (0, "Deployment", "api")
        );
    }
}

#[test]
fn every_byte_of_an_object_is_located() {
    let cases = [
        ("Deployment", "kind"),
        ("api\n", "metadata.name"),
        ("replicas", "spec.replicas"),
        ("not three", "spec"),
        ("seven", "spec.template.spec.containers[0].env[0].value"),
        ("key: password", "spec.template.spec.containers[0].env[1].valueFrom.secretKeyRef.key"),
        ("nine", "spec.template.spec.containers[0].lifecycle.preStop.exec.command[2]"),
    ];
    for (needle, route) in cases {
        assert_eq!(located(DEPLOYMENT, needle).as_deref(), Some(route), "{needle}");
    }
    assert_eq!(read(DEPLOYMENT).locate(DEPLOYMENT.len() + 1), None);
}

#[test]
fn pod_templates_wherever_they_stand() {
    let cases = [
        ("v1", "Pod", "spec"),
        ("apps/v1", "Deployment", "spec.template.spec"),
        ("apps/v1", "StatefulSet", "spec.template.spec"),
        ("apps/v1", "DaemonSet", "spec.template.spec"),
        ("apps/v1", "ReplicaSet", "spec.template.spec"),
        ("v1", "ReplicationController", "spec.template.spec"),
        ("batch/v1", "Job", "spec.template.spec"),
        ("batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec"),
        ("v1", "PodTemplate", "template.spec"),
        ("serving.knative.dev/v1", "Service", "spec.template.spec"),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec"),
        ("keda.sh/v1alpha1", "ScaledJob", "spec.jobTargetRef.template.spec"),
    ];
    for (api, kind, route) in cases {
        let mut spec = "{containers: [{env: [{name: A, value: b}]}]}".to_owned();
        for key in route.rsplit('.') {
            spec = format!("{{{key}: {spec}}}");
        }
        let text = format!("apiVersion: {api}\nkind: {kind}\n{}\n", &spec[1..spec.len() - 1]);
        assert_eq!(fields(&text), [format!("{route}.containers[0].env[0].value A=b")], "{kind}");
    }
}

#[test]
fn config_maps_and_secrets() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  simple: one\n  app.properties: |\n    \
                password=two\n    user=three\nbinaryData:\n  blob: Zm91cg==\n---\napiVersion: v1\nkind: Secret\n\
                metadata: {name: s}\ndata:\n  password: Zml2ZQ\n  folded: >-\n    c2\n    l4\n  binary: /wA=\n  template: \
                '{{ .x }}'\nstringData: {key: seven}\n";
    let expected = [
        "data.simple simple=one",
        "data[\"app.properties\"] app.properties=password=two\nuser=three\n",
        "data[\"app.properties\"]!password password=two",
        "binaryData.blob blob=four",
        "data.password password=five",
        "data.folded folded=six",
        "data.binary binary=\u{fffd}\0",
        "data.template template={{ .x }}",
        "stringData.key key=seven",
    ];
    assert_eq!(fields(text), expected);
    let fields = read(text).fields;
    let decoded: Vec<bool> = fields.iter().map(|field| field.decoded).collect();
    assert_eq!(decoded, [false, false, false, true, true, true, true, false, false]);
    assert_eq!(fields[1].role, Role::ConfigMapData);
    assert_eq!(raw(text, &fields[1]), "password=two\n    user=three");
    assert_eq!(
        (fields[4].role, fields[4].document.index, raw(text, &fields[4])),
        (Role::SecretData, 1, "Zml2ZQ")
    );
}

#[test]
fn dapr_resources() {
    let text = "apiVersion: dapr.io/v1alpha1\nkind: Component\nspec:\n  type: state.redis\n  metadata:\n  - name: \
                redisPassword\n    value: one\n  - name: other\n    secretKeyRef: {name: a, key: b}\n  - name: n\n    \
                value: 0123\n---\napiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nspec:\n  headers: [{name: \
                Authorization, value: Bearer two}]\n  clientTLS: {privateKey: {value: three}}\n---\napiVersion: \
                dapr.io/v1alpha1\nkind: Configuration\nspec: {tracing: {otel: {headers: [{name: x-key, value: \
                four}]}}}\n---\napiVersion: other/v1\nkind: Component\nspec: {metadata: [{name: a, value: b}]}\n";
    let expected = [
        "spec.metadata[0].value redisPassword=one",
        "spec.metadata[2].value n=0123",
        "spec.headers[0].value Authorization=Bearer two",
        "spec.clientTLS.privateKey.value privateKey=three",
        "spec.tracing.otel.headers[0].value x-key=four",
    ];
    assert_eq!(fields(text), expected);
}

#[test]
fn the_objects_of_a_list() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n  \
                stringData: {a: one}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p, ownerReferences: \
                [{apiVersion: v1, kind: Job, name: j}]}\n";
    let manifest = read(text);
    let document = &manifest.fields[0].document;
    let at = (&*document.kind, &*document.name, &*document.field);
    assert_eq!(at, ("Secret", "s", "items[0].stringData.a"));
    assert_eq!(manifest.locate(manifest.fields[0].raw.start).as_ref(), Some(document));
    let owner = manifest.locate(text.find("Job").unwrap()).unwrap();
    assert_eq!((&*owner.kind, &*owner.field), ("Pod", "items[1].metadata.ownerReferences[0].kind"));
    assert_eq!(manifest.locate(text.find("List").unwrap()).unwrap().kind, "List");
}

const APPLIED: &str =
    r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"password":"one"}}"#;

#[test]
fn the_last_applied_configuration_is_read_as_an_object() {
    let key = "kubectl.kubernetes.io/last-applied-configuration";
    let head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:";
    let route = format!("metadata.annotations[\"{key}\"]!stringData.password");
    let quoted = serde_json::Value::from(APPLIED);
    let cases = [
        format!("{head}\n    {key}: |\n      {APPLIED}\n"),
        format!("{head}\n    {key}: '{APPLIED}'\n"),
        format!("{head} {{\"{key}\": {quoted}}}"),
    ];
    for text in cases {
        assert_eq!(fields(&text), [format!("{route} password=one")]);
        assert_eq!(raw(&text, &read(&text).fields[0]), "one");
    }
    let broken = format!("{head} {{{key}: '{{no json'}}");
    assert_eq!(fields(&broken), [format!("metadata.annotations[\"{key}\"] {key}={{no json")]);
}

#[test]
fn sealed_and_encrypted_objects_have_no_fields() {
    let cases = [
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {annotations: {a: b}}\n",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {template: {metadata: {annotations: {a: b}}}}\n",
        "apiVersion: v1\nkind: Secret\nstringData: {a: 'ENC[AES256_GCM,data:x]', b: c}\nsops: {mac: x}\n",
    ];
    for text in cases {
        assert_eq!(fields(text), Vec::<String>::new());
        assert!(read(text).locate(0).is_some());
    }
}

const POD: &str = "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [{name: A, value: b}]}]}\n";

/// A broken document is told with its line, counts as a document, and the others are read.
#[test]
fn a_broken_document_does_not_lose_the_others() {
    let text = format!("{POD}---\nkind: [broken\n---\n{POD}---\n---\na: {{{{ .Values.x }}}}b\n---\n{POD}");
    let manifest = read(&text);
    let found: Vec<usize> = manifest.fields.iter().map(|field| field.document.index).collect();
    assert_eq!(found, [0, 2, 5]);
    let problems: Vec<u64> = manifest.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(problems, [5, 12]);
    assert!(
        manifest.problems.iter().all(|p| p.column > 0 && !p.message.is_empty()),
        "{:?}",
        manifest.problems
    );
    assert_eq!(manifest.locate(text.find("broken").unwrap()), None);
}

#[test]
fn what_is_no_manifest_is_refused_without_a_word() {
    let cases: [&[u8]; 8] = [
        b"",
        b"kind: Pod",
        b"apiVersion: v1\nkind: [\n",
        b"apiVersion: v1\nmetadata: {kind: x}\n",
        b"- apiVersion\n- kind\n",
        b"the apiVersion of a kind: [is * no & YAML",
        b"apiVersion: v1\nkind: {{ .Values.kind }}\n",
        b"\xff\xfe\0\0apiVersion\0kind\x01",
    ];
    for text in cases {
        assert!(manifest::read(text).is_none(), "{}", String::from_utf8_lossy(text));
    }
}

/// Line ends, marks, and bytes that are not UTF-8 change no span.
#[test]
fn line_ends_and_marks() {
    let windows = DEPLOYMENT.replace('\n', "\r\n");
    let marked = format!("\u{feff}{DEPLOYMENT}");
    for text in [&windows, &marked] {
        assert_eq!(fields(text), fields(DEPLOYMENT));
        for field in read(text).fields {
            assert_eq!(raw(text, &field), field.value);
        }
    }
    let latin: Vec<u8> = [b"# caf\xe9 \xff\xfe\n", POD.as_bytes()].concat();
    let field = &manifest::read(&latin).unwrap().fields[0];
    assert_eq!(&latin[field.raw.start..field.raw.end], b"b");
}

#[test]
fn json_is_read() {
    let text = "{\n\t\"apiVersion\": \"v1\", \"kind\"\t: \"Secret\",\r\n\t\"stringData\": {\n\t\t\"a\": \
                \"\\/\\u00e9\\ud83d\\ude00\\n\\\"\",\n\t\t\"b\":\"two\"\n\t}\n}";
    assert_eq!(fields(text), ["stringData.a a=/é😀\n\"", "stringData.b b=two"]);
    assert_eq!(raw(text, &read(text).fields[0]), "\\/\\u00e9\\ud83d\\ude00\\n\\\"");
    // Beyond YAML's 1024 letters for a key on one line.
    let long = "x".repeat(5000);
    let text = format!("{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{{\"{long}\":\"{long}\"}}}}");
    assert_eq!(read(&text).fields[0].value, long);
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: &env\n    - {name: A, value: &pw one}\n    - \
                {name: B, value: *pw}\n    - <<: &c {name: C, value: two}\n    - {<<: [*c], name: D}\n  - env: *env\n";
    let expected = ["A=one", "B=one", "C=two", "D=two", "A=one", "B=one", "C=two", "D=two"];
    let manifest = read(text);
    let found: Vec<String> = manifest.fields.iter().map(|f| format!("{}={}", f.name, f.value)).collect();
    assert_eq!(found, expected);
    // The bytes are the anchor's, the route is that of the alias.
    assert_eq!(manifest.fields[1].document.field, "spec.containers[0].env[1].value");
    assert_eq!(manifest.fields[1].raw, manifest.fields[0].raw);
    assert_eq!(located(text, "*pw").as_deref(), Some("spec.containers[0].env[1].value"));
}

/// (how the value is written, its text, its bytes in the file)
#[test]
fn scalars_in_every_style() {
    let cases = [
        ("plain # why", "plain", "plain"),
        ("two\n    lines", "two lines", "two\n    lines"),
        ("'it''s'", "it's", "it''s"),
        ("\"t\\tab\"", "t\tab", "t\\tab"),
        ("!!str 5", "5", "5"),
        ("&a \"x\"", "x", "x"),
        ("|\n    a\n     b\n\n", "a\n b\n", "a\n     b"),
        ("|- # why\n    a\n", "a", "a"),
        (">\n    a\n    b\n", "a b\n", "a\n    b"),
        ("|2\n      a\n", "  a\n", "a"),
        ("ключ", "ключ", "ключ"),
    ];
    for (written, value, bytes) in cases {
        for end in ["", "\n", "\n# end\n", "\n---\n"] {
            let text = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  ö: {written}{end}");
            let manifest = read(&text);
            assert_eq!(manifest.problems, [], "{text}");
            let field = &manifest.fields[0];
            // A block scalar that ends with the file is read as if a line end followed.
            assert_eq!(field.value.trim_end(), value.trim_end(), "{text}");
            assert_eq!(raw(&text, field).trim_start(), bytes.trim_start(), "{text}");
            assert_eq!(manifest.locate(field.raw.start).as_ref(), Some(&field.document), "{text}");
        }
    }
}

#[test]
fn a_value_is_not_in_a_debug_form() {
    let text = DEPLOYMENT.replace("seven", "hunter2hunter2");
    let shown = format!("{:?}", read(&text));
    assert!(!shown.contains("hunter2") && shown.contains("DB_PASSWORD"));
}

/// What a hostile file may cost is bounded; that something was not read is told.
#[test]
fn limits_are_reached_and_told() {
    let head = "apiVersion: v1\nkind: Pod\n";
    let nested = |depth| format!("{head}a: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let blocks = |depth: usize| (0..depth).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
    let laughs: String = (1..40).map(|i| format!("l{i}: &l{i} [*l{0}, *l{0}]\n", i - 1)).collect();
    let ladder: String = (1..200).map(|i| format!("d{i}: &d{i} [*d{}]\n", i - 1)).collect();
    let copies = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(200));
    let cases = [
        (nested(MAX_DEPTH - 1), None),
        (nested(MAX_DEPTH), Some("nested deeper")),
        (format!("{head}{}", blocks(2 * MAX_DEPTH)), Some("recursion limit")),
        (format!("{head}l0: &l0 x\n{laughs}"), Some("nodes")),
        (format!("{head}d0: &d0 x\n{ladder}"), Some("nested deeper")),
        (format!("{head}{copies}"), Some("nodes")),
        (format!("{head}a: [{}]\n", "a,".repeat(MAX_NODES)), Some("nodes")),
    ];
    for (text, message) in cases {
        let told = read(&text).problems.pop().map(|problem| problem.message);
        assert_eq!(told.is_some(), message.is_some(), "{told:?} {message:?}");
        assert!(told.unwrap_or_default().contains(message.unwrap_or_default()), "{message:?}");
    }
    assert!(manifest::read(format!("{head}{}", " ".repeat(MAX_BYTES)).as_bytes()).is_none());
    assert!(parse(&vec![b' '; MAX_BYTES + 1]).errors[0].limit);
    assert!(manifest::read(format!("{head}a: &a [*a]\n").as_bytes()).is_none(), "an alias to itself");
    let many = format!("{POD}{}", "---\n[\n".repeat(1000));
    assert!(read(&many).problems.len() < 200);
}

/// The place counts as well as the name: whatever a Secret holds is one, but for what goes with it.
#[test]
fn fields_that_hold_a_credential() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/auth-secret: \
                basic-auth\n    ci.example/token: hunter2\nstringData: {key: hunter2, username: admin, url: \
                'http://db/', dsn: 'postgres://u:hunter2@db', password: <fill in>, config: 'a: b'}\n---\n\
                apiVersion: v1\nkind: ConfigMap\ndata: {key: hunter2, password: postgres, MAX_TOKENS: '10'}\n";
    let credentials: Vec<_> = read(text)
        .fields
        .into_iter()
        .filter(Field::is_credential)
        .map(|field| field.document.field)
        .collect();
    let annotation = "metadata.annotations[\"ci.example/token\"]";
    assert_eq!(
        credentials,
        [annotation, "stringData.key", "stringData.dsn", "stringData.config", "data.password"]
    );
}

/// Long names that each field would repeat are cut.
#[test]
fn names_of_a_hostile_file_are_cut() {
    let text = format!("{POD}metadata: {{name: {}}}\n", "n".repeat(10_000));
    assert_eq!(read(&text).fields[0].document.name.len(), 253);
    let text = format!("{POD}metadata: {{annotations: {{? {} : v}}}}\n", "k".repeat(10_000));
    assert!(read(&text).fields[0].document.field.len() < 1100);
}
