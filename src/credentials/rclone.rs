//! rclone's remotes.

use super::file::File;
use super::lines::settings;

/// Options whose value rclone obscures with a key that everybody has: they are reported as they stand.
const OBSCURED: &[&str] = &["pass", "password", "password2", "key_file_pass", "ask_password", "bearer_token"];

/// `[remote]` with options. `token` is JSON, of which the token that does not expire counts.
pub(super) fn read(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']) {
        let (remote, name, value) = (setting.section, setting.name, setting.value);
        if name == "token" && value.starts_with('{') {
            let token = json_text(value, "refresh_token").or_else(|| json_text(value, "access_token"));
            file.secret("rclone-password", token.unwrap_or_default(), remote, name);
        } else if OBSCURED.contains(&name) {
            file.secret("rclone-password", value, remote, name);
        } else {
            file.named("rclone-password", value, remote, name);
        }
    }
}

/// The text of a key, in JSON that stands on one line.
fn json_text<'t>(json: &'t str, key: &str) -> Option<&'t str> {
    let after = json.split_once(&format!("\"{key}\""))?.1;
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split_once('"').map(|(value, _)| value).filter(|value| !value.is_empty())
}
