//! The JSON that `secretstores.local.file` reads, with the values.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::ValueFile;
use crate::advise::plan::{PlannedSecret, Reference};
use crate::advise::store::{Names, local_file};
use crate::secret::Secret;

/// The file. Fails at a value that is no text, which JSON can't hold.
pub fn dapr_local_file(secrets: &[PlannedSecret], names: &Names) -> Result<ValueFile, String> {
    let mut file = Map::new();
    for secret in secrets {
        for key in &secret.keys {
            let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
            let there = names.get(secret.namespace.as_deref(), &planned).unwrap_or(&planned);
            let value = std::str::from_utf8(key.value.reveal()).map_err(|_| {
                format!(
                    "the key {} of {} is no text: `secretstores.local.file` can't hold it",
                    key.key, secret.name
                )
            })?;
            let entry = file.entry(there.name.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(keys) = entry {
                keys.insert(there.key.clone(), Value::from(value));
            }
        }
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(file)).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(ValueFile { path: PathBuf::from(local_file::FILE), text: Secret::new(text.as_bytes(), 0) })
}
