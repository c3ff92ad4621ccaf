//! The manifests that packages bring themselves, where no digest of their files is recorded: npm, Go.

use serde::Deserialize;

use super::provenance::Package;
use super::public;

#[derive(Deserialize)]
struct Manifest<'t> {
    #[serde(borrow)]
    name: std::borrow::Cow<'t, str>,
    #[serde(borrow)]
    version: std::borrow::Cow<'t, str>,
    #[serde(default)]
    private: bool,
}

/// The package of a `package.json`. A manifest without a name and a version is no published package's.
pub(super) fn npm(text: &str) -> Option<Package> {
    let Manifest { name, version, private } = serde_json::from_str(text).ok()?;
    Some(Package { public: !private && public::is_npm(&name), label: format!("npm:{name} {version}") })
}

/// The module of a `go.mod` that stands in the module cache at `root`, whose name ends in the version.
pub(super) fn go(root: &str, text: &str) -> Option<Package> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    let module = line.split("//").next().unwrap_or_default().trim().trim_matches('"');
    let (_, version) = root.trim_end_matches('/').rsplit_once('@')?;
    Some(Package { public: public::is_go(module), label: format!("go:{module} {version}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_the_package() {
        let npm = |text: &str| npm(text).map(|package| (package.label, package.public));
        let text = r#"{"name": "lodash", "version": "4.17.21", "main": {"a": [1]}}"#;
        assert_eq!(npm(text), Some(("npm:lodash 4.17.21".to_owned(), true)));
        assert_eq!(
            npm(&text.replace("lodash", "acme-web")),
            Some(("npm:acme-web 4.17.21".to_owned(), false))
        );
        let private = r#"{"name": "lodash", "version": "4.17.21", "private": true}"#;
        assert_eq!(npm(private), Some(("npm:lodash 4.17.21".to_owned(), false)));
        assert_eq!(npm(r#"{"name": "lodash"}"#), None);
        assert_eq!(npm("{"), None);
        let go = |root: &str, text: &str| go(root, text).map(|package| (package.label, package.public));
        let module = "// a comment\nmodule golang.org/x/net // import\n\ngo 1.23\n";
        let root = "root/go/pkg/mod/golang.org/x/net@v0.30.0/";
        assert_eq!(go(root, module), Some(("go:golang.org/x/net v0.30.0".to_owned(), true)));
        assert_eq!(
            go(root, "module acme.example/x\n"),
            Some(("go:acme.example/x v0.30.0".to_owned(), false))
        );
        assert_eq!(go(root, ""), None);
    }
}
