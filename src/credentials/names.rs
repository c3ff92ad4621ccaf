//! Which file is of which kind, by its name. Looked at for every file, so: two binary searches, nothing allocated.

use std::cmp::Ordering;
use std::fmt;

use super::file::File;
use super::{
    applications, clients, clouds, containers, databases, dotnet, env, hashes, history, java, logins,
    network, packages, rclone, stores, terraform,
};

/// Reads a file of one kind. What is not what its name says adds nothing.
pub(super) type Read = fn(&mut File<'_>);

/// A kind of credential file.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What people call it: `netrc`, `kubeconfig`.
    pub name: &'static str,
    pub(super) read: Read,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

/// A whole name, the directory that it must stand in (empty for any), the kind, its reader.
type Named = (&'static str, &'static str, &'static str, Read);

/// What a name ends and begins with, the kind, its reader. Found by what stands after the last dot.
type Ending = (&'static str, &'static str, &'static str, Read);

/// Files that are known by their whole name; sorted, in lower case.
#[rustfmt::skip]
const NAMES: &[Named] = &[
    (".ash_history", "", "shell history", history::shell),
    (".bash_history", "", "shell history", history::shell),
    (".boto", "", "boto", clouds::ini),
    (".dockercfg", "", "docker configuration", containers::docker),
    (".dockerconfigjson", "", "docker configuration", containers::docker),
    (".ftpconfig", "", "FTP client", clients::ftp),
    (".ftppass", "", "FTP client", clients::ftp),
    (".git-credentials", "", "git credentials", logins::git_credentials),
    (".history", "", "shell history", history::shell),
    (".htpasswd", "", "htpasswd", hashes::htpasswd),
    (".mariadb_history", "", "SQL history", history::sql),
    (".msmtprc", "", "mail client", clients::mail),
    (".muttrc", "", "mail client", clients::mail),
    (".my.cnf", "", "MySQL options", databases::mysql),
    (".mylogin.cnf", "", "MySQL login path", databases::mysql_login_path),
    (".mysql_history", "", "SQL history", history::sql),
    (".netrc", "", "netrc", logins::netrc),
    (".node_repl_history", "", "interpreter history", history::interpreter),
    (".npmrc", "", "npm configuration", packages::npm),
    (".pgpass", "", "pgpass", logins::pgpass),
    (".psql_history", "", "SQL history", history::sql),
    (".pypirc", "", "pypirc", packages::python),
    (".python_history", "", "interpreter history", history::interpreter),
    (".rediscli_history", "", "SQL history", history::sql),
    (".remote-sync.json", "", "FTP client", clients::ftp),
    (".s3cfg", "", "s3cmd configuration", clouds::ini),
    (".sh_history", "", "shell history", history::shell),
    (".terraformrc", "", "Terraform CLI configuration", terraform::cli),
    (".vault-token", "", "Vault token", clouds::token_file),
    (".yarnrc.yml", "", "Yarn configuration", packages::yarn),
    (".zhistory", "", "shell history", history::shell),
    (".zsh_history", "", "shell history", history::shell),
    ("_netrc", "", "netrc", logins::netrc),
    ("accesstokens.json", "", "Azure CLI tokens", clouds::azure),
    ("adc.json", "", "Google default credentials", clouds::google),
    ("admin.conf", "kubernetes", "kubeconfig", containers::kubeconfig),
    ("app.config", "", ".NET configuration", dotnet::config),
    ("application_default_credentials.json", "", "Google default credentials", clouds::google),
    ("auth.json", "", "login file", packages::auth_json),
    ("auth.toml", "pypoetry", "Poetry logins", packages::python),
    ("chap-secrets", "", "PPP secrets", logins::ppp),
    ("config", ".aws", "AWS configuration", clouds::ini),
    ("config", ".kube", "kubeconfig", containers::kubeconfig),
    ("config.json", ".docker", "docker configuration", containers::docker),
    ("config.json", "docker", "docker configuration", containers::docker),
    ("config.yaml", "doctl", "doctl configuration", clouds::doctl),
    ("config.yml", "glab-cli", "GitLab CLI configuration", clouds::code_host),
    ("consolehost_history.txt", "", "shell history", history::powershell),
    ("controller-manager.conf", "kubernetes", "kubeconfig", containers::kubeconfig),
    ("credentials", ".aws", "AWS credentials", clouds::ini),
    ("credentials", ".cargo", "Cargo credentials", packages::cargo),
    ("credentials", ".gem", "RubyGems credentials", packages::gem),
    ("credentials", "gem", "RubyGems credentials", packages::gem),
    ("credentials-config.json", "", "DBeaver credentials", clients::dbeaver),
    ("credentials.tfrc.json", "", "Terraform CLI configuration", terraform::cli),
    ("credentials.toml", "", "Cargo credentials", packages::cargo),
    ("credentials.xml", "", "Jenkins credentials", java::jenkins),
    ("database.yml", "config", "Rails database configuration", applications::rails_yaml),
    ("filezilla.xml", "", "FileZilla sites", clients::filezilla),
    ("fish_history", "", "shell history", history::shell),
    ("gradle.properties", "", "Gradle properties", java::gradle),
    ("gshadow", "", "shadow", hashes::shadow),
    ("gshadow-", "", "shadow", hashes::shadow),
    ("hosts.yml", "gh", "GitHub CLI configuration", clouds::code_host),
    ("htpasswd", "", "htpasswd", hashes::htpasswd),
    ("hub", ".config", "GitHub CLI configuration", clouds::code_host),
    ("hudson.util.secret", "", "Jenkins secret", java::jenkins_secret),
    ("k3s.yaml", "", "kubeconfig", containers::kubeconfig),
    ("kubeconfig", "", "kubeconfig", containers::kubeconfig),
    ("kubelet.conf", "kubernetes", "kubeconfig", containers::kubeconfig),
    ("master.key", "", "master key", applications::master_key),
    ("msal_token_cache.json", "", "Azure CLI tokens", clouds::azure),
    ("msmtprc", "", "mail client", clients::mail),
    ("muttrc", "", "mail client", clients::mail),
    ("my.cnf", "", "MySQL options", databases::mysql),
    ("nuget.config", "", "NuGet configuration", dotnet::nuget),
    ("pap-secrets", "", "PPP secrets", logins::ppp),
    ("pgpass.conf", "", "pgpass", logins::pgpass),
    ("pip.conf", "", "pip configuration", packages::python),
    ("pip.ini", "", "pip configuration", packages::python),
    ("rclone.conf", "", "rclone configuration", rclone::read),
    ("recentservers.xml", "", "FileZilla sites", clients::filezilla),
    ("redis.conf", "", "Redis configuration", databases::redis),
    ("remmina.pref", "", "Remmina", clients::remmina),
    ("scheduler.conf", "kubernetes", "kubeconfig", containers::kubeconfig),
    ("secrets.yml", "", "Rails secrets", applications::rails_yaml),
    ("sentinel.conf", "", "Redis configuration", databases::redis),
    ("service_principal_entries.json", "", "Azure CLI tokens", clouds::azure),
    ("settings-security.xml", "", "Maven master password", java::maven_master),
    ("settings.xml", "", "Maven settings", java::maven),
    ("sftp-config.json", "", "FTP client", clients::ftp),
    ("sftp.json", ".vscode", "FTP client", clients::ftp),
    ("shadow", "", "shadow", hashes::shadow),
    ("shadow-", "", "shadow", hashes::shadow),
    ("sitemanager.xml", "", "FileZilla sites", clients::filezilla),
    ("terraform.rc", "", "Terraform CLI configuration", terraform::cli),
    ("userlist.txt", "", "PgBouncer users", databases::pgbouncer),
    ("web.config", "", ".NET configuration", dotnet::config),
    ("winscp.ini", "", "WinSCP sites", clients::winscp),
    ("wp-config.php", "", "WordPress configuration", applications::wordpress),
    ("wpa_supplicant.conf", "", "wireless networks", network::wpa_supplicant),
];

/// Files that are known by their ending; sorted by what stands after the last dot.
#[rustfmt::skip]
const ENDINGS: &[Ending] = &[
    (".tfstate.backup", "", "Terraform state", terraform::state),
    (".bcfks", "", "key store", stores::bcfks),
    (".conf", "", "VPN configuration", network::vpn),
    (".config", "app", ".NET configuration", dotnet::config),
    (".config", "web", ".NET configuration", dotnet::config),
    (".env", "", "environment file", env::read),
    (".jceks", "", "key store", stores::key_store),
    (".jks", "", "key store", stores::key_store),
    (".json", "appsettings", ".NET settings", dotnet::app_settings),
    (".tfvars.json", "", "Terraform variables", terraform::variables_json),
    (".key", "", "key file", network::key_file),
    (".keystore", "", "key store", stores::key_store),
    (".ks", "", "key store", stores::key_store),
    (".kubeconfig", "", "kubeconfig", containers::kubeconfig),
    (".nmconnection", "", "network connection", network::network_manager),
    (".ovpn", "", "VPN configuration", network::vpn),
    (".p12", "", "key store", stores::key_store),
    (".pfx", "", "key store", stores::key_store),
    (".properties", "application", "Spring properties", java::properties),
    (".properties", "bootstrap", "Spring properties", java::properties),
    (".rdp", "", "remote desktop", clients::rdp),
    (".remmina", "", "Remmina", clients::remmina),
    (".tfstate", "", "Terraform state", terraform::state),
    (".tfvars", "", "Terraform variables", terraform::variables),
    (".yaml", "application", "Spring configuration", java::spring_yaml),
    (".yaml", "bootstrap", "Spring configuration", java::spring_yaml),
    (".yml", "application", "Spring configuration", java::spring_yaml),
    (".yml", "bootstrap", "Spring configuration", java::spring_yaml),
];

/// Endings of environment files that show what to write and hold nothing.
const SAMPLES: &[&str] = &["example", "sample", "template", "tpl", "dist", "schema", "defaults", "vault"];

/// The directory that a file stands in, and its name. `!` divides an archive from what is in it.
pub(super) fn split(path: &str) -> (&str, &str) {
    let (rest, name) = path.rsplit_once(['/', '!']).unwrap_or(("", path));
    (rest.rsplit_once(['/', '!']).map_or(rest, |(_, parent)| parent), name)
}

/// The kind of credential file that a path names. `None` for nearly all.
pub fn kind_of(path: &str) -> Option<Kind> {
    let (parent, name) = split(path);
    by_name(parent, name)
        .or_else(|| by_family(parent, name))
        .or_else(|| by_ending(name))
        .map(|(name, read)| Kind { name, read })
}

fn by_name(parent: &str, name: &str) -> Option<(&'static str, Read)> {
    let first = NAMES.partition_point(|(known, ..)| compare(known, name).is_lt());
    let same = NAMES[first..].iter().take_while(|(known, ..)| compare(known, name).is_eq());
    same.into_iter()
        .find(|(_, place, ..)| place.is_empty() || *place == parent)
        .map(|(.., kind, read)| (*kind, *read))
}

/// `.env`, `.env.production`; not `.env.example`. All that stands in a directory which is known for it.
fn by_family(parent: &str, name: &str) -> Option<(&'static str, Read)> {
    if let Some(rest) = name.strip_prefix(".env") {
        let is_one = rest.is_empty() || rest == "rc" || rest.starts_with(['.', '-', '_']);
        let is_sample = rest.rsplit(['.', '-', '_']).any(|part| SAMPLES.contains(&part));
        return (is_one && !is_sample).then_some(("environment file", env::read));
    }
    (parent == "system-connections").then_some(("network connection", network::network_manager))
}

fn by_ending(name: &str) -> Option<(&'static str, Read)> {
    let ending = &name[name.rfind('.')? + 1..];
    let first = ENDINGS.partition_point(|(known, ..)| compare(last(known), ending).is_lt());
    let same = ENDINGS[first..].iter().take_while(|(known, ..)| compare(last(known), ending).is_eq());
    let bytes = name.as_bytes();
    let fits = |end: &str, start: &str| {
        let ends = bytes.len().checked_sub(end.len()).map(|at| &bytes[at..]);
        ends.is_some_and(|own| own.eq_ignore_ascii_case(end.as_bytes()))
            && bytes.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
    };
    same.into_iter().find(|(end, start, ..)| fits(end, start)).map(|(.., kind, read)| (*kind, *read))
}

fn last(ending: &str) -> &str {
    ending.rsplit('.').next().unwrap_or(ending)
}

/// Compares a known name with one in any case.
fn compare(known: &str, name: &str) -> Ordering {
    known.bytes().cmp(name.bytes().map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(NAMES.is_sorted_by_key(|(name, parent, ..)| (*name, *parent)));
        assert!(ENDINGS.is_sorted_by_key(|(end, ..)| last(end)));
    }

    #[test]
    fn files_are_known_by_name_directory_and_ending() {
        let cases = [
            ("home/app/.netrc", "netrc"),
            (".NETRC", "netrc"),
            ("app.jar!BOOT-INF/classes/application-prod.yml", "Spring configuration"),
            ("backup.tar!.env.production", "environment file"),
            (".envrc", "environment file"),
            ("docker/prod.env", "environment file"),
            ("root/.docker/config.json", "docker configuration"),
            ("root/.kube/config", "kubeconfig"),
            ("root/.aws/credentials", "AWS credentials"),
            ("root/.gem/credentials", "RubyGems credentials"),
            ("etc/NetworkManager/system-connections/office", "network connection"),
            ("terraform.tfstate", "Terraform state"),
            ("terraform.tfstate.backup", "Terraform state"),
            ("NuGet.Config", "NuGet configuration"),
            ("Web.Release.config", ".NET configuration"),
            ("app/store.P12", "key store"),
        ];
        for (path, kind) in cases {
            assert_eq!(kind_of(path).map(|k| k.name), Some(kind), "{path}");
        }
        let none = [
            "",
            "config",
            "config.json",
            "credentials",
            "app/main.rs",
            ".env.example",
            ".environment",
            "hosts.yml",
            "my.application.yml.bak",
            "netrc",
            "x/.env/bin/activate",
            ".env.local.sample",
        ];
        for path in none {
            assert!(kind_of(path).is_none(), "{path}");
        }
    }
}
