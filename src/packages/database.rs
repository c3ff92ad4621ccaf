//! Package databases and manifests, recognised by their paths alone: this is asked of every file.

/// What kind of database a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `var/lib/dpkg/status`: a paragraph a package.
    DpkgStatus,
    /// `var/lib/dpkg/status.d/NAME`, as distroless images have it: one paragraph.
    DpkgParagraph,
    /// `NAME.md5sums` in `var/lib/dpkg/info` or `status.d`: a line a file.
    DpkgSums,
    /// `lib/apk/db/installed`: packages with their files.
    ApkInstalled,
    /// `NAME-VERSION.dist-info/RECORD` of a Python package: a line a file.
    PythonRecord,
    /// `direct_url.json` beside it: the package was installed from a place that is no index (PEP 610).
    PythonDirectUrl,
    /// `node_modules/NAME/package.json`.
    NpmManifest,
    /// `pkg/mod/MODULE@VERSION/go.mod`.
    GoManifest,
}

/// A file that says something of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Database<'p> {
    pub(super) kind: Kind,
    /// What stands before the paths that it records: empty, or ending in `/` or `!`.
    pub(super) prefix: &'p str,
    /// The package, where the path names it.
    pub(super) name: &'p str,
}

/// The database that the file at `path` is.
pub fn recognise(path: &str) -> Option<Database<'_>> {
    let (directory, file) = path.rsplit_once('/')?;
    let found = |kind, prefix, name| Some(Database { kind, prefix, name });
    match file {
        "status" => found(Kind::DpkgStatus, root(directory, "var/lib/dpkg")?, ""),
        "installed" => {
            let prefix = root(directory, "usr/lib/apk/db").or_else(|| root(directory, "lib/apk/db"))?;
            found(Kind::ApkInstalled, prefix, "")
        }
        "RECORD" => {
            let (prefix, name) = dist_info(directory)?;
            found(Kind::PythonRecord, prefix, name)
        }
        "direct_url.json" => {
            let (prefix, name) = dist_info(directory)?;
            found(Kind::PythonDirectUrl, prefix, name)
        }
        "package.json" => {
            found(Kind::NpmManifest, npm_root(path).filter(|r| r.len() == directory.len() + 1)?, "")
        }
        "go.mod" => found(Kind::GoManifest, go_root(path).filter(|r| r.len() == directory.len() + 1)?, ""),
        _ => match file.strip_suffix(".md5sums") {
            Some(name) => {
                let prefix = root(directory, "var/lib/dpkg/info")
                    .or_else(|| root(directory, "var/lib/dpkg/status.d"))?;
                found(Kind::DpkgSums, prefix, name)
            }
            None => found(Kind::DpkgParagraph, root(directory, "var/lib/dpkg/status.d")?, file),
        },
    }
}

/// The root of the package that a file belongs to by its path, with the slash: the nearest `node_modules/NAME/` or
/// `pkg/mod/MODULE@VERSION/` round it.
pub(super) fn enclosing(path: &str) -> Option<&str> {
    npm_root(path).or_else(|| go_root(path))
}

/// What stands before `place` in a directory's path.
fn root<'p>(directory: &'p str, place: &str) -> Option<&'p str> {
    directory.strip_suffix(place).filter(|prefix| is_start(prefix))
}

fn is_start(prefix: &str) -> bool {
    prefix.is_empty() || prefix.ends_with(['/', '!'])
}

/// The directory that a `.dist-info` stands in, and the `NAME-VERSION` of it.
fn dist_info(directory: &str) -> Option<(&str, &str)> {
    let stem = directory.strip_suffix(".dist-info")?;
    let start = stem.rfind(['/', '!']).map_or(0, |at| at + 1);
    Some(stem.split_at(start))
}

fn npm_root(path: &str) -> Option<&str> {
    let at = path.rfind("node_modules/").filter(|at| is_start(&path[..*at]))? + "node_modules/".len();
    let scoped = usize::from(path[at..].starts_with('@'));
    let (slash, _) = path[at..].match_indices('/').nth(scoped)?;
    Some(&path[..=at + slash])
}

/// A module's directory is its path and its version, `golang.org/x/net@v0.30.0`. The cache's own `@v` is none.
fn go_root(path: &str) -> Option<&str> {
    let at = path.rfind("pkg/mod/").filter(|at| is_start(&path[..*at]))? + "pkg/mod/".len();
    let version = path[at..].find("@v")? + at;
    if version == at || path[..version].ends_with('/') {
        return None;
    }
    let slash = path[version..].find('/')?;
    Some(&path[..=version + slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_known_by_their_paths_under_any_prefix() {
        for (path, kind, prefix, name) in [
            ("var/lib/dpkg/status", Kind::DpkgStatus, "", ""),
            ("/srv/rootfs/var/lib/dpkg/status", Kind::DpkgStatus, "/srv/rootfs/", ""),
            ("base.tar!var/lib/dpkg/info/libc6:amd64.md5sums", Kind::DpkgSums, "base.tar!", "libc6:amd64"),
            ("var/lib/dpkg/status.d/base", Kind::DpkgParagraph, "", "base"),
            ("var/lib/dpkg/status.d/base.md5sums", Kind::DpkgSums, "", "base"),
            ("lib/apk/db/installed", Kind::ApkInstalled, "", ""),
            ("usr/lib/apk/db/installed", Kind::ApkInstalled, "", ""),
            ("rootfs/usr/lib/apk/db/installed", Kind::ApkInstalled, "rootfs/", ""),
            ("app/requests-2.32.0.dist-info/RECORD", Kind::PythonRecord, "app/", "requests-2.32.0"),
            ("a.whl!six-1.0.dist-info/RECORD", Kind::PythonRecord, "a.whl!", "six-1.0"),
            ("six-1.0.dist-info/direct_url.json", Kind::PythonDirectUrl, "", "six-1.0"),
            ("app/node_modules/ms/package.json", Kind::NpmManifest, "app/node_modules/ms/", ""),
            ("node_modules/@a/b/package.json", Kind::NpmManifest, "node_modules/@a/b/", ""),
            ("go/pkg/mod/k8s.io/api@v0.31.0/go.mod", Kind::GoManifest, "go/pkg/mod/k8s.io/api@v0.31.0/", ""),
        ] {
            assert_eq!(recognise(path), Some(Database { kind, prefix, name }), "{path}");
        }
        for path in [
            "status",
            "xvar/lib/dpkg/status",
            "var/lib/dpkg/info/a.list",
            "xlib/apk/db/installed",
            "app/RECORD",
            "app/package.json",
            "node_modules/a/lib/package.json",
            "pkg/mod/cache/download/k8s.io/api/@v/go.mod",
            "src/go.mod",
        ] {
            assert_eq!(recognise(path), None, "{path}");
        }
    }

    #[test]
    fn the_nearest_package_encloses_a_file() {
        assert_eq!(
            enclosing("a/node_modules/x/node_modules/y/i.js"),
            Some("a/node_modules/x/node_modules/y/")
        );
        assert_eq!(enclosing("node_modules/@s/x/lib/i.js"), Some("node_modules/@s/x/"));
        assert_eq!(enclosing("node_modules/.package-lock.json"), None);
        assert_eq!(enclosing("my_node_modules/x/i.js"), None);
        assert_eq!(enclosing("go/pkg/mod/a.b/c@v1.0.0/d.go"), Some("go/pkg/mod/a.b/c@v1.0.0/"));
    }
}
