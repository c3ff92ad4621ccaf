//! TypeScript and JavaScript, by `@dapr/dapr` over HTTP: over gRPC its `secret.get` gives the first key alone.

use super::text::string;
use super::{Language, Values};
use crate::advise::plan::Snippet;

pub(super) fn load(store: &str, values: &Values) -> Snippet {
    let mut fields = String::new();
    let mut load = String::new();
    for (_, value) in values.each() {
        fields.push_str(&format!("  {}: string;\n", value.identifier));
    }
    for entry in &values.0 {
        for value in &entry.values {
            load.push_str(&format!(
                "      {}: await read(client, {}, {}),\n",
                value.identifier,
                string(&entry.name),
                string(&value.key)
            ));
        }
    }
    let text = format!(
        r#"import {{ DaprClient }} from "@dapr/dapr";

const SECRET_STORE = {};

export interface Config {{
{fields}}}

async function read(client: DaprClient, name: string, key: string): Promise<string> {{
  // The second argument is the name of the secret; the answer has its keys.
  const secret = (await client.secret.get(SECRET_STORE, name)) as Record<string, string>;
  const value = secret[key];
  if (!value) {{
    throw new Error(`secret ${{name}} of store ${{SECRET_STORE}} has no key ${{key}}`);
  }}
  return value;
}}

// Called once, before the server listens. The client waits until the sidecar is there.
export async function loadConfig(): Promise<Config> {{
  const client = new DaprClient();
  try {{
    return {{
{load}    }};
  }} finally {{
    await client.stop();
  }}
}}
"#,
        string(store)
    );
    Snippet {
        language: Language::TypeScript.as_str().to_owned(),
        what: "Load the secrets when the program starts".to_owned(),
        text,
    }
}
