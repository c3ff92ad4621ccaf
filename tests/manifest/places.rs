//! One small manifest for each place in which a credential may stand, and for each that only looks like one.

use unbake::manifest::{self, Field, Role};

/// The fields that are credentials, as `route name=value role`.
fn credentials(text: &str) -> Vec<String> {
    let manifest = manifest::read(text.as_bytes()).unwrap_or_else(|| panic!("no manifest: {text}"));
    assert_eq!(manifest.problems, [], "{text}");
    let shown = |f: &Field| format!("{} {}={} {:?}", f.document.field, f.name, f.value.trim_end(), f.role);
    manifest.fields.iter().filter(|field| field.is_credential()).map(shown).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(credentials(text), *expected, "{text}");
    }
}

const POD: &str = "apiVersion: v1\nkind: Pod\nspec:\n";

fn pod(spec: &str) -> String {
    format!("{POD}{spec}")
}

#[test]
fn containers_of_every_kind() {
    let container = "{image: i, env: [{value: unbake1, name: DB_PASSWORD}]}";
    let cases = [
        ("apps.openshift.io/v1", "DeploymentConfig", "spec.template.spec.containers", true),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec.containers", true),
        ("serving.knative.dev/v1", "Configuration", "spec.template.spec.initContainers", true),
        ("keda.sh/v1alpha1", "ScaledJob", "spec.jobTargetRef.template.spec.containers", true),
        ("argoproj.io/v1alpha1", "Workflow", "spec.templates[0].container", false),
        ("argoproj.io/v1alpha1", "Workflow", "spec.templates[0].script", false),
        ("argoproj.io/v1alpha1", "Workflow", "spec.templates[0].sidecars", true),
        ("argoproj.io/v1alpha1", "WorkflowTemplate", "spec.templates[0].initContainers", true),
        ("argoproj.io/v1alpha1", "CronWorkflow", "spec.workflowSpec.templates[0].container", false),
        ("tekton.dev/v1", "Task", "spec.steps", true),
        ("tekton.dev/v1", "Task", "spec.stepTemplate", false),
        ("tekton.dev/v1", "Pipeline", "spec.tasks[0].taskSpec.steps", true),
        ("operator.unbake.example/v1", "Server", "spec.podTemplate.spec.containers", true),
    ];
    for (api, kind, route, is_list) in cases {
        let mut tree = if is_list { format!("[{container}]") } else { container.to_owned() };
        for key in route.rsplit('.') {
            tree = match key.strip_suffix("[0]") {
                Some(list) => format!("{{{list}: [{tree}]}}"),
                None => format!("{{{key}: {tree}}}"),
            };
        }
        let text = format!("apiVersion: {api}\nkind: {kind}\n{}\n", &tree[1..tree.len() - 1]);
        let item = if is_list { "[0]" } else { "" };
        let expected = format!("{route}{item}.env[0].value DB_PASSWORD=unbake1 Env");
        assert_eq!(credentials(&text), [expected], "{kind}");
    }
}

#[test]
fn places_of_a_pod() {
    check(&[
        (
            &pod("  containers:\n  - command: [mysqladmin, -punbake1, ping]\n    args: [x]\n"),
            &["spec.containers[0].command[1] password=unbake1 Argument"],
        ),
        (
            &pod("  containers:\n  - command: [/usr/bin/redis-cli]\n    args: [-a, unbake1, ping]\n"),
            &["spec.containers[0].args[1] password=unbake1 Argument"],
        ),
        (
            &pod("  containers:\n  - args: [--requirepass, unbake1, --port, '6379', -p8080]\n"),
            &["spec.containers[0].args[1] requirepass=unbake1 Argument"],
        ),
        (
            &pod("  containers:\n  - readinessProbe:\n      exec: {command: [mysql, -uroot, -punbake1]}\n"),
            &["spec.containers[0].readinessProbe.exec.command[2] password=unbake1 Argument"],
        ),
        (
            &pod(
                "  containers:\n  - lifecycle:\n      postStart: {httpGet: {httpHeaders: [{name: X-Api-Key, value: unbake1}]}}\n",
            ),
            &["spec.containers[0].lifecycle.postStart.httpGet.httpHeaders[0].value X-Api-Key=unbake1 Header"],
        ),
        (
            &pod(
                "  volumes:\n  - csi:\n      driver: d\n      volumeAttributes: {password: unbake1, mountOptions: 'username=u,password=unbake2'}\n",
            ),
            &[
                "spec.volumes[0].csi.volumeAttributes.password password=unbake1 Parameter",
                "spec.volumes[0].csi.volumeAttributes.mountOptions password=unbake2 Parameter",
            ],
        ),
        (
            &pod("  volumes:\n  - flexVolume: {options: {accountKey: unbake1}}\n"),
            &["spec.volumes[0].flexVolume.options.accountKey accountKey=unbake1 Parameter"],
        ),
        (
            &pod("  volumes:\n  - gitRepo: {repository: 'https://unbake:invented@git.unbake.example/x'}\n"),
            &[
                "spec.volumes[0].gitRepo.repository repository=https://unbake:invented@git.unbake.example/x Parameter",
            ],
        ),
        (
            "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n  - image: i\n    script: |\n      #!/bin/sh\n      export API_TOKEN=unbake-invented\n      TOKEN=$(cat x)\n",
            &["spec.steps[0].script!API_TOKEN API_TOKEN=unbake-invented Argument"],
        ),
    ]);
}

#[test]
fn storage_and_annotations() {
    check(&[
        (
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nparameters: {restuser: admin, restuserkey: unbake1, csi.storage.k8s.io/node-stage-secret-name: unbake}\nmountOptions: ['vers=3.0', 'password=unbake2']\n",
            &[
                "parameters.restuserkey restuserkey=unbake1 Parameter",
                "mountOptions[1] password=unbake2 Parameter",
            ],
        ),
        (
            "apiVersion: v1\nkind: PersistentVolume\nspec:\n  mountOptions: ['credentials=/etc/smb', 'username=u,password=unbake1']\n  csi: {nodePublishSecretRef: {name: unbake}, volumeAttributes: {secretkey: unbake-2}}\n  flexVolume: {options: {password: unbake3}}\n",
            &[
                "spec.csi.volumeAttributes.secretkey secretkey=unbake-2 Parameter",
                "spec.flexVolume.options.password password=unbake3 Parameter",
                "spec.mountOptions[1] password=unbake1 Parameter",
            ],
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {dapr.io/env: 'API_TOKEN=unbake1 , MODE=two', dapr.io/api-token-secret: unbake}\n",
            &["metadata.annotations[\"dapr.io/env\"] API_TOKEN=unbake1 DaprEnv"],
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/auth-secret: basic-auth\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      proxy_set_header X-Real-IP $remote_addr;\n      proxy_set_header Authorization \"Basic dW5iYWtlOmludmVudGVk\";\n      proxy_pass http://upstream;\n",
            &[
                "metadata.annotations[\"nginx.ingress.kubernetes.io/configuration-snippet\"]!Authorization Authorization=Basic dW5iYWtlOmludmVudGVk Annotation",
            ],
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n    nginx.org/server-snippets: 'set $api_token \"unbake1\"; set $x y;'\n    ingress.kubernetes.io/custom-request-headers: 'X-Mode:a||Authorization:Bearer unbake2'\n",
            &[
                "metadata.annotations[\"nginx.org/server-snippets\"]!api_token api_token=unbake1 Annotation",
                "metadata.annotations[\"ingress.kubernetes.io/custom-request-headers\"] Authorization=Bearer unbake2 Annotation",
            ],
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    ad.datadoghq.com/db.instances: '[{\"host\": \"%%host%%\", \"password\": \"unbake1\"}]'\n    alm-examples: '[{\"password\": \"unbake2\"}]'\n",
            &[
                "metadata.annotations[\"ad.datadoghq.com/db.instances\"]![0].password password=unbake1 Annotation",
            ],
        ),
        (
            "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    metadata: {annotations: {dapr.io/env: DB_PASSWORD=unbake1}}\n",
            &["spec.template.metadata.annotations[\"dapr.io/env\"] DB_PASSWORD=unbake1 DaprEnv"],
        ),
    ]);
}

fn config_map(data: &str) -> String {
    let indented: String = data.lines().map(|line| format!("  {line}\n")).collect();
    format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{indented}")
}

#[test]
fn files_in_config_maps() {
    let cases: [(&str, &[&str]); 12] = [
        ("password: unbake1\nhost: db", &["data.password password=unbake1 ConfigMapData"]),
        (
            "app.yaml: |\n  db:\n    host: db\n    password: unbake1\n    passwordFile: /run/secrets/x",
            &["data[\"app.yaml\"]!db.password password=unbake1 ConfigMapData"],
        ),
        (
            "prometheus.yml: |\n  scrape_configs:\n  - basic_auth:\n      username: u\n      password:\n        unbake1",
            &[
                "data[\"prometheus.yml\"]!scrape_configs[0].basic_auth.password password=unbake1 ConfigMapData",
            ],
        ),
        (
            "settings: '{\"db\": {\"apiKey\": \"unbake1\", \"secretName\": \"x\"}}'",
            &["data.settings!db.apiKey apiKey=unbake1 ConfigMapData"],
        ),
        (
            "redis.conf: |\n  # requirepass foobared\n  appendonly yes\n  requirepass unbake1",
            &["data[\"redis.conf\"]!requirepass requirepass=unbake1 ConfigMapData"],
        ),
        (
            "master.conf: |\n  dir /data\n  masterauth unbake1\n  rename-command FLUSHALL \"\"",
            &["data[\"master.conf\"]!masterauth masterauth=unbake1 ConfigMapData"],
        ),
        (
            "grafana.ini: |\n  [server]\n  domain = x\n  [security]\n  admin_user = admin\n  admin_password = unbake1 ; why\n  [smtp]\n  password = $__env{SMTP}",
            &["data[\"grafana.ini\"]!security.admin_password admin_password=unbake1 ConfigMapData"],
        ),
        (
            "application.properties: |\n  spring.datasource.username=u\n  spring.datasource.password=unbake1",
            &[
                "data[\"application.properties\"]!spring.datasource.password spring.datasource.password=unbake1 ConfigMapData",
            ],
        ),
        (
            "app.toml: |\n  [db]\n  password = \"unbake1\"\n  timeout = 30",
            &["data[\"app.toml\"]!db.password password=unbake1 ConfigMapData"],
        ),
        (
            "default.conf: |\n  server {\n    location /api {\n      proxy_pass http://api;\n      proxy_set_header X-Api-Key \"unbake1\";\n    }\n  }",
            &["data[\"default.conf\"]!X-Api-Key X-Api-Key=unbake1 ConfigMapData"],
        ),
        (
            "init.sh: |\n  #!/bin/sh\n  set -e\n  DB_PASSWORD='unbake1'\n  TOKEN=\"$(cat /token)\"\n  psql -c 'select 1'",
            &["data[\"init.sh\"]!DB_PASSWORD DB_PASSWORD=unbake1 ConfigMapData"],
        ),
        (
            "pod.yaml: |\n  apiVersion: v1\n  kind: Pod\n  spec:\n    containers:\n    - env:\n      - {name: DB_PASSWORD, value: unbake1}",
            &["data[\"pod.yaml\"]!spec.containers[0].env[0].value DB_PASSWORD=unbake1 Env"],
        ),
    ];
    for (data, expected) in cases {
        let text = config_map(data);
        assert_eq!(credentials(&text), expected, "{text}");
    }
}

/// What is found in a text has its own bytes, however the text is written.
#[test]
fn values_in_texts_have_their_own_lines() {
    let literal = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.json: |\n    {\n      \"password\": \"unbake1\"\n    }\n";
    let quoted = "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"a.json\": \"{\\n \\\"password\\\": \\\"unbake1\\\"}\"}}";
    let windows = literal.replace('\n', "\r\n");
    let single =
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.json: '{\"x\": \"it''s\", \"password\": \"unbake1\"}'\n";
    for text in [literal, quoted, &windows, single] {
        let manifest = manifest::read(text.as_bytes()).unwrap();
        let field = manifest.fields.iter().find(|f| f.name == "password").unwrap();
        assert_eq!(&text[field.raw.start..field.raw.end], "unbake1", "{text}");
        assert_eq!(field.inside(), Some("data[\"a.json\"]"));
        assert!(field.stands_in(&manifest.fields[0]), "{text}");
        assert_eq!(manifest.locate(field.raw.start).unwrap().field, "data[\"a.json\"]");
    }
}

fn secret(kind: &str, data: &[(&str, &str)]) -> String {
    use base64::Engine;
    let encoded = |value: &str| base64::engine::general_purpose::STANDARD.encode(value);
    let lines: String = data.iter().map(|(key, value)| format!("  {key}: {}\n", encoded(value))).collect();
    format!("apiVersion: v1\nkind: Secret\ntype: {kind}\ndata:\n{lines}")
}

#[test]
fn types_of_secrets() {
    let docker = r#"{"auths": {"r.unbake.example": {"auth": "dW5iYWtlOmludmVudGVk"}}}"#;
    let old = r#"{"r.unbake.example": {"auth": "dW5iYWtlOmludmVudGVk", "email": "a@b.example"}}"#;
    let key = "-----BEGIN PRIVATE KEY-----\ndW5iYWtl\n-----END PRIVATE KEY-----\n";
    let shown_key = format!("data.ssh-privatekey ssh-privatekey={} SecretData", key.trim_end());
    let cases: [(String, &[&str]); 8] = [
        (
            secret("kubernetes.io/dockerconfigjson", &[(".dockerconfigjson", docker)]),
            &[
                "data[\".dockerconfigjson\"]!auths[\"r.unbake.example\"].auth auths[\"r.unbake.example\"].auth=dW5iYWtlOmludmVudGVk SecretData",
            ],
        ),
        (
            secret("kubernetes.io/dockercfg", &[(".dockercfg", old)]),
            &[
                "data[\".dockercfg\"]![\"r.unbake.example\"].auth [\"r.unbake.example\"].auth=dW5iYWtlOmludmVudGVk SecretData",
            ],
        ),
        (
            secret("kubernetes.io/basic-auth", &[("username", "admin"), ("password", "unbake1\n")]),
            &["data.password password=unbake1 SecretData"],
        ),
        (secret("kubernetes.io/ssh-auth", &[("ssh-privatekey", key)]), &[&shown_key]),
        (
            secret(
                "kubernetes.io/tls",
                &[
                    ("tls.crt", "-----BEGIN CERTIFICATE-----\ndW5iYWtl\n-----END CERTIFICATE-----\n"),
                    ("ca.crt", "x"),
                ],
            ),
            &[],
        ),
        (
            secret(
                "kubernetes.io/service-account-token",
                &[("ca.crt", "x"), ("namespace", "default"), ("token", "unbake.invented.token")],
            ),
            &["data.token token=unbake.invented.token SecretData"],
        ),
        (
            secret(
                "bootstrap.kubernetes.io/token",
                &[
                    ("description", "for nodes"),
                    ("token-id", "unbake"),
                    ("token-secret", "invented12345678"),
                    ("auth-extra-groups", "system:bootstrappers:x"),
                ],
            ),
            &["data.token-secret token-secret=invented12345678 SecretData"],
        ),
        (
            secret(
                "Opaque",
                &[
                    ("config.yaml", "user: unbake\npassword: invented\ndb:\n  token: unbake2\n"),
                    ("host", "db.internal"),
                ],
            ),
            &[
                "data[\"config.yaml\"]!password password=invented SecretData",
                "data[\"config.yaml\"]!db.token token=unbake2 SecretData",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(credentials(&text), expected, "{text}");
    }
    // The new line at its end belongs to the value.
    let text = secret("kubernetes.io/basic-auth", &[("password", "unbake1\n")]);
    assert_eq!(manifest::read(text.as_bytes()).unwrap().fields[0].value, "unbake1\n");
}

#[test]
fn custom_resources() {
    check(&[
        (
            "apiVersion: external-secrets.io/v1\nkind: SecretStore\nspec:\n  provider:\n    fake:\n      data:\n      - {key: /db/pass, value: unbake1}\n      - {key: m, valueMap: {a: unbake2, host: db}}\n",
            &[
                "spec.provider.fake.data[0].value /db/pass=unbake1 SecretData",
                "spec.provider.fake.data[1].valueMap.a a=unbake2 SecretData",
            ],
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data: [{secretKey: password, remoteRef: {key: db-password}}]\n  target:\n    template:\n      data: {url: 'postgres://u:{{ .password }}@db', token: unbake1, password: '{{ .password }}'}\n",
            &["spec.target.template.data.token token=unbake1 SecretData"],
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    repoURL: https://unbake:invented@git.unbake.example/x.git\n    helm:\n      parameters:\n      - {name: auth.password, value: unbake1}\n      - {name: auth.existingSecret, value: my-secret}\n      valuesObject: {db: {password: unbake2}}\n      values: |\n        redis:\n          auth:\n            password: unbake3\n",
            &[
                "spec.source.repoURL repoURL=https://unbake:invented@git.unbake.example/x.git Custom",
                "spec.source.helm.parameters[0].value auth.password=unbake1 Custom",
                "spec.source.helm.valuesObject.db.password password=unbake2 Custom",
                "spec.source.helm.values!redis.auth.password password=unbake3 Custom",
            ],
        ),
        (
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values: {auth: {rootPassword: unbake1, existingSecret: x-y}}\n",
            &["spec.values.auth.rootPassword rootPassword=unbake1 Custom"],
        ),
        (
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec:\n  triggers:\n  - type: rabbitmq\n    metadata: {host: 'amqp://unbake:invented@mq:5672/v', passwordFromEnv: DB_PASSWORD, queueName: q}\n    authenticationRef: {name: keda-auth}\n",
            &["spec.triggers[0].metadata.host host=amqp://unbake:invented@mq:5672/v Custom"],
        ),
        (
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec:\n  http:\n  - headers: {request: {set: {authorization: Bearer unbake1, x-mode: a}}}\n",
            &["spec.http[0].headers.request.set.authorization authorization=Bearer unbake1 Custom"],
        ),
        (
            "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nspec:\n  configPatches:\n  - patch: {value: {request_headers_to_add: [{header: {key: authorization, value: Basic dW5iYWtlOmludmVudGVk}}]}}\n",
            &[
                "spec.configPatches[0].patch.value.request_headers_to_add[0].header.value authorization=Basic dW5iYWtlOmludmVudGVk Custom",
            ],
        ),
        (
            "apiVersion: v1\nkind: Source\nname: facts\nspec:\n  kind: PostgreSQL\n  properties: {host: db, user: u, password: unbake1}\n",
            &["spec.properties.password password=unbake1 Custom"],
        ),
        (
            "apiVersion: query.unbake.example/v1\nkind: Source\nspec:\n  properties: {host: db, password: unbake1, token: {kind: Secret, name: a, key: b}}\n",
            &["spec.properties.password password=unbake1 Custom"],
        ),
        (
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- providers:\n  - aescbc: {keys: [{name: key1, secret: dW5iYWtlLWludmVudGVkLWtleS1vZi0zMi1ieXRlcyE=}]}\n",
            &[
                "resources[0].providers[0].aescbc.keys[0].secret secret=dW5iYWtlLWludmVudGVkLWtleS1vZi0zMi1ieXRlcyE= Custom",
            ],
        ),
        (
            "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{env: [{name: DB_PASSWORD, value: unbake1}, {name: OTHER_PASSWORD, value: '${PASSWORD}'}]}]}\nparameters:\n- {name: ADMIN_PASSWORD, value: unbake2}\n- {name: PASSWORD, generate: expression, from: '[a-z]{8}'}\n",
            &[
                "objects[0].spec.containers[0].env[0].value DB_PASSWORD=unbake1 Env",
                "parameters[0].value ADMIN_PASSWORD=unbake2 Custom",
            ],
        ),
        (
            "apiVersion: unbake.example/v1\nkind: Bundle\nspec:\n  manifests:\n  - apiVersion: v1\n    kind: Secret\n    stringData: {key: unbake1}\n",
            &["spec.manifests[0].stringData.key key=unbake1 SecretData"],
        ),
        (
            "apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {token: unbakeInventedToken1, client-certificate-data: x}\n- name: b\n  user: {exec: {env: [{name: AWS_SECRET_ACCESS_KEY, value: unbake2}], args: [--token, unbake3]}}\n",
            &[
                "users[0].user.token token=unbakeInventedToken1 Custom",
                "users[1].user.exec.env[0].value AWS_SECRET_ACCESS_KEY=unbake2 Custom",
                "users[1].user.exec.args[1] token=unbake3 Argument",
            ],
        ),
    ]);
}

#[test]
fn look_alikes_are_quiet() {
    let custom = |spec: &str| format!("apiVersion: unbake.example/v1\nkind: Thing\nspec:\n{spec}");
    let cases = [
        custom("  tls: {secretName: web-tls, credentialName: web-cert}\n"),
        custom("  passwordSecretRef: {name: db, key: password}\n  authSecret: db-auth\n"),
        custom("  password: {valueFrom: {secretKeyRef: {name: db, key: password}}}\n"),
        custom("  passwordKey: password\n  secretKey: db-password\n  credentials: gcp-creds\n"),
        custom("  caBundle: dW5iYWtl\n  jwks: '{\"keys\": [{\"kid\": \"a\"}]}'\n"),
        custom("  maxTokens: 4000\n  tokens: 5000\n  authRequired: true\n  token: ''\n  tokenTTL: 30s\n"),
        custom("  image: r.unbake.example/app@sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865\n"),
        custom("  env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}]\n"),
        custom("  env: [{name: PASSWORD_FILE, value: /run/secrets/db}, {name: API_KEY, value: '${API_KEY}'}]\n"),
        custom("  triggers: [{metadata: {passwordFromEnv: DB_PASS}}]\n"),
        custom("  repo: ssh://git@git.unbake.example/x\n  url: https://git.unbake.example/?x=a@b\n"),
        custom("  description: the password is hunter2\n  example: {password: hunter2}\n"),
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {versions: [{schema: {openAPIV3Schema: {properties: {password: {type: string, default: hunter2}}}}}]}\n".to_owned(),
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules: [{resources: [secrets], resourceNames: [token]}]\n".to_owned(),
        "apiVersion: v1\nkind: Service\nmetadata: {annotations: {checksum/config: 4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865}, resourceVersion: '123456'}\n".to_owned(),
        "apiVersion: v1\nkind: ServiceAccount\nsecrets: [{name: default-token-x7k2p}]\nimagePullSecrets: [{name: regcred}]\n".to_owned(),
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {password: AgB8unbakeInvented7Qw3Zr9Tb5Kx1}, template: {data: {password: '{{ .x }}'}}}\n".to_owned(),
        "apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nspec: {secretTargetRef: [{parameter: password, name: db, key: password}], env: [{parameter: token, name: API_TOKEN}]}\n".to_owned(),
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {arguments: {parameters: [{name: token, value: '{{inputs.token}}'}]}, templates: [{steps: [[{name: a, template: b}]]}]}\n".to_owned(),
        config_map("app.yaml: |\n  password: ${DB_PASSWORD}\n  token: {{ .Values.token }}\n  secretName: x"),
        config_map("app.yaml: |\n  sops: {mac: x}\n  password: ENC[AES256_GCM,data:x]"),
        config_map("main.py: |\n  password = os.environ['PASSWORD']\n  token = get_token()"),
        config_map("notes: |\n  The password: ask the team.\n  It is long."),
        config_map("nginx.conf: |\n  proxy_set_header Authorization $http_authorization;\n  proxy_pass backend;\n  auth_request_set $token $upstream_http_token;"),
        config_map("redis.conf: |\n  requirepass ${REDIS_PASSWORD}\n  # masterauth secret1"),
        config_map("postgresql.conf: |\n  password_encryption = scram-sha-256\n  max_connections = 100"),
        config_map("run.sh: |\n  TOKEN=$1\n  PASSWORD=$(cat x)\n  export API_KEY=\"${API_KEY:?}\"\n  token=lower"),
        pod("  volumes: [{name: etc-passwd, secret: {secretName: x}}, {csi: {nodePublishSecretRef: {name: a}, volumeAttributes: {secretProviderClass: vault}}}]\n"),
        pod("  containers: [{args: [--default-authentication-plugin=mysql_native_password, --token-ttl, 30s, --secret-name=x]}]\n"),
    ];
    for text in cases {
        assert_eq!(credentials(&text), Vec::<String>::new(), "{text}");
    }
}

/// The roles that say which rewrite there is.
#[test]
fn arguments_and_variables_keep_their_roles_in_lists() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: d}\n  spec: {template: {spec: {containers: [{env: [{name: DB_PASSWORD, value: unbake1}]}]}}}\n";
    let manifest = manifest::read(text.as_bytes()).unwrap();
    assert_eq!((manifest.fields[0].role, &*manifest.fields[0].document.name), (Role::Env, "d"));
}
