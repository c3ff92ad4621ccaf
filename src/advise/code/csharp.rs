//! C#, by `Dapr.Client`.

use super::text::string;
use super::{Language, Values};
use crate::advise::plan::Snippet;

pub(super) fn load(store: &str, values: &Values) -> Snippet {
    let mut properties = String::new();
    let mut load = String::new();
    for (entry, value) in values.each() {
        properties.push_str(&format!("    public required string {} {{ get; init; }}\n", value.identifier));
        load.push_str(&format!(
            "            {} = await ReadAsync(client, {}, {}, stop.Token),\n",
            value.identifier,
            string(&entry.name),
            string(&value.key)
        ));
    }
    // A class, since a record's ToString() has the values.
    let text = format!(
        r#"using System;
using System.Threading;
using System.Threading.Tasks;
using Dapr.Client;

/// <summary>The program's secrets, read once, when it starts.</summary>
public sealed class Config
{{
    private const string SecretStore = {};

{properties}
    public static async Task<Config> LoadAsync(CancellationToken cancellation = default)
    {{
        using var client = new DaprClientBuilder().Build();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(TimeSpan.FromMinutes(1));
        await client.WaitForSidecarAsync(stop.Token);
        return new Config
        {{
{load}        }};
    }}

    private static async Task<string> ReadAsync(DaprClient client, string name, string key, CancellationToken cancellation)
    {{
        // The second argument is the name of the secret; the answer has its keys.
        var secret = await client.GetSecretAsync(SecretStore, name, cancellationToken: cancellation);
        return secret.TryGetValue(key, out var value)
            ? value
            : throw new InvalidOperationException($"secret {{name}} of store {{SecretStore}} has no key {{key}}");
    }}
}}
"#,
        string(store)
    );
    Snippet {
        language: Language::CSharp.as_str().to_owned(),
        what: "Load the secrets when the program starts".to_owned(),
        text,
    }
}
