//! Go, by `github.com/dapr/go-sdk/client`.

use super::text::string;
use super::{Language, Values};
use crate::advise::plan::Snippet;

pub(super) fn load(store: &str, values: &Values) -> Snippet {
    let longest = values.each().map(|(_, value)| value.identifier.len()).max().unwrap_or(0);
    let mut fields = String::new();
    let mut load = String::new();
    for (_, value) in values.each() {
        fields.push_str(&format!("\t{:longest$} string\n", value.identifier));
    }
    for entry in &values.0 {
        for value in &entry.values {
            load.push_str(&format!(
                "\tif config.{}, err = read(ctx, client, {}, {}); err != nil {{\n\t\treturn nil, err\n\t}}\n",
                value.identifier,
                string(&entry.name),
                string(&value.key)
            ));
        }
    }
    let text = format!(
        r#"package config

import (
	"context"
	"fmt"
	"time"

	dapr "github.com/dapr/go-sdk/client"
)

const secretStore = {}

// Config has the program's secrets. Don't print it.
type Config struct {{
{fields}}}

// Load reads them once, when the program starts.
func Load(ctx context.Context) (*Config, error) {{
	client, err := dapr.NewClient()
	if err != nil {{
		return nil, fmt.Errorf("no Dapr sidecar: %w", err)
	}}
	defer client.Close()
	if err := client.Wait(ctx, time.Minute); err != nil {{
		return nil, fmt.Errorf("the Dapr sidecar is not ready: %w", err)
	}}
	var config Config
{load}	return &config, nil
}}

func read(ctx context.Context, client dapr.Client, name, key string) (string, error) {{
	// The SDK's `key` is the name of the secret; the answer has its keys.
	secret, err := client.GetSecret(ctx, secretStore, name, nil)
	if err != nil {{
		return "", fmt.Errorf("secret %s of store %s: %w", name, secretStore, err)
	}}
	value, ok := secret[key]
	if !ok {{
		return "", fmt.Errorf("secret %s of store %s has no key %s", name, secretStore, key)
	}}
	return value, nil
}}
"#,
        string(store)
    );
    Snippet {
        language: Language::Go.as_str().to_owned(),
        what: "Load the secrets when the program starts".to_owned(),
        text,
    }
}
