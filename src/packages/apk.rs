//! apk's installed database (apk-tools, `apk-v2(5)`: "Installed database V2").

use super::public;

/// A package with the files that it installed.
#[derive(Debug, Default)]
pub(super) struct Installed<'t> {
    pub(super) name: &'t str,
    pub(super) version: &'t str,
    /// Whether it is Alpine's own.
    pub(super) public: bool,
    /// Directory, name, and SHA-1 in base64.
    pub(super) files: Vec<(&'t str, &'t str, &'t str)>,
}

/// The packages of the database: paragraphs of one-letter fields, in which `F:` is a directory, `R:` a file in it and
/// `Z:` that file's digest.
pub(super) fn packages(text: &str) -> impl Iterator<Item = Installed<'_>> {
    text.split("\n\n").map(package).filter(|package| !package.name.is_empty())
}

fn package(text: &str) -> Installed<'_> {
    let mut found = Installed::default();
    let (mut maintainer, mut url, mut directory, mut file) = ("", "", "", None);
    for line in text.lines() {
        let Some((field, value)) = line.split_once(':') else { continue };
        match field {
            "P" => found.name = value,
            "V" => found.version = value,
            "m" => maintainer = value,
            "U" => url = value,
            "F" => (directory, file) = (value, None),
            "R" => file = Some(value),
            // `Q1` says SHA-1.
            "Z" => {
                if let (Some(name), Some(sha1)) = (file.take(), value.strip_prefix("Q1")) {
                    found.files.push((directory, name, sha1));
                }
            }
            _ => {}
        }
    }
    found.public = public::is_distribution_apk(maintainer) || is_alpine(url);
    found
}

/// What Alpine makes for itself may have no maintainer; its page is Alpine's.
fn is_alpine(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    host == "alpinelinux.org" || host.ends_with(".alpinelinux.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_their_files() {
        let text = "C:Q1p78yvTLG094tHE1+dToJGbmYzQE=\nP:musl\nV:1.2.4-r2\nA:x86_64\nm:Timo <a@alpinelinux.org>\n\
                    F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1oJXvq3fZDYkKgxvUvAnmwCKPVHM=\nR:no-digest\nF:etc\nR:x\n\
                    Z:Q2sha256\n\nP:acme\nV:1\nm:Ops <ops@acme.example>\nU:https://alpinelinux.org.acme.example/\n\
                    F:\nR:.top\nZ:Q1AAAA\n\nP:keys\nU:https://git.alpinelinux.org/aports\n\n";
        let found: Vec<_> = packages(text).collect();
        assert_eq!(
            found.iter().map(|p| (p.name, p.version, p.public)).collect::<Vec<_>>(),
            [("musl", "1.2.4-r2", true), ("acme", "1", false), ("keys", "", true)]
        );
        assert_eq!(found[0].files, [("lib", "ld-musl-x86_64.so.1", "oJXvq3fZDYkKgxvUvAnmwCKPVHM=")]);
        assert_eq!(found[1].files, [("", ".top", "AAAA")]);
    }
}
