//! dpkg's database (deb-control(5), dpkg(1), and `deb-md5sums(5)`).

use super::public;

/// A package as a paragraph of `status` describes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paragraph<'t> {
    pub(super) name: &'t str,
    pub(super) architecture: &'t str,
    pub(super) version: &'t str,
    /// Whether it is a distribution's own.
    pub(super) public: bool,
    /// Configuration files with the MD5 of what the package brought; `md5sums` leaves them out.
    pub(super) configuration: Vec<(&'t str, &'t str)>,
}

/// The packages of a `status`.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    text.split("\n\n").filter_map(paragraph)
}

fn paragraph(text: &str) -> Option<Paragraph<'_>> {
    let mut found =
        Paragraph { name: "", architecture: "", version: "", public: false, configuration: Vec::new() };
    let (mut maintainer, mut origin, mut in_configuration) = ("", "", false);
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if in_configuration {
                found.configuration.extend(configuration_file(line));
            }
            continue;
        }
        let Some((field, value)) = line.split_once(':') else { continue };
        in_configuration = field == "Conffiles";
        let value = value.trim();
        match field {
            "Package" => found.name = value,
            "Architecture" => found.architecture = value,
            "Version" => found.version = value,
            "Maintainer" => maintainer = value,
            "Origin" => origin = value,
            _ => {}
        }
    }
    // A vendor that rebuilds a distribution's package keeps its maintainer and names itself here.
    let others = !matches!(origin, "" | "Debian" | "debian" | "Ubuntu" | "ubuntu");
    found.public = !others && public::is_distribution_deb(maintainer);
    (!found.name.is_empty()).then_some(found)
}

/// ` /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d`, and a word if it is obsolete.
fn configuration_file(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_suffix(" obsolete").unwrap_or(line);
    let (path, md5) = line.rsplit_once(' ')?;
    Some((path.trim_start_matches('/'), md5))
}

/// The files of an `md5sums`, with their digests.
pub(super) fn sums(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let (md5, path) = line.split_once(' ')?;
        let path = path.trim_start().trim_start_matches("./").trim_start_matches('/');
        (md5.len() == 32 && !path.is_empty()).then_some((path, md5))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_packages_whose_they_are_and_their_configuration() {
        let text = "Package: perl-base\nStatus: install ok installed\nMaintainer: Niko Tyni <ntyni@debian.org>\n\
                    Architecture: amd64\nVersion: 5.36.0-7\nConffiles:\n /etc/perl/Net/libnet.cfg fb2946cae573b8ed3d654a180d458733\n \
                    /etc/old 0123456789abcdef0123456789abcdef obsolete\nDescription: Perl\n Maintainer: nobody\n\n\
                    Package: acme-agent\nMaintainer: Ops <ops@acme.example>\nVersion: 1\nOrigin: Debian\n\n\
                    Package: rebuilt\nMaintainer: Niko Tyni <ntyni@debian.org>\nVersion: 2\nOrigin: Acme\n";
        let found: Vec<_> = paragraphs(text).collect();
        assert_eq!(
            found.iter().map(|p| (p.name, p.version, p.architecture, p.public)).collect::<Vec<_>>(),
            [
                ("perl-base", "5.36.0-7", "amd64", true),
                ("acme-agent", "1", "", false),
                ("rebuilt", "2", "", false)
            ]
        );
        assert_eq!(
            found[0].configuration,
            [
                ("etc/perl/Net/libnet.cfg", "fb2946cae573b8ed3d654a180d458733"),
                ("etc/old", "0123456789abcdef0123456789abcdef")
            ]
        );
    }

    #[test]
    fn sums_are_read_line_by_line() {
        let text = "7210080490f9fd139c1b44fa0f730988  bin/bash\nshort  x\n12c7981c8fed81743552e47dd4b1483e  ./usr/a b\n\n";
        assert_eq!(
            sums(text).collect::<Vec<_>>(),
            [
                ("bin/bash", "7210080490f9fd139c1b44fa0f730988"),
                ("usr/a b", "12c7981c8fed81743552e47dd4b1483e")
            ]
        );
    }
}
