//! Puts the rule files into the binary: their texts by name, so that a new file needs no line of code, and what they
//! say, without examples and comments, in a form that loads in a millisecond.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The contextual table, below `rules/`.
const PROVIDERS: &str = "context/providers.yml";

/// The settings of Dapr's components, below `rules/`: a file a building block, and what many types share.
const DAPR: &str = "dapr";
const DAPR_PROFILES: &str = "profiles.yml";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&root).join("rules");
    let mut code = String::from("static FILES: &[(&str, &str)] = &[\n");
    let mut digest = Sha256::new();
    let mut rules = Vec::new();
    for path in files(&folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = fs::read_to_string(&path)?;
        writeln!(code, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
        digest.update(&name);
        digest.update(&text);
        match compact(&text) {
            Ok(found) => rules.extend(found),
            // Cargo shows it, and fails when the script has ended: after the errors of the other files.
            Err(message) => println!("cargo::error=rules/{name}{message}"),
        }
    }
    digest.update(fs::read(folder.join(PROVIDERS))?);
    let dapr = dapr(&folder.join(DAPR), &mut digest)?;
    let hex: String = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
    writeln!(code, "];\nconst DIGEST: &str = \"sha256:{hex}\";").map_err(io::Error::other)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("rules.json"), Value::Array(rules).to_string())?;
    fs::write(out.join("providers.json"), read(&folder.join(PROVIDERS))?.to_string())?;
    fs::write(out.join("dapr.json"), dapr.to_string())?;
    fs::write(out.join("rule_files.rs"), code)
}

/// The table of Dapr's components: what types share, and all types in the order of the files.
fn dapr(folder: &Path, digest: &mut Sha256) -> io::Result<Value> {
    let (mut profiles, mut components) = (Value::Null, Vec::new());
    for path in files(folder)? {
        digest.update(fs::read(&path)?);
        match read(&path)? {
            Value::Array(types) => components.extend(types),
            map if path.ends_with(DAPR_PROFILES) => profiles = map,
            _ => return Err(io::Error::other(format!("{}: not a list of types", path.display()))),
        }
    }
    Ok(json!({"profiles": profiles, "components": components}))
}

/// A YAML file as JSON.
fn read(path: &Path) -> io::Result<Value> {
    let text = fs::read_to_string(path)?;
    serde_yaml::from_str(&text).map_err(|error| {
        let line = error.location().map_or(1, |at| at.line());
        io::Error::other(format!("{}:{line}: {error}", path.display()))
    })
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yml"));
    files.sort();
    Ok(files)
}

/// The rules of a file, each with the file's references where it has none, and with no examples. What a rule must
/// have is not asked here: the tests and `unbake rules check` name all that is wrong, with its line.
fn compact(text: &str) -> Result<Vec<Value>, String> {
    let file: Value = serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |at| at.line());
        format!(":{line}: {error}")
    })?;
    let shared = file.get("references").cloned().unwrap_or_else(|| json!([]));
    let rules = file.get("rules").and_then(Value::as_array).ok_or(":1: rules: there is no list of rules")?;
    let compacted = |(number, rule): (usize, &Value)| {
        let mut fields = rule.as_object().cloned().ok_or(format!(":1: rules[{number}]: not a mapping"))?;
        for examples in ["examples", "negative_examples"] {
            fields.insert(examples.to_owned(), json!([]));
        }
        let own = fields.get("references").and_then(Value::as_array).is_some_and(|own| !own.is_empty());
        if !own {
            fields.insert("references".to_owned(), shared.clone());
        }
        Ok(Value::Object(fields))
    };
    rules.iter().enumerate().map(compacted).collect()
}
