//! Why literals are left as they are: each reason once, for one field of a small file.

use super::fix::{leaks, reference};
use unbake::advise::plan::Reference;
use unbake::advise::rewrite::{
    Options, Original, Reason, existing_store, narrowed, rewrite, rewrite_document,
};
use unbake::manifest::{Field, Role};
use unbake::place::Document;
use unbake::span::Span;
use unbake::yaml::parse::parse;
use unbake::yaml::splice::apply;

/// A field as a reader would give it.
fn field(text: &str, route: &str, name: &str, role: Role) -> Field {
    let stream = parse(text.as_bytes());
    let root = &stream.documents[0].root;
    let node = unbake::yaml::route::lookup(root, route).unwrap();
    let string = |key: &str| root.get(key).and_then(|node| node.text()).unwrap_or_default().to_owned();
    let document = Document { index: 0, kind: string("kind"), name: "x".to_owned(), field: route.to_owned() };
    let value = node.text().unwrap().to_owned();
    let template = leaks(
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [{name: TOKEN, value: unbake-invented}]}]}\n",
    );
    Field { document, name: name.to_owned(), value, raw: node.inner_span(), role, ..template[0].clone() }
}

fn rewritten(text: &str, field: &Field) -> Result<String, Reason> {
    let stream = parse(text.as_bytes());
    let original = Original { text: text.as_bytes(), document: &stream.documents[0] };
    let mut reference = reference(field);
    if field.name == "c" {
        reference.key = "value".to_owned();
    }
    let rewrite = rewrite(original, field, &reference, &Options::default())?;
    Ok(String::from_utf8(apply(text.as_bytes(), &rewrite.edits, &rewrite.changed).unwrap()).unwrap())
}

fn reason(text: &str, route: &str, role: Role) -> String {
    rewritten(text, &field(text, route, "password", role)).unwrap_err().to_string()
}

#[test]
fn places_that_take_no_reference_say_what_to_do() {
    let custom =
        |kind: &str| format!("apiVersion: a/v1\nkind: {kind}\nspec: {{password: unbake-invented}}\n");
    let of = |kind: &str| reason(&custom(kind), "spec.password", Role::Custom);
    assert!(of("ScaledObject").contains("TriggerAuthentication"));
    assert!(of("HelmRelease").contains("valuesFrom"));
    assert!(of("Source").contains("kind: Secret"));
    assert!(of("Unknown").contains("names a Secret"));
    assert!(of("SealedSecret").contains("SealedSecret is made from its own source"));

    let storage =
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nparameters: {restuserkey: unbake-invented}\n";
    assert!(reason(storage, "parameters.restuserkey", Role::Parameter).contains("secret-name"));
    let signed = "apiVersion: v1\nkind: Pod\nspec: {password: unbake-invented}\nsops: {mac: x}\n";
    assert!(reason(signed, "spec.password", Role::Env).contains("SOPS"));
    let tekton = "apiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{script: \"x unbake-invented\"}]}\n";
    assert!(reason(tekton, "spec.steps[0].script", Role::Argument).contains("in a program"));
    let template = "apiVersion: v1\nkind: Pod\nspec: {password: unbake-invented}\n";
    assert!(reason(template, "spec.password", Role::TemplateLine).contains("template"));
    assert!(reason(template, "spec.password", Role::HelmValue).contains("can't refer to a Secret"));
}

#[test]
fn dapr_says_where_it_takes_none() {
    let dapr = |kind: &str, spec: &str| format!("apiVersion: dapr.io/v1alpha1\nkind: {kind}\nspec: {spec}\n");
    let resolution = dapr("Configuration", "{nameResolution: {configuration: {token: unbake-invented}}}");
    assert!(
        reason(&resolution, "spec.nameResolution.configuration.token", Role::DaprMetadata)
            .contains("name resolution")
    );
    let subscription = dapr("Subscription", "{metadata: {token: unbake-invented}}");
    assert!(reason(&subscription, "spec.metadata.token", Role::DaprMetadata).contains("pub/sub component"));
    let server = dapr("MCPServer", "{endpoint: {sse: {auth: {oauth2: {clientSecret: unbake-invented}}}}}");
    assert!(
        reason(&server, "spec.endpoint.sse.auth.oauth2.clientSecret", Role::DaprMetadata).contains("oauth2")
    );
}

#[test]
fn an_mcp_server_names_its_store_beside_its_headers() {
    let text = "apiVersion: dapr.io/v1alpha1
kind: MCPServer
spec:
  endpoint:
    streamableHTTP:
      url: https://tools.example
      headers:
      - name: Authorization
        value: Bearer unbake-invented
";
    let field = field(text, "spec.endpoint.streamableHTTP.headers[0].value", "Authorization", Role::Header);
    insta::assert_snapshot!("mcp_server", rewritten(text, &field).unwrap());
}

#[test]
fn a_store_that_is_named_already_is_told() {
    let text = super::before("components.yaml");
    let stores: Vec<Option<String>> = leaks(&text)
        .iter()
        .map(|field| {
            let stream = parse(text.as_bytes());
            let document = stream.documents.iter().find(|d| d.index == field.document.index).unwrap();
            existing_store(Original { text: text.as_bytes(), document }, field)
        })
        .collect();
    assert_eq!(stores.iter().flatten().collect::<Vec<_>>(), ["vault"]);
}

/// A pod with one container that has these words, and the word of this index cut down to `unbake-invented`.
fn narrow(words: &str, list: &str, index: usize) -> Result<String, Reason> {
    let text =
        format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: one\n      {list}: {words}\n");
    let route = format!("spec.containers[0].{list}[{index}]");
    let field = field(&text, &route, "c", Role::Argument);
    let start = text.find("unbake-invented").unwrap();
    let span = Span { start, end: start + "unbake-invented".len() };
    let stream = parse(text.as_bytes());
    let field = narrowed(Original { text: text.as_bytes(), document: &stream.documents[0] }, &field, span);
    assert_eq!(field.value, "unbake-invented");
    let after = rewritten(&text, &field)?;
    assert!(!after.contains("unbake-invented"), "{after}");
    Ok(after)
}

#[test]
fn a_part_of_a_word_that_someone_narrowed_down_is_replaced_alone() {
    let script = "\n      - /bin/bash\n      - -ec\n      - |\n        # it's up\n        PGPASSWORD='unbake-invented' psql\n        true";
    let cases = [
        (r#"["curl -H 'X-Key: unbake-invented' h"]"#, "args", 0, r#""curl -H 'X-Key: $(VALUE)' h""#),
        (
            r#"[sh, -c, "exec redis --requirepass unbake-invented"]"#,
            "command",
            2,
            r#""exec redis --requirepass \"$REQUIREPASS\"""#,
        ),
        (script, "command", 2, "# it's up\n        PGPASSWORD=''\"$PGPASSWORD\"'' psql\n        true\n"),
        (
            r#"[/bin/sh, -c, 'curl -u "app:unbake-invented" h']"#,
            "command",
            2,
            r#"'curl -u "app:${VALUE}" h'"#,
        ),
    ];
    for (words, list, index, expected) in cases {
        let after = narrow(words, list, index).unwrap();
        assert!(after.contains(expected), "{after}");
    }
    let here = narrow(r#"[sh, -c, "cat <<EOF\nunbake-invented\nEOF"]"#, "command", 2);
    assert!(here.unwrap_err().to_string().contains("here-document"));
}

#[test]
fn a_probe_reads_a_variable_only_by_its_shell() {
    let pod = |command: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec: {{containers: [{{livenessProbe: {{exec: {{command: {command}}}}}}}]}}\n"
        )
    };
    let route = |index: usize| format!("spec.containers[0].livenessProbe.exec.command[{index}]");
    let plain = pod("[redis-cli, -a, unbake-invented]");
    assert!(reason(&plain, &route(2), Role::Argument).contains("kubelet does not put"));
    let shell = pod("[sh, -c, redis-cli -a unbake-invented]");
    let mut field = field(&shell, &route(2), "c", Role::Argument);
    field.raw.start = shell.find("unbake-invented").unwrap();
    field.value = "unbake-invented".to_owned();
    let after = rewritten(&shell, &field).unwrap();
    assert!(after.contains("redis-cli -a \"$VALUE\""), "{after}");
    assert!(after.contains("env: [{name: VALUE, valueFrom: "), "{after}");
}

#[test]
fn two_rewrites_of_the_same_bytes_are_not_both_made() {
    let text =
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [{name: TOKEN, value: unbake-invented}]}]}\n";
    let stream = parse(text.as_bytes());
    let original = Original { text: text.as_bytes(), document: &stream.documents[0] };
    let field = &leaks(text)[0];
    let to = |key: &str| Reference { name: "s".to_owned(), key: key.to_owned() };
    let (rewrite, refused) =
        rewrite_document(original, &[(field, &to("a")), (field, &to("b"))], &Options::default());
    assert_eq!(refused, [(1, Reason::Overlap)]);
    assert_eq!(rewrite.edits.len(), 1);
}
