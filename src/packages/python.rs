//! Installed Python packages: `RECORD` ("Recording installed projects" and PEP 376, PEP 610).

use super::public;

/// Name and version, from the name of a `.dist-info` directory, and whether anyone can download it.
pub(super) fn package(stem: &str) -> (String, &str, bool) {
    let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
    let name = normalised(name);
    let public = public::is_python(&name) && !is_rebuilt(version);
    (name, version, public)
}

/// A name as indexes compare it (PEP 503).
pub(super) fn normalised(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// Whether a version has a local part (PEP 440): public indexes refuse those, so someone built it for himself. That
/// of a build for a kind of accelerator (`2.5.1+cu124`) is the publisher's own.
fn is_rebuilt(version: &str) -> bool {
    let Some((_, local)) = version.split_once('+') else { return false };
    let accelerator = ["cpu", "cu", "rocm", "xpu"].into_iter().find_map(|kind| local.strip_prefix(kind));
    !accelerator.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// The files of a `RECORD`, with the SHA-256 of each in base64. Those without one (the `RECORD` itself, compiled
/// files) are passed over.
pub(super) fn files(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let mut fields = line.rsplitn(3, ',');
        let (_size, digest, path) = (fields.next()?, fields.next()?, fields.next()?);
        // A path with a comma is quoted. One with a quote in it is never met.
        let path = path.strip_prefix('"').and_then(|p| p.strip_suffix('"')).unwrap_or(path);
        Some((path, digest.strip_prefix("sha256=")?))
    })
}

/// Where a recorded path leads to: it is relative to `prefix`, the directory that the `.dist-info` stands in.
pub(super) fn resolve(prefix: &str, path: &str, resolved: &mut String) {
    resolved.clear();
    let (mut base, mut path) = (prefix, path);
    while let Some(rest) = path.strip_prefix("../") {
        let parent = base.strip_suffix('/').unwrap_or(base);
        base = &base[..parent.rfind(['/', '!']).map_or(0, |at| at + 1)];
        path = rest;
    }
    resolved.push_str(base);
    resolved.push_str(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_public_by_its_whole_name_and_an_unchanged_version() {
        assert_eq!(package("requests-2.32.0"), ("requests".to_owned(), "2.32.0", true));
        assert_eq!(package("Charset_Normalizer-3.4"), ("charset-normalizer".to_owned(), "3.4", true));
        assert!(!package("acme_requests-1.0").2);
        assert!(!package("requests-2.32.0+acme1").2);
        assert!(package("torch-2.5.1+cu124").2);
        assert!(!package("torch-2.5.1+cpuacme").2);
    }

    #[test]
    fn records_are_read_from_the_right() {
        let text = "a/b.py,sha256=AbC-_9,12\n\"a/c,d.py\",sha256=Q,1\na/x.pyc,,\na/y,md5=Z,3\nRECORD,,\n";
        assert_eq!(files(text).collect::<Vec<_>>(), [("a/b.py", "AbC-_9"), ("a/c,d.py", "Q")]);
    }

    #[test]
    fn paths_lead_out_of_the_directory_of_packages() {
        let mut resolved = String::new();
        for (prefix, path, expected) in [
            ("usr/lib/python3/site-packages/", "pip/a.py", "usr/lib/python3/site-packages/pip/a.py"),
            ("usr/lib/python3/site-packages/", "../../../bin/pip", "usr/bin/pip"),
            ("x.tar!lib/", "../bin/pip", "x.tar!bin/pip"),
            ("", "../../a", "a"),
        ] {
            resolve(prefix, path, &mut resolved);
            assert_eq!(resolved, expected);
        }
    }
}
