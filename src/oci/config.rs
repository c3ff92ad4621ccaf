//! The texts of an image's configuration (image-spec, config.md; Docker's own fields: Healthcheck, OnBuild, Shell).

use serde_json::Value;

use super::history;

/// A text that is no file, under the name that a report gives its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// `config:Env[TOKEN]`, `history[7]`.
    pub path: String,
    /// What to read there: `TOKEN=value`, an instruction.
    pub text: String,
    /// The build argument that it is the value of, if it is one.
    pub argument: Option<String>,
}

impl Text {
    /// A text at a path.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), argument: None }
    }
}

/// Everything in a configuration that a person wrote.
pub fn texts(config: &Value) -> Vec<Text> {
    let inner = &config["config"];
    let mut texts = Vec::new();
    for pair in strings(&inner["Env"]) {
        let name = pair.split('=').next().unwrap_or_default();
        texts.push(Text::new(format!("config:Env[{name}]"), pair.clone()));
    }
    for field in ["Cmd", "Entrypoint", "Shell"] {
        texts.extend(command(&inner[field]).map(|text| Text::new(format!("config:{field}"), text)));
    }
    texts.extend(command(&inner["Healthcheck"]["Test"]).map(|text| Text::new("config:Healthcheck", text)));
    for (i, text) in strings(&inner["OnBuild"]).into_iter().enumerate() {
        texts.push(Text::new(format!("config:OnBuild[{i}]"), text));
    }
    texts.extend(pairs(&inner["Labels"], "config:Labels"));
    for field in ["author", "comment"] {
        if let Some(text) = config[field].as_str() {
            texts.push(Text::new(format!("config:{field}"), text));
        }
    }
    for (i, entry) in config["history"].as_array().into_iter().flatten().enumerate() {
        texts.extend(history_texts(i, entry));
    }
    texts
}

/// `created_by` with each build argument as a text of its own, and the other words of the entry.
fn history_texts(i: usize, entry: &Value) -> Vec<Text> {
    let path = format!("history[{i}]");
    let mut texts = Vec::new();
    if let Some(created_by) = entry["created_by"].as_str() {
        let parsed = history::parse(created_by);
        texts.extend(parsed.arguments.into_iter().map(|(name, value)| Text {
            path: path.clone(),
            text: format!("{name}={value}"),
            argument: Some(name),
        }));
        texts.push(Text::new(path.clone(), parsed.rest));
    }
    let others = ["comment", "author"].into_iter().filter_map(|field| entry[field].as_str());
    texts.extend(others.map(|text| Text::new(path.clone(), text)));
    texts
}

/// The members of an object of strings: labels, annotations.
pub fn pairs(object: &Value, name: &str) -> Vec<Text> {
    object
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key, value.as_str()?)))
        .map(|(key, value)| Text::new(format!("{name}[{key}]"), format!("{key}={value}")))
        .collect()
}

/// The instructions that made each layer, in the layers' order. A history that is too short leaves the rest
/// without one.
pub fn instructions(config: &Value) -> Vec<String> {
    config["history"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["empty_layer"] != Value::Bool(true))
        .map(|entry| entry["created_by"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// `rootfs.diff_ids`.
pub fn diff_ids(config: &Value) -> Vec<String> {
    strings(&config["rootfs"]["diff_ids"])
}

/// `os/architecture[/variant]`.
pub fn platform(config: &Value) -> String {
    let field = |name: &str| config[name].as_str().filter(|v| !v.is_empty());
    let parts =
        [field("os").or(Some("unknown")), field("architecture").or(Some("unknown")), field("variant")];
    parts.into_iter().flatten().collect::<Vec<_>>().join("/")
}

/// A command in both of its forms, as one line.
fn command(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) => Some(strings(value).join(" ")).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}
