//! Networks: WireGuard, OpenVPN, NetworkManager, wpa_supplicant.

use super::file::File;
use super::lines::{lines, settings, unquoted};
use super::value::{decoded, hexadecimal, is_set};
use crate::detect::judge::names_credential;
use crate::finding::Confidence;

/// Begins the key that both ends of an OpenVPN share (`--genkey`).
const STATIC_KEY: &str = "-----BEGIN OpenVPN Static key V1-----";
const STATIC_KEY_END: &str = "-----END OpenVPN Static key V1-----";

/// A configuration of WireGuard or OpenVPN; a `.conf` of anything else has neither's marks.
pub(super) fn vpn(file: &mut File<'_>) {
    if file.text.contains("[Interface]") {
        wireguard(file);
    } else {
        static_keys(file);
        login(file);
    }
}

/// `PrivateKey` and `PresharedKey`: 32 bytes in base64 (wg(8)).
fn wireguard(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']) {
        let is_name =
            ["PrivateKey", "PresharedKey"].iter().any(|name| name.eq_ignore_ascii_case(setting.name));
        let key = setting.value;
        if is_name && key.len() == 44 && decoded(key).is_some_and(|key| key.len() == 32) {
            file.add("wireguard-key", key, key, setting.section, setting.name, Confidence::High);
        }
    }
}

/// A file that ends in `.key`: a static key, or one of Rails' `config/credentials/ENVIRONMENT.key`. Keys in PEM have
/// their own rule.
pub(super) fn key_file(file: &mut File<'_>) {
    let key = file.text.trim();
    if file.parent == "credentials" && hexadecimal(key) && matches!(key.len(), 32 | 64) {
        file.add("rails-master-key", key, key, "", "", Confidence::High);
    } else {
        static_keys(file);
    }
}

/// Sixteen lines of hexadecimal digits between two marks, in a file or in `<tls-auth>` and `<secret>`.
fn static_keys(file: &mut File<'_>) {
    let mut rest = file.text;
    while let Some((_, after)) = rest.split_once(STATIC_KEY) {
        let Some((body, left)) = after.split_once(STATIC_KEY_END) else { return };
        let (body, key) = (body.trim(), body.split_whitespace().collect::<String>());
        if hexadecimal(&key) && key.len() >= 256 {
            file.add("openvpn-static-key", body, &key, "", "", Confidence::High);
        }
        rest = left;
    }
}

/// `<auth-user-pass>` with the user on its first line and the password on its second.
fn login(file: &mut File<'_>) {
    let Some((_, after)) = file.text.split_once("<auth-user-pass>") else { return };
    let Some((block, _)) = after.split_once("</auth-user-pass>") else { return };
    if let [user, password, ..] = block.trim().lines().collect::<Vec<_>>()[..] {
        file.secret("openvpn-password", password.trim(), "", user.trim());
    }
}

/// A connection of NetworkManager. `psk-flags=1` says that another program keeps the secret; then there is none here.
pub(super) fn network_manager(file: &mut File<'_>) {
    let id = settings(file.text, &['=']).find(|s| s.section == "connection" && s.name == "id");
    let id = id.map_or("", |setting| setting.value);
    for setting in settings(file.text, &['=']) {
        let of_vpn = setting.section == "vpn-secrets";
        let is_key =
            matches!(setting.name, "psk" | "pin" | "preshared-key") || setting.name.starts_with("wep-key");
        let named = names_credential(setting.name) && !setting.name.ends_with("-flags");
        if (of_vpn || is_key || named) && !setting.name.starts_with("wep-key-") {
            file.secret("network-password", setting.value, id, setting.name);
        }
    }
}

/// `network={ … }`. `wpa_passphrase` leaves the passphrase in a comment beside the key that it makes of it.
pub(super) fn wpa_supplicant(file: &mut File<'_>) {
    let mut network = "";
    for line in lines(file.text).map(str::trim) {
        let line = line.strip_prefix("#psk=").map_or(line, |_| &line[1..]);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let value = unquoted(value);
        match name.trim_end() {
            "ssid" => network = value,
            name @ ("psk" | "password" | "private_key_passwd" | "sae_password" | "wep_key0")
                if is_set(value) =>
            {
                file.secret("network-password", value, network, name);
            }
            _ => {}
        }
    }
}
