//! Where a file came from: the answers, once all databases are read.

use super::database::enclosing;
use super::digests::{Digests, key};
use super::inventory::{DebKey, Inventory, Owner};

/// A package, and whether anyone can download it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Whether it is public.
    pub public: bool,
    /// `deb:perl-base 5.36.0-7`, `apk:musl 1.2.4-r2`, `pypi:requests 2.32.0`, `npm:lodash 4.17.21`.
    pub label: String,
}

/// Everything that the databases of a scan say.
#[derive(Debug, Default)]
pub struct Provenance(Inventory);

impl Provenance {
    /// Brings together what the scanners gathered.
    pub fn new(gathered: impl IntoIterator<Item = Inventory>) -> Self {
        let mut all = Inventory::default();
        gathered.into_iter().for_each(|inventory| all.add(inventory));
        all.finish();
        all.records.sort_unstable();
        Self(all)
    }

    /// The package that recorded this content for this path. Of several, as databases of several layers can have
    /// it, a public one: who has the file can have it from there.
    pub fn unmodified(&self, target: usize, path: &str, digests: &Digests) -> Option<Package> {
        let packages = digests.all().into_iter().flat_map(|digest| self.recorded(key(target, path, digest)));
        packages.max_by(|a, b| (a.public, &b.label).cmp(&(b.public, &a.label)))
    }

    /// The package that a file belongs to, whether or not it is as it was: by the package's own manifest above it, or
    /// as member of an archive that a package recorded.
    pub fn belonging(&self, target: usize, path: &str) -> Option<Package> {
        let tree = || self.0.trees.get(&key(target, enclosing(path)?, "")).cloned();
        let archives = || path.match_indices('!').map(|(at, _)| &path[..at]);
        // Of several that have it, one is private: then it may be that one's.
        let archive = || archives().flat_map(|archive| self.recorded(key(target, archive, ""))).min();
        tree().or_else(archive)
    }

    fn recorded(&self, wanted: u64) -> impl Iterator<Item = Package> {
        let records = &self.0.records;
        let first = records.partition_point(|(key, _)| *key < wanted);
        let found = records[first..].iter().take_while(move |(key, _)| *key == wanted);
        found.filter_map(|(_, owner)| self.package(&self.0.owners[*owner as usize]))
    }

    fn package(&self, owner: &Owner) -> Option<Package> {
        match owner {
            Owner::Known(package) => Some(package.clone()),
            Owner::Python(site, package) => {
                let public = package.public && !self.0.direct.contains(site);
                Some(Package { public, ..package.clone() })
            }
            Owner::Deb(key) => self.deb(key),
        }
    }

    /// By the `status` that stands beside the `md5sums`; without one, by all of the target that name the package,
    /// which must agree that it is public.
    fn deb(&self, wanted: &DebKey) -> Option<Package> {
        let same = |key: &DebKey| {
            (key.origin.target, &key.prefix, &key.name)
                == (wanted.origin.target, &wanted.prefix, &wanted.name)
        };
        let beside = self.0.debs.get(wanted);
        let anywhere = || self.0.debs.iter().filter(|(key, _)| same(key)).map(|(_, p)| p).min();
        beside.or_else(anywhere).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::feeder::{Origin, Piece};
    use crate::span::Position;

    fn layer(name: &str) -> Arc<Origin> {
        Arc::new(Origin { target: 0, layer: Some(name.to_owned()) })
    }

    fn see(inventory: &mut Inventory, origin: &Arc<Origin>, path: &str, text: &str) {
        let all = 0..text.len();
        let piece = Piece {
            path: path.into(),
            bytes: all.clone(),
            own: all,
            start: Position::START,
            whole: true,
            object: None,
        };
        inventory.see(origin, &piece, text.as_bytes());
    }

    fn status(maintainer: &str, version: &str) -> String {
        format!("Package: tool\nArchitecture: amd64\nVersion: {version}\nMaintainer: x <{maintainer}>\n")
    }

    /// MD5 of "abc".
    const SUMS: &str = "900150983cd24fb0d6963f7d28e17f72  usr/share/tool/a\n";

    fn answer(inventories: Vec<Inventory>) -> Option<(String, bool)> {
        let provenance = Provenance::new(inventories);
        assert_eq!(provenance.unmodified(0, "usr/share/tool/a", &Digests::of(b"abd")), None);
        assert_eq!(provenance.unmodified(0, "usr/share/tool/b", &Digests::of(b"abc")), None);
        assert_eq!(provenance.unmodified(1, "usr/share/tool/a", &Digests::of(b"abc")), None);
        let found = provenance.unmodified(0, "usr/share/tool/a", &Digests::of(b"abc"));
        found.map(|package| (package.label, package.public))
    }

    #[test]
    fn a_status_of_the_same_layer_tells_whose_files_they_are_else_all_must_agree() {
        let (one, two, three) = (layer("1"), layer("2"), layer("3"));
        let path = "var/lib/dpkg/status";
        let debian =
            |inventory: &mut Inventory, origin| see(inventory, origin, path, &status("a@debian.org", "1"));
        let acme =
            |inventory: &mut Inventory, origin| see(inventory, origin, path, &status("a@acme.example", "2"));
        let sums = |inventory: &mut Inventory, origin, name: &str| {
            see(inventory, origin, &format!("var/lib/dpkg/info/{name}.md5sums"), SUMS);
        };
        // Different scanners see them, in any order.
        let (mut a, mut b) = (Inventory::default(), Inventory::default());
        sums(&mut a, &one, "tool:amd64");
        acme(&mut a, &two);
        debian(&mut b, &one);
        assert_eq!(answer(vec![a, b]), Some(("deb:tool 1".to_owned(), true)));

        let (mut a, mut b) = (Inventory::default(), Inventory::default());
        sums(&mut a, &two, "tool");
        debian(&mut b, &one);
        acme(&mut b, &two);
        assert_eq!(answer(vec![b, a]), Some(("deb:tool 2".to_owned(), false)));

        let mut a = Inventory::default();
        sums(&mut a, &three, "tool");
        debian(&mut a, &one);
        assert_eq!(answer(vec![a]), Some(("deb:tool 1".to_owned(), true)));

        let mut a = Inventory::default();
        sums(&mut a, &three, "tool");
        debian(&mut a, &one);
        acme(&mut a, &two);
        assert_eq!(answer(vec![a]), Some(("deb:tool 2".to_owned(), false)));

        let mut a = Inventory::default();
        sums(&mut a, &one, "tool");
        assert_eq!(answer(vec![a]), None);
    }

    /// A database over the size of a piece comes in several, to several scanners.
    #[test]
    fn a_database_in_pieces_is_put_together() {
        let origin = layer("1");
        let text = format!("Package: first\nVersion: 0\n\n{}", status("a@debian.org", "1"));
        let cut = text.find("Maintainer").unwrap() + 3;
        let piece = |range: std::ops::Range<usize>, line| Piece {
            path: "var/lib/dpkg/status".into(),
            bytes: range.clone(),
            own: range,
            start: Position { line, column: 1 },
            whole: false,
            object: None,
        };
        let (mut a, mut b) = (Inventory::default(), Inventory::default());
        a.see(&origin, &piece(cut..text.len(), 6), &text.as_bytes()[cut..]);
        b.see(&origin, &piece(0..cut, 1), &text.as_bytes()[..cut]);
        see(&mut b, &origin, "var/lib/dpkg/info/tool.md5sums", SUMS);
        assert_eq!(answer(vec![a, b]), Some(("deb:tool 1".to_owned(), true)));
    }

    #[test]
    fn a_python_package_that_came_from_no_index_is_not_public() {
        let record = "requests/a.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n";
        let origin = layer("1");
        let ask = |inventory| {
            let provenance = Provenance::new([inventory]);
            provenance.unmodified(0, "app/requests/a.py", &Digests::of(b"abc"))
        };
        let mut public = Inventory::default();
        see(&mut public, &origin, "app/requests-2.32.0.dist-info/RECORD", record);
        let package = Package { public: true, label: "pypi:requests 2.32.0".to_owned() };
        assert_eq!(ask(public), Some(package.clone()));
        let mut direct = Inventory::default();
        see(&mut direct, &origin, "app/requests-2.32.0.dist-info/direct_url.json", "{}");
        see(&mut direct, &origin, "app/requests-2.32.0.dist-info/RECORD", record);
        assert_eq!(ask(direct), Some(Package { public: false, ..package }));
    }

    #[test]
    fn a_file_belongs_to_its_nearest_package() {
        let origin = layer("1");
        let mut inventory = Inventory::default();
        let manifest = |name: &str| format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
        see(&mut inventory, &origin, "app/node_modules/lodash/package.json", &manifest("lodash"));
        see(&mut inventory, &origin, "app/node_modules/acme/package.json", &manifest("acme"));
        let provenance = Provenance::new([inventory]);
        let public = |path: &str| provenance.belonging(0, path).map(|package| package.public);
        assert_eq!(public("app/node_modules/lodash/lib/a.js"), Some(true));
        assert_eq!(public("app/node_modules/acme/a.js"), Some(false));
        assert_eq!(public("app/node_modules/lodash/node_modules/acme/a.js"), None);
        assert_eq!(public("app/src/a.js"), None);
    }

    #[test]
    fn a_member_belongs_to_the_package_of_its_archive() {
        let origin = layer("1");
        let mut inventory = Inventory::default();
        for (name, file) in [("botocore", "a.json.gz"), ("acme_models", "b.json.gz")] {
            let record = format!("data/{file},sha256=AAAA,3\ndata/c.py,sha256=BBBB,3\n");
            see(&mut inventory, &origin, &format!("app/{name}-1.0.dist-info/RECORD"), &record);
        }
        let provenance = Provenance::new([inventory]);
        let belongs =
            |path: &str| provenance.belonging(0, path).map(|package| (package.label, package.public));
        assert_eq!(belongs("app/data/a.json.gz!a.json"), Some(("pypi:botocore 1.0".to_owned(), true)));
        assert_eq!(belongs("app/data/b.json.gz!b.json"), Some(("pypi:acme-models 1.0".to_owned(), false)));
        assert_eq!(belongs("app/data/other.gz!a.json"), None);
        assert_eq!(belongs("app/data/c.py"), None);
    }
}
