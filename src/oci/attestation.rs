//! What BuildKit attests of a build: in-toto statements with SLSA provenance (v0.2 and v1) or an SBOM.

use serde_json::Value;

use super::config::Text;

/// The texts of a statement: build arguments, the environment and arguments of each step, and the Dockerfile.
/// What they don't cover is in the whole statement, which comes last.
pub fn texts(statement: &Value) -> Vec<Text> {
    let predicate = &statement["predicate"];
    let arguments = [
        &predicate["invocation"]["parameters"]["args"],
        &predicate["buildDefinition"]["externalParameters"]["request"]["args"],
    ];
    let mut texts = Vec::new();
    for (key, value) in arguments.into_iter().filter_map(Value::as_object).flatten() {
        if let Some(value) = value.as_str() {
            let name = key.strip_prefix("build-arg:").unwrap_or(key);
            texts.push(Text {
                path: format!("attestation:{key}"),
                text: format!("{name}={value}"),
                argument: key.strip_prefix("build-arg:").map(str::to_owned),
            });
        }
    }
    steps(predicate, &mut texts);
    texts.push(Text::new("attestation:statement", statement.to_string()));
    texts
}

/// The environment and arguments of each `exec`, wherever in the predicate the steps stand.
fn steps(value: &Value, texts: &mut Vec<Text>) {
    match value {
        Value::Object(fields) => {
            let meta = &value["exec"]["meta"];
            for pair in meta["env"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let name = pair.split('=').next().unwrap_or_default();
                texts.push(Text::new(format!("attestation:exec.env[{name}]"), pair));
            }
            let words: Vec<&str> =
                meta["args"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if !words.is_empty() {
                texts.push(Text::new("attestation:exec.args", words.join(" ")));
            }
            fields.values().for_each(|field| steps(field, texts));
        }
        Value::Array(items) => items.iter().for_each(|item| steps(item, texts)),
        _ => {}
    }
}
