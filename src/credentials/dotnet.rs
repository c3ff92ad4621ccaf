//! .NET's world: `web.config` and its kin, `appsettings.json`, NuGet.

use super::file::File;
use super::java::is_one;
use super::markup::{Element, unescaped, walk};
use super::tree::{json_documents, scalars};
use super::value::is_set;
use crate::detect::judge::names_credential;
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `connectionStrings/add`, `appSettings/add`, `machineKey`, `network` of mail settings, `identity` of impersonation.
pub(super) fn config(file: &mut File<'_>) {
    const RULE: &str = "dotnet-setting-credential";
    walk(file.text, |open, text| {
        let Some(element) = open.last().filter(|_| text.is_empty()) else { return };
        let is_add = is_one(element, &["add"]);
        let name = element.attribute("name").or(element.attribute("key")).unwrap_or_default();
        for (attribute, value) in element.attributes() {
            match attribute.to_ascii_lowercase().as_str() {
                "connectionstring" => file.passwords_in(RULE, value, name, attribute),
                "value" if is_add => file.named(RULE, value, "appSettings", name),
                "validationkey" | "decryptionkey" if is_machine_key(value) => {
                    file.add("dotnet-machine-key", value, value, element.name, attribute, Confidence::High);
                }
                "password" if is_set(value) => {
                    file.add(RULE, value, &unescaped(value), element.name, attribute, Confidence::High);
                }
                _ => {}
            }
        }
    });
}

/// Hexadecimal digits; `AutoGenerate` is none.
fn is_machine_key(value: &str) -> bool {
    value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Connection strings and what is named like a credential.
pub(super) fn app_settings(file: &mut File<'_>) {
    for document in &json_documents(file.text) {
        scalars(&At::root(&document.root), &mut |at, key| {
            file.named_at("dotnet-setting-credential", at, "", key);
        });
    }
}

/// `packageSourceCredentials/SOURCE/add[@key=ClearTextPassword]`. `Password` and `apikeys` are encrypted for the user
/// and the machine they were made on (NuGet, "nuget.config reference").
pub(super) fn nuget(file: &mut File<'_>) {
    const RULE: &str = "nuget-source-password";
    walk(file.text, |open, text| {
        let ([.., section, source, add], "") = (open, text) else {
            api_key(file, open, text);
            return;
        };
        let key = add.attribute("key").unwrap_or_default();
        let Some(value) = add.attribute("value").filter(|value| is_set(value)) else { return };
        if is_one(section, &["packageSourceCredentials"]) && names_credential(key) {
            let clear = key.eq_ignore_ascii_case("ClearTextPassword");
            let confidence = if clear { Confidence::High } else { Confidence::Low };
            file.add(RULE, value, &unescaped(value), source.name, key, confidence);
        } else {
            api_key(file, open, text);
        }
    });
}

fn api_key<'t>(file: &mut File<'t>, open: &[Element<'t>], text: &str) {
    if let ([.., section, add], "") = (open, text)
        && is_one(section, &["apikeys"])
        && let (Some(key), Some(value)) = (add.attribute("key"), add.attribute("value"))
        && is_set(value)
    {
        file.add("nuget-source-password", value, value, key, "apikeys", Confidence::Low);
    }
}
