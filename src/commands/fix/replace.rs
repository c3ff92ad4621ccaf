//! Writes files so that each is whole at any moment: beside the old one, then in its place. Nothing outside of the
//! paths that were given is touched, wherever a link leads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

/// The directories and files that were given, links resolved. What is not there is not among them.
pub(super) fn roots<'p>(given: impl Iterator<Item = &'p Path>) -> Vec<PathBuf> {
    given.filter_map(|path| fs::canonicalize(path).ok()).collect()
}

/// Puts `after` in the place of a file that says `before`. Permissions and owner are kept. The error says why it is as
/// it was. The disk is not waited for: ten thousand times that would take longer than all else.
pub(super) fn replace(path: &Path, roots: &[PathBuf], before: &[u8], after: &[u8]) -> Result<(), String> {
    // A link is not replaced: what it leads to is.
    let real = fs::canonicalize(path).map_err(|e| e.to_string())?;
    if !roots.iter().any(|root| real.starts_with(root)) {
        return Err(format!("it leads to {}, outside of what was given: give that path too", real.display()));
    }
    let told = |e: io::Error| e.to_string();
    let metadata = fs::metadata(&real).map_err(told)?;
    if fs::read(&real).map_err(told)? != before {
        return Err("it has changed since it was read: run unbake again".to_owned());
    }
    let (temporary, mut file) = beside(&real).map_err(told)?;
    let written = file
        .write_all(after)
        .and_then(|()| file.set_permissions(metadata.permissions()))
        .and_then(|()| own(&file, &temporary, &metadata))
        .and_then(|()| fs::rename(&temporary, &real));
    written.map_err(|e| {
        // It may never have come to be; the error that matters is the first.
        let _ = fs::remove_file(&temporary);
        e.to_string()
    })
}

/// Writes a file that is not there yet. One that says the same already is fine.
pub(super) fn create(path: &Path, roots: &[PathBuf], text: &[u8]) -> Result<(), String> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let directory = fs::canonicalize(directory).map_err(|e| format!("its directory: {e}"))?;
    // Of a file that was given, its directory is where its neighbours go.
    let holds = |root: &PathBuf| directory.starts_with(root) || root.parent() == Some(&directory);
    if !roots.iter().any(holds) {
        return Err(format!("{} is outside of what was given", directory.display()));
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text).map_err(|e| e.to_string()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let same = fs::read(path).is_ok_and(|there| there == text);
            same.then_some(()).ok_or_else(|| {
                "there is another file of this name: compare it with what is shown here".to_owned()
            })
        }
        Err(e) => Err(e.to_string()),
    }
}

/// A new file in the same directory, so that it can be renamed. Nobody else may read it before it has the old one's
/// permissions.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    use std::os::unix::fs::OpenOptionsExt;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.unbake-{}", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    Ok((temporary, file))
}

/// Gives the new file the owner of the old one. That fails where it is somebody else's, and so does the rewrite: a
/// file that its owner can no longer read helps nobody.
fn own(file: &File, path: &Path, old: &fs::Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(path, Some(old.uid()), Some(old.gid()))?;
    // A change of owner takes some bits away.
    file.set_permissions(old.permissions())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn file(directory: &Path, name: &str, text: &str) -> PathBuf {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_file_keeps_its_permissions_and_leaves_nothing_beside() {
        let root = tempfile::tempdir().unwrap();
        let path = file(root.path(), "a.yaml", "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, &roots([root.path()].into_iter()), b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_has_changed_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = file(root.path(), "a.yaml", "changed");
        let why = replace(&path, &roots([root.path()].into_iter()), b"old", b"new").unwrap_err();
        assert!(why.contains("changed since"), "{why}");
        assert_eq!(fs::read(&path).unwrap(), b"changed");
    }

    #[test]
    fn a_link_out_of_what_was_given_is_not_followed() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let outside = file(other.path(), "b.yaml", "old");
        let link = root.path().join("a.yaml");
        symlink(&outside, &link).unwrap();
        let why = replace(&link, &roots([root.path()].into_iter()), b"old", b"new").unwrap_err();
        assert!(why.contains("outside of what was given"), "{why}");
        assert_eq!(fs::read(&outside).unwrap(), b"old");
        // Given itself, it is what was meant; and it stays a link.
        replace(&link, &roots([link.as_path()].into_iter()), b"old", b"new").unwrap();
        assert_eq!(fs::read(&outside).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_new_file_is_never_written_over_another() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let given = file(root.path(), "a.yaml", "a");
        for roots in [roots([root.path()].into_iter()), roots([given.as_path()].into_iter())] {
            let path = root.path().join("store.yaml");
            create(&path, &roots, b"text").unwrap();
            create(&path, &roots, b"text").unwrap();
            let why = create(&path, &roots, b"other text").unwrap_err();
            assert!(why.contains("another file of this name"), "{why}");
            assert_eq!(fs::read(&path).unwrap(), b"text");
            assert!(create(&other.path().join("store.yaml"), &roots, b"text").is_err());
        }
    }
}
