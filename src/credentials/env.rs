//! Environment files: `.env`, `prod.env`, direnv's `.envrc`.

use super::file::File;
use super::lines::settings;
use super::value::is_encrypted;

/// `NAME=value`. dotenvx encrypts values in place (`encrypted:…`).
pub(super) fn read(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']) {
        let is_name = setting.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        if is_name && !is_encrypted(setting.value) && !setting.value.starts_with("encrypted:") {
            file.named("env-file-credential", setting.value, "", setting.name);
        }
    }
}
