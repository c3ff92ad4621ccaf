//! Credential files: what each kind yields and on which line, what stays quiet, and how it all comes out of a scan.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "credentials/scan.rs"]
mod scan;
#[path = "support/scan_options.rs"]
mod scan_options;

use std::fmt::Write as _;

use unbake::credentials::{examples, kind_of, read};
use unbake::finding::Confidence;
use unbake::rules::load;

/// A path, its content, and `rule line value` of all that is to be found.
type Case = (&'static str, &'static str, &'static [&'static str]);

fn found(path: &str, content: &str) -> Vec<String> {
    let line = |at: usize| content[..at].matches('\n').count() + 1;
    read(path, content.as_bytes())
        .unwrap()
        .iter()
        .map(|f| format!("{} {} {}", f.rule, line(f.raw.start), f.value))
        .collect()
}

/// Tells every wrong case at once.
fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for (path, content, expected) in cases {
        match kind_of(path) {
            None => writeln!(wrong, "{path}: of no kind").unwrap(),
            Some(_) => {
                let found = found(path, content);
                if found != *expected {
                    writeln!(wrong, "{path}:\n{content}\n  found {found:#?}\n  not {expected:#?}").unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn lists_of_logins() {
    check(&[
        (
            ".netrc",
            "machine a login u\npassword \"unbake 7\"\nmacdef init\nbin password no\n\nmachine b login v password ${PW} account x\nmachine c password Invented7\n",
            &["netrc-password 2 unbake 7", "netrc-password 7 Invented7"],
        ),
        ("_netrc", "machine password login password password word\n", &["netrc-password 1 word"]),
        (
            ".pgpass",
            "#h:1:d:u:no\nh:5432:*:u:a:b\n\\:\\:1:5432:d:u:Invented7\nshort:line\nh:1:d:u:\n",
            &["pgpass-password 2 a:b", "pgpass-password 3 Invented7"],
        ),
        (
            ".git-credentials",
            "https://u:ab1@h\nhttps://u%40x:Inv%40nted@h/p\nhttps://unbake@h\n",
            &["git-credentials-password 1 ab1", "git-credentials-password 2 Inv%40nted"],
        ),
        (
            "etc/ppp/chap-secrets",
            "# c s secret\nu * \"Invented 7\" *\nv * @/etc/ppp/v *\n",
            &["ppp-secret 2 Invented 7"],
        ),
        (
            ".htpasswd",
            "#x:$apr1$unbake00$InventedHashUnbake0000\na:{SHA}unbakeInventedHash000000000=\nb:{PLAIN}Invented7:c\nc:*\nd:plain\n",
            &["htpasswd-hash 2 {SHA}unbakeInventedHash000000000=", "htpasswd-hash 3 {PLAIN}Invented7"],
        ),
        (
            "etc/shadow",
            "a:*:1:0:9:7:::\nb:!:1:0:9:7:::\nc:!$1$unbake00$InventedHashUnbake0000:1:0:9:7:::\nd:Inv.nted00DES:1:0:9:7:::\ne:x:1\n",
            &[
                "shadow-password-hash 3 $1$unbake00$InventedHashUnbake0000",
                "shadow-password-hash 4 Inv.nted00DES",
            ],
        ),
        ("images/shadow", "a shadow: of a doubt\n", &[]),
    ]);
}

#[test]
fn clients_and_servers_of_databases() {
    check(&[
        (
            ".my.cnf",
            "[client]\npassword='a#b c' # note\n[mysqldump]\npassword=\n[galera]\nwsrep_sst_auth=u:Invented7\n",
            &["mysql-option-password 2 a#b c", "mysql-option-password 6 Invented7"],
        ),
        (
            "redis.conf",
            "# requirepass no\nrequirepass \"Invented 7\"\nmasterauth ${PW}\nuser u on >Invented8 #c0ffee ~*\nbind 0.0.0.0\n",
            &["redis-password 2 Invented 7", "redis-password 4 Invented8"],
        ),
        (
            "sentinel.conf",
            "sentinel auth-pass m Invented7\nsentinel monitor m h 1 2\n",
            &["redis-password 1 Invented7"],
        ),
        (
            "userlist.txt",
            "\"u\" \"SCRAM-SHA-256$4096:unbake\"\n\"v\" \"\"\n",
            &["pgbouncer-user-password 1 SCRAM-SHA-256$4096:unbake"],
        ),
        ("userlist.txt", "alice\nbob\n", &[]),
    ]);
}

#[test]
fn clients_of_package_registries() {
    check(&[
        (
            ".npmrc",
            "//r/:_authToken=unbake-Invented\n//r/:_auth=dW5iYWtlOkludmVudGVkNw==\n//r/:_password=SW52ZW50ZWQ3\n_auth=dW5iYWtl\n//r/:_authToken=${T}\nsave-exact=true\n",
            &[
                "npm-config-credential 1 unbake-Invented",
                "npm-config-credential 2 dW5iYWtlOkludmVudGVkNw==",
                "npm-config-credential 3 Invented7",
            ],
        ),
        (
            ".yarnrc.yml",
            "npmAuthIdent: \"unbake:Invented7\"\nnpmRegistries:\n  \"//r\":\n    npmAuthToken: unbake-7 # x\nnpmAlwaysAuth: true\n",
            &["npm-config-credential 1 Invented7", "npm-config-credential 4 unbake-7"],
        ),
        (
            ".pypirc",
            "[distutils]\nindex-servers = pypi\n[pypi]\nusername: u\npassword: Invented%7\nrepository = https://u:Inv3nted@r\n",
            &["python-index-password 5 Invented%7", "python-index-password 6 Inv3nted"],
        ),
        ("pip.conf", "# https://u:Invented7@r\nindex-url = https://__token__@r\n", &[]),
        (
            "auth.json",
            "{\"http-basic\": {\"h\": {\"username\": \"u\", \"password\": \"Inv\\u0065nted7\"}},\n \"gitlab-token\": {\"g\": \"unbake-7\"},\n \"bearer\": {\"b\": \"${T}\"},\n \"http\": {\"h\": {\"password\": \"x\"}}}",
            &["composer-auth-credential 1 Invented7", "composer-auth-credential 2 unbake-7"],
        ),
        (
            "run/containers/auth.json",
            "{\"auths\": {\"quay.invented\": {\"auth\": \"dW5iYWtlOkludmVudGVkNw==\"}}}",
            &["docker-registry-login 1 dW5iYWtlOkludmVudGVkNw=="],
        ),
        ("credentials.toml", "[registries.u]\ntoken = 'unbake-7'\n", &["cargo-registry-token 2 unbake-7"]),
        (".gem/credentials", "---\n:rubygems_api_key: unbake-7\n", &["rubygems-credential 2 unbake-7"]),
        (
            "nuget.config",
            "<c><packageSourceCredentials>\n<s><add key=\"Username\" value=\"unbake\"/>\n<add key=\"ClearTextPassword\" value=\"a&lt;b7\"/>\n<add key=\"Password\" value=\"AQAAunbakeInvented\"/></s></packageSourceCredentials></c>",
            &["nuget-source-password 3 a<b7", "nuget-source-password 4 AQAAunbakeInvented"],
        ),
    ]);
}

#[test]
fn logins_of_container_tools() {
    check(&[
        (
            ".docker/config.json",
            "{\n\t\"auths\": {\n\t\t\"a\": {\"auth\": \"dW5iYWtlOkludmVudGVkNw==\", \"identitytoken\": \"unbake-7\"},\n\"b\": {\"auth\": \"dW5iYWtl\"}, \"c\": {}}}",
            &["docker-registry-login 3 dW5iYWtlOkludmVudGVkNw==", "docker-registry-login 3 unbake-7"],
        ),
        (
            ".dockercfg",
            "{\"a\": {\"auth\": \"dW5iYWtlOkludmVudGVkNw==\", \"email\": \"u@invented.example\"}}",
            &["docker-registry-login 1 dW5iYWtlOkludmVudGVkNw=="],
        ),
        (
            "kubeconfig",
            "users:\n- name: a\n  user:\n    password: Invented7\n    client-certificate-data: dW5iYWtl\n    client-key-data: dW5iYWtl\n- name: b\n  user:\n    auth-provider:\n      name: oidc\n      config: {client-id: u, client-secret: unbake-7, id-token: ''}\n",
            &["kubeconfig-credential 4 Invented7", "kubeconfig-credential 11 unbake-7"],
        ),
    ]);
}

#[test]
fn clients_of_clouds_and_services() {
    check(&[
        (
            ".aws/credentials",
            "[a]\naws_access_key_id = unbake\naws_secret_access_key = unbake/Invented+Secret7\n[b]\naws_session_token = $T\n",
            &["cloud-storage-credential 3 unbake/Invented+Secret7"],
        ),
        (
            ".boto",
            "[Credentials]\ngs_secret_access_key = unbakeInvented7\n",
            &["cloud-storage-credential 2 unbakeInvented7"],
        ),
        (
            "application_default_credentials.json",
            "{\"type\": \"service_account\",\n\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nunbakeInvented\\n-----END PRIVATE KEY-----\\n\"}",
            &[
                "google-default-credential 2 -----BEGIN PRIVATE KEY-----\nunbakeInvented\n-----END PRIVATE KEY-----\n",
            ],
        ),
        (
            "msal_token_cache.json",
            "{\"AccessToken\": {\"k\": {\"secret\": \"unbake-1\"}},\n\"RefreshToken\": {\"k\": {\"secret\": \"unbake-Invented-7\"}}}",
            &["azure-cli-token 2 unbake-Invented-7"],
        ),
        (".vault-token", "unbake-Invented-7\n", &["vault-token-file 1 unbake-Invented-7"]),
        (
            ".config/gh/hosts.yml",
            "github.com:\n  user: u\n  oauth_token: unbake-7\n  users:\n    v:\n      oauth_token: unbake-8\n",
            &["code-host-cli-token 3 unbake-7", "code-host-cli-token 6 unbake-8"],
        ),
        (
            ".config/hub",
            "github.com:\n- user: u\n  oauth_token: unbake-7\n  protocol: https\n",
            &["code-host-cli-token 3 unbake-7"],
        ),
        (
            "doctl/config.yaml",
            "access-token: unbake-7\nauth-contexts:\n  c: unbake-8\n",
            &["doctl-access-token 1 unbake-7", "doctl-access-token 3 unbake-8"],
        ),
        (
            ".terraformrc",
            "credentials \"h\" {\n  # token = \"no\"\n  token = \"unbake-7\"\n}\n",
            &["terraform-cli-token 3 unbake-7"],
        ),
        (
            "rclone.conf",
            "[r]\ntype = s3\naccess_key_id = u\nsecret_access_key = unbakeInvented7\n[d]\ntype = drive\ntoken = {\"access_token\":\"unbake-1\",\"expiry\":\"x\"}\n",
            &["rclone-password 4 unbakeInvented7", "rclone-password 7 unbake-1"],
        ),
    ]);
}

#[test]
fn settings_of_applications() {
    check(&[
        (
            "wp-config.php",
            "<?php\ndefine('DB_PASSWORD', 'it\\'s7');\ndefine('DB_HOST', 'db');\n# define('DB_PASSWORD', 'no');\ndefine('AUTH_SALT', 'put your unique phrase here');\n",
            &["wordpress-setting-credential 2 it's7"],
        ),
        (
            "config/master.key",
            "c0ffee00badc0de0facade00decade07\n",
            &["rails-master-key 1 c0ffee00badc0de0facade00decade07"],
        ),
        ("tls/server.key", "c0ffee00badc0de0facade00decade07\n", &[]),
        (
            "config/database.yml",
            "default: &d\n  username: u\n  password: Invented7\nproduction:\n  <<: *d\n  password: <%= ENV['PW'] %>\n",
            &["rails-setting-credential 3 Invented7"],
        ),
        ("secrets.yml", "apiVersion: v1\nkind: Secret\nstringData:\n  password: Invented7\n", &[]),
        ("secrets.yml", "db_password: unbake7\nsops:\n  mac: ENC[AES256_GCM,data:x]\n", &[]),
        (
            ".env",
            "# DB_PASSWORD=no\nDB_PASSWORD='a b#c' # x\nexport API_TOKEN=unbake-7\nURL=redis://:ab1@h\nDEBUG=true\nPASSWORD_MIN=8\nSECRET=${X}\nPRIVATE_TOKEN=encrypted:BGunbake\n",
            &["env-file-credential 2 a b#c", "env-file-credential 3 unbake-7", "env-file-credential 4 ab1"],
        ),
        (
            "application-dev.yml",
            "spring:\n  datasource:\n    url: jdbc:x\n    password: ${PW:Invented7}\n  mail:\n    password: ${PW}\napi:\n  key: unbake-7\n",
            &["spring-setting-credential 4 ${PW:Invented7}", "spring-setting-credential 8 unbake-7"],
        ),
        (
            "application.properties",
            "spring.datasource.password=Invented7\nserver.ssl.key-store-password: changeit\nspring.token.uri=/token\n",
            &["spring-setting-credential 1 Invented7", "spring-setting-credential 2 changeit"],
        ),
        (
            "appsettings.json",
            "\u{feff}{ // \"Password\": \"no\"\n\t\"ConnectionStrings\": {\"D\": \"Server=db;Password=Invented7;Encrypt=true\"},\n\"Smtp\": {\"Password\": \"\"}, \"Jwt\": {\"Key\": \"unbake\", \"SigningKey\": \"unbake-8\"}}",
            &[
                "dotnet-setting-credential 2 Invented7",
                "dotnet-setting-credential 3 unbake",
                "dotnet-setting-credential 3 unbake-8",
            ],
        ),
        (
            "web.config",
            "<configuration>\n<connectionStrings><add name=\"D\" connectionString=\"Server=db;Password='Invented7';\"/></connectionStrings>\n<identity impersonate=\"true\" userName=\"u\" password=\"Inv&quot;nted\"/>\n</configuration>",
            &["dotnet-setting-credential 2 Invented7", "dotnet-setting-credential 3 Inv\"nted"],
        ),
        (
            "settings.xml",
            "<settings><!-- <password>no</password> --><servers><server><id>n</id>\n<password>Invented7</password><passphrase>${env.P}</passphrase></server></servers>\n<proxies><proxy><password>Invented8</password></proxy></proxies></settings>",
            &["maven-settings-password 2 Invented7", "maven-settings-password 3 Invented8"],
        ),
        ("settings.xml", "<app><password>Invented7</password></app>", &[]),
        (
            "gradle.properties",
            "mavenPassword=Invented7\nversion=1\n",
            &["gradle-property-credential 1 Invented7"],
        ),
        (
            "credentials.xml",
            "<l><c><id>i</id>\n<password>{AQAAABAAAAAQunbake==}</password>\n<apiToken>unbake-7</apiToken></c></l>",
            &["jenkins-credential 2 {AQAAABAAAAAQunbake==}", "jenkins-credential 3 unbake-7"],
        ),
    ]);
}

#[test]
fn state_and_variables_of_terraform() {
    check(&[
        (
            "terraform.tfstate",
            "{\"version\": 4, \"outputs\": {\"pw\": {\"value\": \"Invented7\", \"sensitive\": true}},\n\"resources\": [{\"type\": \"t\", \"name\": \"n\", \"instances\": [{\"attributes\": {\n\"master_password\": \"Invented8\", \"arn\": \"a\", \"block\": [{\"secret\": \"Invented9\"}], \"result\": \"Invented0\", \"tags\": {\"note\": \"x\"}},\n\"sensitive_attributes\": [[{\"type\": \"get_attr\", \"value\": \"result\"}]]}]}]}",
            &[
                "terraform-state-secret 1 Invented7",
                "terraform-state-secret 3 Invented8",
                "terraform-state-secret 3 Invented9",
                "terraform-state-secret 3 Invented0",
            ],
        ),
        (
            "old.tfstate",
            "{\"version\": 3, \"modules\": [{\"outputs\": {}, \"resources\": {\"t.n\": {\"primary\": {\"attributes\": {\"password\": \"Invented7\", \"id\": \"x\"}}}}}]}",
            &["terraform-state-secret 1 Invented7"],
        ),
        (
            "x.auto.tfvars",
            "region = \"eu\"\ndb = {\n  password = \"Invented7\" # x\n}\ntoken = var.token\n",
            &["terraform-variable-secret 3 Invented7"],
        ),
    ]);
}

#[test]
fn clients_that_people_log_in_with() {
    check(&[
        (
            "recentservers.xml",
            "<F><Server><Host>h</Host>\n<Pass>Invented7</Pass></Server><Server><Host>i</Host>\n<Pass encoding=\"base64\">SW52ZW50ZWQ4</Pass></Server></F>",
            &["ftp-client-password 2 Invented7", "ftp-client-password 3 Invented8"],
        ),
        (
            ".ftpconfig",
            "{\"host\": \"h\", \"pass\": \"Invented7\", \"passphrase\": \"\"}",
            &["ftp-client-password 1 Invented7"],
        ),
        (
            ".vscode/sftp.json",
            "{\n  // \"password\": \"no\",\n  \"password\": \"Inv,nted\"\n}",
            &["ftp-client-password 3 Inv,nted"],
        ),
        (
            ".muttrc",
            "set smtp_url=\"smtp://u:Invented7@h\"\nset imap_pass=`pass`\nset pop_pass = 'Invented8'\n",
            &["mail-client-password 1 Invented7", "mail-client-password 3 Invented8"],
        ),
        (
            ".msmtprc",
            "account a\npassword \"Invented 7\"\npasswordeval pass\n",
            &["mail-client-password 2 Invented 7"],
        ),
    ]);
}

#[test]
fn networks() {
    check(&[
        (
            "etc/wireguard/wg0.conf",
            "[Interface]\nPrivateKey = unbakeInventedWireGuardKey0unbakeInvented0Q=\n[Peer]\nPublicKey = unbakeInventedPublicKey0000unbakeInvented0Q=\nPresharedKey = unbakeInventedSharedKey0000unbakeInvented0Q=\n",
            &[
                "wireguard-key 2 unbakeInventedWireGuardKey0unbakeInvented0Q=",
                "wireguard-key 5 unbakeInventedSharedKey0000unbakeInvented0Q=",
            ],
        ),
        ("nginx.conf", "server { location / { auth_basic off; } }\n", &[]),
        (
            "x.ovpn",
            "remote h\n<auth-user-pass>\nu\nInvented7\n</auth-user-pass>\n",
            &["openvpn-password 4 Invented7"],
        ),
        (
            "system-connections/home",
            "[connection]\nid=home\n[wifi-security]\npsk=Invented7\npsk-flags=0\nwep-key-type=1\n[vpn-secrets]\nXauth=Invented8\n[802-1x]\npassword=Invented9\n",
            &[
                "network-password 4 Invented7",
                "network-password 8 Invented8",
                "network-password 10 Invented9",
            ],
        ),
        (
            "wpa_supplicant.conf",
            "network={\n\tssid=\"h\"\n\t#psk=\"Invented7\"\n\tpsk=c0ffee00badc0de0facade00decade07c0ffee00badc0de0facade00decade07\n}\n",
            &[
                "network-password 3 Invented7",
                "network-password 4 c0ffee00badc0de0facade00decade07c0ffee00badc0de0facade00decade07",
            ],
        ),
    ]);
}

#[test]
fn passwords_on_command_lines() {
    check(&[
        (
            ".bash_history",
            "#1700000000\nls -la\nmysql -uroot -pInvented1 db\nmysqldump --password='Invented 2' db\ncurl -u u:Invented3 https://h && curl --user=u:Invented4 h\nexport GH_TOKEN=unbake-5\nsudo docker login -u u -p Invented6 h\nsshpass -p 'Invented7' ssh h\nPGPASSWORD=Invented8 psql -h h\nredis-cli -a Invented9 ping\ngit clone https://u:InventedA@h/r\ncurl -H 'X-Api-Key: unbake-B' h\nhelm install x --set auth.password=InventedC\nexport KEY=$(cat key) PASSWORD=$PASSWORD\ndocker run -p 8080:80 x\nmysql -p db\nssh -p 2222 h\nkubectl create secret generic s --from-literal=password=InventedD\necho 'root:InventedE' | sudo chpasswd\naws configure set aws_secret_access_key unbake-F\nvault login unbake-G; vault login -method=oidc\nmysql -p'Inv;nted|H' db\n",
            &[
                "shell-history-password 3 Invented1",
                "shell-history-password 4 Invented 2",
                "shell-history-password 5 Invented3",
                "shell-history-password 5 Invented4",
                "shell-history-password 6 unbake-5",
                "shell-history-password 7 Invented6",
                "shell-history-password 8 Invented7",
                "shell-history-password 9 Invented8",
                "shell-history-password 10 Invented9",
                "shell-history-password 11 InventedA",
                "shell-history-password 12 unbake-B",
                "shell-history-password 13 InventedC",
                "shell-history-password 18 InventedD",
                "shell-history-password 19 InventedE",
                "shell-history-password 20 unbake-F",
                "shell-history-password 21 unbake-G",
                "shell-history-password 22 Inv;nted|H",
            ],
        ),
        (
            ".zsh_history",
            ": 1700000000:0;echo x; mysql -pInvented7\n",
            &["shell-history-password 1 Invented7"],
        ),
        (
            "fish_history",
            "- cmd: curl -u u:Invented7 h\n  when: 1700000000\n",
            &["shell-history-password 1 Invented7"],
        ),
        (
            ".mysql_history",
            "_HiStOrY_V2_\nCREATE\\040USER\\040u\\040IDENTIFIED\\040BY\\040'Invented7';\nSELECT\\040password\\040FROM\\040users;\n",
            &["shell-history-password 2 Invented7"],
        ),
        (
            ".psql_history",
            "ALTER ROLE u WITH ENCRYPTED PASSWORD 'Invented7';\nSELECT * FROM t WHERE password = 'Invented8';\n",
            &["shell-history-password 1 Invented7", "shell-history-password 2 Invented8"],
        ),
        (
            ".rediscli_history",
            "AUTH u Invented7\nget x\nconfig set requirepass Invented8\n",
            &["shell-history-password 1 Invented7", "shell-history-password 3 Invented8"],
        ),
        (
            ".python_history",
            "import os\npassword = 'Invented7'\nx = os.environ['TOKEN']\nprint('token')\n",
            &["shell-history-password 2 Invented7"],
        ),
    ]);
}

/// An example that shows nothing, shows too much or names no file is told by its number.
#[test]
fn broken_examples_of_rules_are_told() {
    let rules = load::parse(
        "own.yml",
        "provider: unbake\nrules:\n- id: netrc-password\n  title: x\n  severity: low\n  shape: file\n  examples: [\"file: .netrc\\nmachine h\", \"file: .netrc\\npassword unbake-7\", no file]\n  negative_examples: [\"file: .netrc\\npassword unbake-7\"]\n",
    );
    let failing = examples::failing(&rules.unwrap()[0]);
    let fields: Vec<_> = failing.iter().map(|failure| failure.field.as_str()).collect();
    assert_eq!(fields, ["examples[0]", "examples[2]", "negative_examples[0]"]);
}

/// What says where a file's credential belongs, and how sure it is.
#[test]
fn a_finding_tells_whose_it_is_and_how_sure() {
    let one = |path: &str, content: &str| {
        let found = read(path, content.as_bytes()).unwrap().remove(0);
        let place = found.document;
        (place.kind, place.name, place.field, found.confidence)
    };
    let owned = |kind: &str, name: &str, field: &str, confidence| {
        (kind.to_owned(), name.to_owned(), field.to_owned(), confidence)
    };
    assert_eq!(
        one("home/.netrc", "machine git.invented login unbake password Invented7"),
        owned("netrc", "git.invented", "unbake", Confidence::High)
    );
    assert_eq!(
        one("kubeconfig", "users: [{name: unbake, user: {token: Invented7}}]"),
        owned("kubeconfig", "unbake", "users[0].user.token", Confidence::High)
    );
    assert_eq!(
        one(".env", "DB_PASSWORD=postgres"),
        owned("environment file", "", "DB_PASSWORD", Confidence::Medium)
    );
    assert_eq!(
        one("credentials.xml", "<c><id>unbake</id><secret>{AQAAABAAAAAQunbake==}</secret></c>"),
        owned("Jenkins credentials", "unbake", "secret", Confidence::Low)
    );
}

/// Bytes that are not UTF-8, cut ends and hostile nesting: no panic, and spans that hold.
#[test]
fn broken_files_are_read_as_far_as_they_go() {
    let deep = "<a>".repeat(100_000) + "<password>";
    let braces = "[".repeat(100_000);
    let contents: [&[u8]; 8] = [
        b"",
        b"\xff\xfe\0p\0a",
        b"password",
        b"machine \"",
        b"\xfe\xed\xfe\xed\0\0\0\x02",
        b"0\x82\xff\xff\x02\x01\x03\x30",
        deep.as_bytes(),
        braces.as_bytes(),
    ];
    let paths = [
        ".netrc",
        ".pgpass",
        ".npmrc",
        ".env",
        "web.config",
        "settings.xml",
        "x.jks",
        "x.p12",
        ".docker/config.json",
        "terraform.tfstate",
        ".bash_history",
        ".psql_history",
        "kubeconfig",
        "wp-config.php",
        "x.ovpn",
        "redis.conf",
        "sitemanager.xml",
        "nuget.config",
        "rclone.conf",
        ".mylogin.cnf",
        "x.bcfks",
        "userlist.txt",
        "sftp-config.json",
    ];
    for path in paths {
        for content in contents {
            for found in read(path, content).unwrap() {
                assert!(found.raw.end <= content.len(), "{path}");
            }
        }
    }
}
