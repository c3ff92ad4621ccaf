//! Clients of clouds and of services that are hosted: AWS and S3, Google, Azure, Vault, code hosts, DigitalOcean.

use super::file::File;
use super::lines::settings;
use super::tree::{documents, scalars};
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `.aws/credentials`, `.aws/config`, `.s3cfg` and `.boto`: sections of settings that say what they are.
pub(super) fn ini(file: &mut File<'_>) {
    const SECRETS: &[&str] = &[
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "secret_key",
        "access_token",
        "gpg_passphrase",
        "gs_secret_access_key",
        "gs_oauth2_refresh_token",
        "proxy_pass",
    ];
    for setting in settings(file.text, &['=']) {
        if SECRETS.contains(&setting.name) {
            file.secret("cloud-storage-credential", setting.value, setting.section, setting.name);
        }
    }
}

/// `gcloud auth application-default login`: a refresh token and the client's secret; or a service account with its key.
pub(super) fn google(file: &mut File<'_>) {
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        let name = ["client_email", "account", "quota_project_id"];
        let name = name.iter().find_map(|key| root.node.get(key)?.text()).unwrap_or_default();
        for field in ["refresh_token", "private_key"] {
            root.get(field).iter().for_each(|value| file.secret_at("google-default-credential", value, name));
        }
    }
}

/// `accessTokens.json` (a list), `msal_token_cache.json` (entries with `secret` by kind of token),
/// `service_principal_entries.json` (a list). An access token is over in an hour or so.
pub(super) fn azure(file: &mut File<'_>) {
    const RULE: &str = "azure-cli-token";
    for document in &documents(file.text) {
        scalars(&At::root(&document.root), &mut |at, key| {
            let route = at.route.to_string();
            let access = route.starts_with("AccessToken") || route.starts_with("IdToken");
            match key {
                "secret" if access => {}
                "secret" | "refreshToken" | "client_secret" | "servicePrincipalKey" => {
                    file.secret_at(RULE, at, "")
                }
                // The CLI keeps a principal's secret under this name, too.
                "accessToken" if !at.node.text().is_some_and(|text| text.starts_with("eyJ")) => {
                    file.secret_at(RULE, at, "");
                }
                _ => {}
            }
        });
    }
}

/// `~/.vault-token`: the token and nothing else.
pub(super) fn token_file(file: &mut File<'_>) {
    let token = file.text.trim();
    if (8..512).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic()) {
        file.add("vault-token-file", token, token, "", "", Confidence::High);
    }
}

/// gh's `hosts.yml`, hub's file, glab's `config.yml`: tokens by host, and by user in newer ones.
pub(super) fn code_host(file: &mut File<'_>) {
    for document in &documents(file.text) {
        scalars(&At::root(&document.root), &mut |at, key| {
            if matches!(key, "oauth_token" | "token") {
                file.secret_at("code-host-cli-token", at, "");
            }
        });
    }
}

/// doctl: `access-token`, and more of them under `auth-contexts`.
pub(super) fn doctl(file: &mut File<'_>) {
    const RULE: &str = "doctl-access-token";
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        root.get("access-token").iter().for_each(|value| file.secret_at(RULE, value, "default"));
        for (context, value) in root.get("auth-contexts").iter().flat_map(At::entries) {
            file.secret_at(RULE, &value, context);
        }
    }
}
