//! Without a sidecar: variables of the container that come out of Secrets, and the program that reads them.

use super::text::string;
use super::{Language, Values};
use crate::advise::plan::Snippet;
use crate::advise::store::environment;

/// The container's `env`.
pub(super) fn manifest(values: &Values) -> Snippet {
    let variables = values
        .each()
        .map(|(entry, value)| (value.variable.as_str(), entry.name.as_str(), value.key.as_str()));
    Snippet {
        language: "yaml".to_owned(),
        what: "Set the variables from the Secret, in the container".to_owned(),
        text: environment(variables),
    }
}

/// What reads them when the program starts. A variable that is missing ends it with its name.
pub(super) fn program(language: Language, values: &Values) -> Snippet {
    let each = |line: &dyn Fn(&str, &str) -> String| -> String {
        values.each().map(|(_, value)| line(&value.identifier, &string(&value.variable))).collect()
    };
    let text = match language {
        Language::Python => {
            format!("import os\n\n{}", each(&|name, variable| format!("{name} = os.environ[{variable}]\n")))
        }
        Language::TypeScript => format!(
            "function required(name: string): string {{\n  const value = process.env[name];\n  if (!value) {{\n    throw new Error(`${{name}} is not set`);\n  }}\n  return value;\n}}\n\n{}",
            each(&|name, variable| format!("export const {name} = required({variable});\n"))
        ),
        Language::Go => format!(
            "package config\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc required(name string) (string, error) {{\n\tvalue, ok := os.LookupEnv(name)\n\tif !ok {{\n\t\treturn \"\", fmt.Errorf(\"%s is not set\", name)\n\t}}\n\treturn value, nil\n}}\n\n// Config has the program's secrets. Don't print it.\ntype Config struct {{\n{}}}\n\n// Load reads them once, when the program starts.\nfunc Load() (*Config, error) {{\n\tvar config Config\n\tvar err error\n{}\treturn &config, nil\n}}\n",
            go_fields(values),
            each(&|name, variable| format!(
                "\tif config.{name}, err = required({variable}); err != nil {{\n\t\treturn nil, err\n\t}}\n"
            ))
        ),
        Language::Java => format!(
            "import java.util.Objects;\n\n/** The program's secrets, read once, when it starts. */\npublic final class Config {{\n{}\n    private static String required(String name) {{\n        return Objects.requireNonNull(System.getenv(name), name + \" is not set\");\n    }}\n}}\n",
            each(&|name, variable| format!("    public final String {name} = required({variable});\n"))
        ),
        Language::CSharp => format!(
            "using System;\n\n/// <summary>The program's secrets, read once, when it starts.</summary>\npublic sealed class Config\n{{\n{}\n    private static string Required(string name) =>\n        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($\"{{name}} is not set\");\n}}\n",
            each(&|name, variable| format!("    public string {name} {{ get; }} = Required({variable});\n"))
        ),
    };
    Snippet {
        language: language.as_str().to_owned(),
        what: "Read the variables when the program starts".to_owned(),
        text,
    }
}

fn go_fields(values: &Values) -> String {
    let longest = values.each().map(|(_, value)| value.identifier.len()).max().unwrap_or(0);
    values.each().map(|(_, value)| format!("\t{:longest$} string\n", value.identifier)).collect()
}
