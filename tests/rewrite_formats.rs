//! Rewrites of compose files and kustomizations, and what is told of Dockerfiles, charts and `dapr run`.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use unbake::advise::plan::Reference;
use unbake::advise::rewrite::untracked::Untracked;
use unbake::advise::rewrite::{Rewrite, compose, dapr_run, dockerfile, helm, kustomize};
use unbake::manifest::{self, Field, Manifest};
use unbake::yaml::parse::parse;
use unbake::yaml::splice::apply;

fn read(path: &str, text: &str) -> Manifest {
    manifest::read_file(path, text.as_bytes()).unwrap()
}

fn leaks(manifest: &Manifest) -> Vec<&Field> {
    manifest.fields.iter().filter(|field| field.is_credential()).collect()
}

/// A reference as a planner makes one: `db-postgres-password`, `POSTGRES_PASSWORD`.
fn reference(field: &Field) -> Reference {
    let words =
        |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "_").trim_matches('_').to_owned();
    let (name, key) = (format!("{}-{}", field.document.name, field.name), words(&field.name));
    let name = words(&name).replace('_', "-").to_ascii_lowercase().trim_matches('-').to_owned();
    Reference { name, key: key.to_ascii_uppercase() }
}

/// The text after the edits, and below it what goes where and what is refused.
fn page(text: &str, rewrite: &Rewrite, untracked: &[Untracked], refused: &[String]) -> String {
    let after = apply(text.as_bytes(), &rewrite.edits, &rewrite.changed).unwrap();
    let mut page = String::from_utf8(after).unwrap();
    let goes = untracked.iter().map(|one| {
        let line = one.line.as_ref().map(|line| format!(" {}=", line.name)).unwrap_or_default();
        format!("{} → {}{line}", one.leak, one.path)
    });
    page.push_str("---\n");
    for line in goes.chain(rewrite.notes.iter().cloned()).chain(refused.iter().cloned()) {
        page.push_str(&line);
        page.push('\n');
    }
    page
}

fn composed(text: &str) -> String {
    let (manifest, stream) = (read("compose.yaml", text), parse(text.as_bytes()));
    let fields = leaks(&manifest);
    let references: Vec<Reference> = fields.iter().map(|field| reference(field)).collect();
    let leaks: Vec<_> = fields.into_iter().zip(&references).collect();
    let done = compose::rewrite(text.as_bytes(), &stream.documents[0], &leaks);
    let refused: Vec<String> =
        done.refused.iter().map(|(leak, why)| format!("{leak} refused: {why}")).collect();
    page(text, &done.rewrite, &done.untracked, &refused)
}

fn kustomized(text: &str) -> String {
    let (manifest, stream) = (read("kustomization.yaml", text), parse(text.as_bytes()));
    let fields = leaks(&manifest);
    let references: Vec<Reference> = fields.iter().map(|field| reference(field)).collect();
    let leaks: Vec<_> = fields.into_iter().zip(&references).collect();
    let done = kustomize::rewrite(text.as_bytes(), &stream.documents[0], &leaks);
    let refused: Vec<String> =
        done.refused.iter().map(|(leak, why)| format!("{leak} refused: {why}")).collect();
    page(text, &done.rewrite, &done.untracked, &refused)
}

/// What is left after a rewrite has no leak any more, but those that were refused.
fn left(page: &str, path: &str) -> Vec<String> {
    let text = page.rsplit_once("---\n").map_or(page, |(text, _)| text);
    leaks(&read(path, text)).iter().map(|field| field.document.field.clone()).collect()
}

#[test]
fn variables_that_the_image_reads_from_a_file() {
    let text = r#"# our stack
services:
  db:
    image: postgres:17 # the database
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: "unbake$$one" # changed in May
      POSTGRES_DB: app
    volumes: [data:/var/lib/postgresql/data]

  grafana:
    image: grafana/grafana:11.2.0
    environment:
      - GF_SECURITY_ADMIN_PASSWORD=unbake-two
      - GF_SECURITY_SECRET_KEY=unbake-three-7Qw3
      - GF_LOG_LEVEL=debug
    secrets:
      - other

volumes:
  data:
secrets:
  other:
    file: ./other
"#;
    let page = composed(text);
    assert!(left(&page, "compose.yaml").is_empty());
    insta::assert_snapshot!(page);
}

#[test]
fn variables_of_dot_env() {
    let text = r#"services:
  api:
    build:
      context: .
      args:
        NPM_TOKEN: unbake-one
    environment:
      DATABASE_URL: postgres://app:unbake-two@db/app
      API_KEY: ${API_KEY:-unbake-three}
      MODE: fast
  cache:
    image: redis
    command: redis-server --requirepass "unbake-four" --appendonly yes
  db:
    image: mysql:8
    environment: {MYSQL_ROOT_PASSWORD: unbake-five, MYSQL_DATABASE: app}
    healthcheck:
      test: mysqladmin ping -p$$MYSQL_ROOT_PASSWORD
"#;
    let page = composed(text);
    assert!(left(&page, "compose.yaml").is_empty());
    insta::assert_snapshot!(page);
}

/// One value of several places is kept once; two values can't have one name.
#[test]
fn names_that_several_leaks_share() {
    let text = r#"version: "2"
services:
  a: {image: x, environment: {API_KEY: unbake-one, OTHER: "${TOKEN}"}}
  b: {image: x, environment: {API_KEY: unbake-one, TOKEN: unbake-two}}
  c: {image: x, environment: ["API_KEY=unbake-three"]}
  db: {image: postgres, environment: {POSTGRES_PASSWORD: unbake-four}}
"#;
    insta::assert_snapshot!(composed(text));
}

#[test]
fn line_ends_of_compose_stay() {
    let text = "services:\r\n  db:\r\n    image: postgres\r\n    environment:\r\n    - POSTGRES_PASSWORD=unbake-one\r\n";
    insta::assert_snapshot!(composed(text).escape_default().to_string().replace("\\n", "\\n\n"));
}

#[test]
fn what_is_refused_of_compose() {
    let text = r#"x-env: &env
  SHARED_TOKEN: unbake-one
services:
  a:
    image: x
    environment:
      <<: *env
      DSN: postgres://app:unbake-two@${HOST}/app
      PIN_CODE_TOKEN: 012345
  db:
    image: postgres
    environment:
      POSTGRES_PASSWORD: unbake-three
configs:
  app: {content: "postgres://app:unbake-four@db/app"}
secrets:
  db-postgres-password: {file: ./elsewhere}
"#;
    insta::assert_snapshot!(composed(text));
}

#[test]
fn literals_of_a_secret_generator() {
    let text = r#"namespace: shop
secretGenerator:
- name: db
  literals:
  # the login
  - username=app
  - password=unbake-one
- name: api
  literals:
  - token='unbake-two'
- name: mixed
  envs: [mixed.env]
  literals: [key.secret=unbake-three-7Qw3]
configMapGenerator:
- name: app
  literals: [API_KEY=unbake-four]
patches:
- target: {kind: Deployment}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/0/env/-
      value: {name: DB_PASSWORD, value: unbake-five}
"#;
    let page = kustomized(text);
    let still = ["configMapGenerator[0].literals[0]", "patches[0].patch![0].value.value"];
    assert_eq!(left(&page, "kustomization.yaml"), still);
    insta::assert_snapshot!(page);
}

#[test]
fn a_generator_s_secret_of_several_lines() {
    let text = "generatorOptions: {disableNameSuffixHash: true}\nsecretGenerator:\n  - name: tls\n    literals:\n      - \
                \"key.secret=-----BEGIN PRIVATE KEY-----\\nunbakeInvented\\n\"\n";
    insta::assert_snapshot!(kustomized(text));
}

#[test]
fn dockerfile_suggestions() {
    let text = r#"FROM node AS build
ARG NPM_TOKEN=unbake-one
ENV API_KEY=unbake-two DB_PASSWORD=unbake-three
RUN echo $NPM_TOKEN_X && \
    npm ci
RUN npm config set //registry/:_authToken "${NPM_TOKEN}" && use $API_KEY
RUN curl -u app:unbake-four https://x.invalid
COPY .env id_rsa /app/
FROM build
RUN echo $NPM_TOKEN
LABEL ci.token=unbake-five
CMD ["server", "--password", "unbake-six"]
"#;
    let manifest = read("Dockerfile", text);
    let wanted = |field: &&Field| field.is_credential() || manifest::copies_a_credential_file(field);
    let mut page = String::new();
    for field in manifest.fields.iter().filter(wanted) {
        let suggestion = dockerfile::suggest(text, field, &reference(field));
        page.push_str(&format!("{} {:?}\n{}\n\n", field.document.field, suggestion.lines, suggestion.text));
    }
    for value in ["one", "two", "three", "four", "five", "six"] {
        assert!(!page.contains(&format!("unbake-{value}")), "no value is shown");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn advice_for_charts_and_dapr_run() {
    let values = r#"password: unbake-one
auth:
  existingSecret: ""
  database:
    password: unbake-two
grafana:
  adminPassword: unbake-three
mail:
  password: unbake-four
"#;
    let (manifest, stream) = (read("values.yaml", values), parse(values.as_bytes()));
    let told = leaks(&manifest).into_iter().map(|field| helm::of_values(&stream.documents[0], field));
    let template = "env:\n  - name: API_KEY\n    value: unbake-one\n  - {{ .x }}\npassword: unbake-two\n";
    let manifest = read("templates/a.yaml", template);
    let lines = leaks(&manifest).into_iter().map(helm::of_template);
    let run = "apps:\n- appID: a\n  env: {API_KEY: unbake-one}\n";
    let manifest = read("dapr.yaml", run);
    let apps = leaks(&manifest).into_iter().map(dapr_run::advice);
    let all: Vec<String> = told.chain(lines).chain(apps).collect();
    insta::assert_snapshot!(all.join("\n"));
}
