//! Files that are no objects: what each is read as, and which literals it has.

use unbake::manifest::{self, Format, Manifest, copies_a_credential_file};

fn read(path: &str, text: &str, format: Format) -> Manifest {
    let manifest = manifest::read_file(path, text.as_bytes()).unwrap_or_else(|| panic!("{path} is not read"));
    assert_eq!(manifest.format, format);
    manifest
}

/// `name|route:name=value` of each field. Its bytes have to be its value, but where something is escaped, and its
/// place what `locate` tells of them.
fn fields(path: &str, text: &str, format: Format) -> Vec<String> {
    let manifest = read(path, text, format);
    for field in &manifest.fields {
        let raw = text[field.raw.start..field.raw.end].replace("$$", "$");
        assert!(raw == field.value || raw.contains('\\'), "{field:?}: {raw}");
        let place = manifest.locate(field.raw.start).unwrap();
        assert_eq!((&place.kind, &place.name), (&field.document.kind, &field.document.name), "{field:?}");
    }
    let shown =
        |f: &manifest::Field| format!("{}|{}:{}={}", f.document.name, f.document.field, f.name, f.value);
    manifest.fields.iter().map(shown).collect()
}

/// Which of them are taken for credentials, by their routes.
fn credentials(path: &str, text: &str, format: Format) -> Vec<String> {
    let manifest = read(path, text, format);
    manifest.fields.iter().filter(|f| f.is_credential()).map(|f| f.document.field.clone()).collect()
}

const COMPOSE: &str = r#"# a file of ours
services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: "pa$$word"
      POSTGRES_USER: ${USER:-unbake}
      API_KEY: ${API_KEY:-unbake-invented}
      OTHER_KEY: ${A}-x
      EMPTY:
  "my.cache":
    image: redis
    command: redis-server --requirepass unbake-two --maxmemory 1gb
    environment: ["TOKEN=unbake-three", FROM_OUTSIDE, "MODE=x"]
    labels: [ "auth.password=unbake-four" ]
    healthcheck: {test: [CMD, redis-cli, -a, unbake-five]}
  app:
    build:
      args: [NPM_TOKEN=unbake-six]
configs:
  app.ini: {content: unbake}
"#;

#[test]
fn compose() {
    let expected = [
        "db|services.db.environment.POSTGRES_PASSWORD:POSTGRES_PASSWORD=pa$word",
        "db|services.db.environment.POSTGRES_USER:POSTGRES_USER=unbake",
        "db|services.db.environment.API_KEY:API_KEY=unbake-invented",
        "db|services.db.environment.OTHER_KEY:OTHER_KEY=${A}-x",
        "my.cache|services[\"my.cache\"].environment[0]:TOKEN=unbake-three",
        "my.cache|services[\"my.cache\"].environment[2]:MODE=x",
        "my.cache|services[\"my.cache\"].labels[0]:auth.password=unbake-four",
        "my.cache|services[\"my.cache\"].command:requirepass=unbake-two",
        "my.cache|services[\"my.cache\"].healthcheck.test[0]:=CMD",
        "my.cache|services[\"my.cache\"].healthcheck.test[1]:=redis-cli",
        "my.cache|services[\"my.cache\"].healthcheck.test[3]:a=unbake-five",
        "app|services.app.build.args[0]:NPM_TOKEN=unbake-six",
    ];
    let found = fields("stack.yml", &COMPOSE[..COMPOSE.find("configs").unwrap()], Format::Compose);
    assert_eq!(found, expected);
    let manifest = read("", COMPOSE, Format::Compose);
    let located = |needle: &str| manifest.locate(COMPOSE.find(needle).unwrap()).unwrap();
    let place = located("pa$$word");
    let told = (&*place.kind, &*place.name, &*place.field);
    assert_eq!(told, ("compose", "db", "services.db.environment.POSTGRES_PASSWORD"));
    assert_eq!(located("FROM_OUTSIDE").field, "services[\"my.cache\"].environment[1]");
    assert_eq!(manifest.fields.last().unwrap().document.field, "configs[\"app.ini\"].content");
}

/// What two services share stands once, where the first one has it.
#[test]
fn compose_with_anchors() {
    let text = "x-env: &env\n  SHARED_TOKEN: unbake-one\nservices:\n  a:\n    image: x\n    environment:\n      <<: *env\n      \
                A: b\n  b:\n    image: y\n    environment: *env\n";
    let manifest = read("compose.yaml", text, Format::Compose);
    let found: Vec<_> = manifest.fields.iter().map(|f| (&*f.document.field, &*f.value)).collect();
    let shared = "services.a.environment[\"<<\"].SHARED_TOKEN";
    assert_eq!(found, [(shared, "unbake-one"), ("services.a.environment.A", "b")]);
    let raw = manifest.fields[0].raw;
    assert_eq!(&text[raw.start..raw.end], "unbake-one");
}

#[test]
fn files_that_only_look_like_compose() {
    for text in [
        "services:\n  app.mailer: {class: App\\Mailer, arguments: [secret]}\n",
        "services: [docker]\nscript: [x]\n",
        "jobs:\n  a:\n    services: {db: {image: postgres}}\n",
        "services:\n",
    ] {
        assert!(manifest::read_file("a.yml", text.as_bytes()).is_none(), "{text}");
    }
}

const DOCKERFILE: &str = r#"# syntax=docker/dockerfile:1
FROM node:22 AS build
ARG NPM_TOKEN=unbake-one MODE
ENV A=1 DB_PASSWORD="unbake two" \
    # between
    C=unbake\ three
ENV API_KEY unbake four
RUN curl -u unbake:invented-five https://x.invalid && \
    export TOKEN=invented-six-7Q
RUN <<EOF
mysql -uroot -pinvented-seven
EOF
COPY .env id_rsa nginx.conf .env.example /app/
FROM scratch
COPY --from=build /app/.env /
LABEL maintainer=unbake "ci.token"="invented-eight"
HEALTHCHECK --interval=5s CMD redis-cli --password invented-nine
CMD ["server", "--password", "invented-ten"]
ONBUILD ENV LATE_SECRET=invented-eleven
"#;

#[test]
fn dockerfile() {
    let expected = [
        "build|ARG[NPM_TOKEN]:NPM_TOKEN=unbake-one",
        "build|ENV[A]:A=1",
        "build|ENV[DB_PASSWORD]:DB_PASSWORD=unbake two",
        "build|ENV[C]:C=unbake three",
        "build|ENV[API_KEY]:API_KEY=unbake four",
        "build|RUN[password]:password=invented-five",
        "build|RUN[TOKEN]:TOKEN=invented-six-7Q",
        "build|RUN[password]:password=invented-seven",
        "build|COPY[.env]:=.env",
        "build|COPY[id_rsa]:=id_rsa",
        "|LABEL[maintainer]:maintainer=unbake",
        "|LABEL[ci.token]:ci.token=invented-eight",
        "|HEALTHCHECK[password]:password=invented-nine",
        "|CMD:=server",
        "|CMD[password]:password=invented-ten",
        "|ENV[LATE_SECRET]:LATE_SECRET=invented-eleven",
    ];
    assert_eq!(fields("Dockerfile", DOCKERFILE, Format::Dockerfile), expected);
    let manifest = read("build/api.Dockerfile", DOCKERFILE, Format::Dockerfile);
    let copied: Vec<&str> =
        manifest.fields.iter().filter(|f| copies_a_credential_file(f)).map(|f| &*f.value).collect();
    assert_eq!(copied, [".env", "id_rsa"]);
    assert!(!manifest.fields.iter().any(|f| copies_a_credential_file(f) && f.is_credential()));
    let located = manifest.locate(DOCKERFILE.find("curl").unwrap()).unwrap();
    assert_eq!((&*located.name, &*located.field), ("build", "RUN"));
    assert!(manifest::read_file("Dockerfile", b"ENV A=b\n").is_none(), "no FROM");
}

#[test]
fn dockerfile_with_another_escape_and_line_ends() {
    let text = "# escape=`\r\nFROM x\r\nENV A=1 `\r\n  DB_PASSWORD=unbake-one\r\n";
    let expected = ["|ENV[A]:A=1", "|ENV[DB_PASSWORD]:DB_PASSWORD=unbake-one"];
    assert_eq!(fields("Dockerfile", text, Format::Dockerfile), expected);
}

const KUSTOMIZATION: &str = r#"apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
secretGenerator:
  - name: db
    literals:
      - password=unbake-one
      - 'token="unbake-two"'
configMapGenerator:
  - name: app
    literals: [API_KEY=unbake-three, MODE=fast]
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env/-
        value: {name: DB_PASSWORD, value: unbake-four}
      - op: replace
        path: /data/api.token
        value: unbake-five
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api}
      spec:
        template:
          spec:
            containers:
              - name: api
                env:
                  - name: TOKEN
                    value: unbake-six
"#;

#[test]
fn kustomization() {
    let manifest = read("kustomization.yaml", KUSTOMIZATION, Format::Kustomization);
    let shown = |f: &manifest::Field| format!("{} {}:{}", f.document.kind, f.document.field, f.name);
    let found: Vec<String> = manifest.fields.iter().map(shown).collect();
    let expected = [
        "Kustomization secretGenerator[0].literals[0]:password",
        "Kustomization secretGenerator[0].literals[1]:token",
        "Kustomization configMapGenerator[0].literals[0]:API_KEY",
        "Kustomization configMapGenerator[0].literals[1]:MODE",
        "Kustomization patches[0].patch![0].value.name:name",
        "Kustomization patches[0].patch![0].value.value:DB_PASSWORD",
        "Kustomization patches[0].patch![1].value:api.token",
        "Deployment patches[1].patch!spec.template.spec.containers[0].env[0].value:TOKEN",
    ];
    assert_eq!(found, expected);
    for field in &manifest.fields {
        assert_eq!(&KUSTOMIZATION[field.raw.start..field.raw.end], field.value);
    }
    assert_eq!(manifest.locate(KUSTOMIZATION.find("unbake-two").unwrap()).unwrap().name, "db");
    let bare = "secretGenerator:\n- name: db\n  literals: [password=unbake-one]\n";
    let expected = ["db|secretGenerator[0].literals[0]:password=unbake-one"];
    assert_eq!(fields("x/kustomization.yml", bare, Format::Kustomization), expected);
    assert!(manifest::read_file("other.yml", bare.as_bytes()).is_none());
}

#[test]
fn helm_values() {
    let text = r#"image: {repository: x, tag: "1.2"}
auth:
  username: unbake
  password: unbake-one
  existingSecret: my-secret
  existingSecretPasswordKey: redis-password
  secretKeys: {adminPasswordKey: postgres-password}
adminPassword: ""
token: "{{ .Release.Name }}"
env:
  - name: API_KEY
    value: unbake-two
url: postgres://u:unbake-three@db/x
"#;
    let routes = ["auth.password", "env[0].value", "url"];
    assert_eq!(credentials("chart/values.yaml", text, Format::HelmValues), routes);
    assert_eq!(credentials("deploy/values.prod.yml", text, Format::HelmValues), routes);
    assert!(manifest::read_file("settings.yaml", text.as_bytes()).is_none());
    let place = read("values.yaml", text, Format::HelmValues).locate(text.find("unbake-one").unwrap());
    assert_eq!(place.map(|p| (p.kind, p.field)), Some(("helm-values".into(), "auth.password".into())));
}

#[test]
fn templates() {
    let text = r#"{{- if .Values.auth }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "x.name" . }}
stringData:
  password: "unbake-one" # ours
  token: {{ .Values.token | quote }}
  both: x-{{ .y }}
spec:
  env:
    - name: API_KEY
      value: unbake-two
    - name: OTHER
      value: {{ .z }}
{{- end }}
"#;
    let routes = ["stringData.password", "spec.env.value"];
    assert_eq!(credentials("chart/templates/secret.yaml", text, Format::Template), routes);
    assert_eq!(
        credentials("deploy/secret.yaml", text, Format::Template),
        routes,
        "no YAML, wherever it stands"
    );
    let manifest = read("chart/templates/secret.yaml", text, Format::Template);
    let field = manifest.fields.iter().find(|f| f.name == "API_KEY" && f.value != "API_KEY").unwrap();
    assert_eq!(&text[field.raw.start..field.raw.end], "unbake-two");
}

#[test]
fn dapr_run_and_local_secrets() {
    let text = "version: 1\ncommon:\n  env: {SHARED_TOKEN: unbake-one}\napps:\n  - appID: checkout\n    appDirPath: ./x\n    \
                command: [\"dotnet\", \"run\"]\n    env:\n      DB_PASSWORD: unbake-two\n  - appDirPath: ./y/\n    \
                env: {A: b}\n";
    let expected = [
        "|common.env.SHARED_TOKEN:SHARED_TOKEN=unbake-one",
        "checkout|apps[0].env.DB_PASSWORD:DB_PASSWORD=unbake-two",
        "y|apps[1].env.A:A=b",
    ];
    assert_eq!(fields("dev.yaml", text, Format::DaprRun), expected);
    let secrets = "{\"redisPassword\": \"unbake-one\", \"db\": {\"token\": \"unbake-two\"}}";
    let expected = ["|redisPassword:redisPassword=unbake-one", "|db.token:db:token=unbake-two"];
    assert_eq!(fields("components/secrets.json", secrets, Format::LocalSecrets), expected);
    assert!(manifest::read_file("other.json", secrets.as_bytes()).is_none());
    assert_eq!(manifest::read_local_secrets(secrets.as_bytes()).unwrap().fields.len(), 2);
}

#[test]
fn what_sops_encrypted_is_left_alone() {
    let text = "db:\n  password: ENC[AES256_GCM,data:x]\n  user: y\nsops: {version: 3.9}\n";
    assert!(read("values.yaml", text, Format::HelmValues).fields.is_empty());
}
