//! Java, by `io.dapr:dapr-sdk`.

use super::text::string;
use super::{Language, Values};
use crate::advise::plan::Snippet;

pub(super) fn load(store: &str, values: &Values) -> Snippet {
    let mut fields = String::new();
    let mut load = String::new();
    for (entry, value) in values.each() {
        fields.push_str(&format!("    public final String {};\n", value.identifier));
        load.push_str(&format!(
            "        {} = read(client, {}, {});\n",
            value.identifier,
            string(&entry.name),
            string(&value.key)
        ));
    }
    let text = format!(
        r#"import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import java.util.Map;

/** The program's secrets, read once, when it starts. */
public final class Config {{
    private static final String SECRET_STORE = {};

{fields}
    private Config(DaprClient client) {{
{load}    }}

    public static Config load() throws Exception {{
        try (DaprClient client = new DaprClientBuilder().build()) {{
            client.waitForSidecar(60_000).block();
            return new Config(client);
        }}
    }}

    private static String read(DaprClient client, String name, String key) {{
        // The second argument is the name of the secret; the answer has its keys.
        Map<String, String> secret = client.getSecret(SECRET_STORE, name).block();
        String value = secret == null ? null : secret.get(key);
        if (value == null) {{
            throw new IllegalStateException("secret " + name + " of store " + SECRET_STORE + " has no key " + key);
        }}
        return value;
    }}
}}
"#,
        string(store)
    );
    Snippet {
        language: Language::Java.as_str().to_owned(),
        what: "Load the secrets when the program starts".to_owned(),
        text,
    }
}
