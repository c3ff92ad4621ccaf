//! The language that a project is written in.

/// A language that Dapr has an SDK for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// PyPI `dapr`.
    Python,
    /// npm `@dapr/dapr`; JavaScript as well.
    TypeScript,
    /// `github.com/dapr/go-sdk`.
    Go,
    /// `io.dapr:dapr-sdk`.
    Java,
    /// NuGet `Dapr.Client`.
    CSharp,
}

impl Language {
    /// As it is named in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::Go => "go",
            Self::Java => "java",
            Self::CSharp => "csharp",
        }
    }
}

/// The language of a file, by the name of a project's file or by the ending of a source file. The path may be one of
/// an image.
pub fn language_of(path: &str) -> Option<Language> {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or(path);
    match name {
        "pyproject.toml" | "requirements.txt" | "Pipfile" | "setup.py" | "setup.cfg" | "uv.lock"
        | "poetry.lock" => {
            return Some(Language::Python);
        }
        "package.json" | "tsconfig.json" | "yarn.lock" | "package-lock.json" | "pnpm-lock.yaml" => {
            return Some(Language::TypeScript);
        }
        "go.mod" | "go.sum" => return Some(Language::Go),
        "pom.xml" | "build.gradle" | "build.gradle.kts" => return Some(Language::Java),
        _ => {}
    }
    let (stem, ending) = name.rsplit_once('.')?;
    match ending {
        _ if stem.is_empty() => None,
        "py" => Some(Language::Python),
        "ts" | "tsx" | "mts" | "js" | "mjs" | "cjs" | "jsx" => Some(Language::TypeScript),
        "go" => Some(Language::Go),
        "java" | "jar" | "war" => Some(Language::Java),
        "cs" | "csproj" | "sln" | "slnx" => Some(Language::CSharp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_project_tells_its_language() {
        for (path, language) in [
            ("app/pyproject.toml", Some(Language::Python)),
            ("src/main.py", Some(Language::Python)),
            ("package.json", Some(Language::TypeScript)),
            ("go.mod", Some(Language::Go)),
            ("app/app.jar!BOOT-INF/classes/A.java", Some(Language::Java)),
            ("pom.xml", Some(Language::Java)),
            ("Shop/Shop.csproj", Some(Language::CSharp)),
            ("deploy.yaml", None),
            ("Dockerfile", None),
            (".py", None),
        ] {
            assert_eq!(language_of(path), language, "{path}");
        }
    }
}
