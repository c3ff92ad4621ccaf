//! Which packages anyone can download: the lists of `rules/packages/`.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list: a name a line, `#` begins a comment. It is read when it is first asked.
type List = LazyLock<HashSet<&'static str>>;

static PYPI: List = LazyLock::new(|| entries(include_str!("../../rules/packages/pypi.txt")));
static NPM: List = LazyLock::new(|| entries(include_str!("../../rules/packages/npm.txt")));
static GO: List = LazyLock::new(|| entries(include_str!("../../rules/packages/go.txt")));
static DPKG: List = LazyLock::new(|| entries(include_str!("../../rules/packages/dpkg.txt")));
static APK: List = LazyLock::new(|| entries(include_str!("../../rules/packages/apk.txt")));

fn entries(text: &'static str) -> HashSet<&'static str> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|l| !l.is_empty())
        .collect()
}

/// Whether a Python package's name, as PEP 503 normalises it, is a well-known public one.
pub(super) fn is_python(normalised: &str) -> bool {
    PYPI.contains(normalised)
}

/// Whether an npm package is a well-known public one: by its name, or by a scope of which only one publisher can
/// make names (`@babel`).
pub(super) fn is_npm(name: &str) -> bool {
    let scope = name.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@'));
    NPM.contains(name) || scope.is_some_and(|scope| NPM.contains(scope))
}

/// Whether a Go module stands on the list, or below a path that does.
pub(super) fn is_go(module: &str) -> bool {
    above(module).any(|path| GO.contains(path))
}

/// A path and all paths above it.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(parent, _)| parent))
}

/// Whether a Debian package's maintainer is a distribution.
pub(super) fn is_distribution_deb(maintainer: &str) -> bool {
    is_listed(maintainer, &DPKG)
}

/// Whether an Alpine package's maintainer is a distribution.
pub(super) fn is_distribution_apk(maintainer: &str) -> bool {
    is_listed(maintainer, &APK)
}

/// Whether the address of `Name <address>`, or the domain it is of, stands on a list.
fn is_listed(maintainer: &str, list: &HashSet<&str>) -> bool {
    let Some((_, rest)) = maintainer.rsplit_once('<') else { return false };
    let address = rest.trim_end().trim_end_matches('>').to_ascii_lowercase();
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    let mut domains = std::iter::successors(Some(domain), |d| d.split_once('.').map(|(_, parent)| parent));
    list.contains(address.as_str()) || domains.any(|domain| list.contains(domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::python::normalised;

    #[test]
    fn maintainers_are_known_by_their_addresses_and_not_by_their_names() {
        for yes in [
            "Niko Tyni <ntyni@debian.org>",
            "Debian Perl Group <pkg-perl-maintainers@lists.alioth.debian.org>",
            "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
            "Somebody <Somebody@DEBIAN.ORG>",
        ] {
            assert!(is_distribution_deb(yes), "{yes}");
        }
        for no in [
            "Debian Perl Group <ops@acme.example>",
            "debian.org <root@build-7>",
            "x <a@notdebian.org>",
            "x <a@debian.org.acme.example>",
            "ntyni@debian.org",
            "",
        ] {
            assert!(!is_distribution_deb(no), "{no}");
        }
        assert!(is_distribution_apk("Natanael Copa <ncopa@alpinelinux.org>"));
        assert!(!is_distribution_apk("Ops <ops@acme.example>"));
    }

    #[test]
    fn names_are_whole_and_scopes_are_a_publisher_s() {
        assert!(is_python("requests") && !is_python("acme-requests") && !is_python("request"));
        assert!(
            is_npm("lodash") && is_npm("@babel/core") && !is_npm("@acme/lodash") && !is_npm("babel/core")
        );
        assert!(is_go("golang.org/x/net") && !is_go("golang.org.acme.example/x/net"));
    }

    /// A name that is not written as it is asked for would never be found; a double hides a mistake.
    #[test]
    fn the_lists_are_normal_and_have_no_doubles() {
        for (text, list) in [
            (include_str!("../../rules/packages/pypi.txt"), &PYPI),
            (include_str!("../../rules/packages/npm.txt"), &NPM),
            (include_str!("../../rules/packages/go.txt"), &GO),
            (include_str!("../../rules/packages/dpkg.txt"), &DPKG),
            (include_str!("../../rules/packages/apk.txt"), &APK),
        ] {
            let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
            assert_eq!(lines, list.len(), "a name stands in a list twice");
        }
        assert!(PYPI.iter().all(|name| normalised(name) == **name));
        assert!(PYPI.len() > 300 && NPM.len() > 300);
    }
}
