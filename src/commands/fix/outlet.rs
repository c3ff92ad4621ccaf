//! Where `--emit` writes: a directory for its owner alone; for what holds values, outside of every work tree that is
//! in play, so that no `git add` takes them along.

use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// A directory that is ready to be written to.
pub(super) struct Outlet {
    directory: PathBuf,
}

impl Outlet {
    /// Makes the directory, or takes the one that is there. `targets` are the paths that were given; the directory may
    /// not be in their work trees, nor in that of the current directory, if `holds_values`.
    pub(super) fn new<'p>(
        directory: &Path,
        holds_values: bool,
        targets: impl Iterator<Item = &'p Path>,
    ) -> anyhow::Result<Self> {
        let shown = directory.display();
        let resolved = resolved(directory).with_context(|| format!("--emit-to {shown}"))?;
        if holds_values {
            let here = env::current_dir().context("the current directory")?;
            for tree in targets.filter_map(work_tree).chain(work_tree(&here)) {
                if resolved.starts_with(&tree) {
                    bail!(
                        "--emit-to {shown}: what is written there holds the values, so it has to be outside of \
                         the work tree {}",
                        tree.display()
                    );
                }
            }
        }
        if resolved.is_dir() {
            let others = fs::metadata(&resolved)?.permissions().mode() & 0o077;
            if holds_values && others != 0 {
                bail!(
                    "--emit-to {shown}: others can look into it; run `chmod 700 {shown}` or name a new one"
                );
            }
        } else {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&resolved);
            made.with_context(|| format!("--emit-to {shown}"))?;
        }
        Ok(Self { directory: resolved })
    }

    /// Writes a new file that its owner alone can read.
    pub(super) fn write(&self, name: &Path, content: &[u8]) -> anyhow::Result<PathBuf> {
        // A name that comes out of a manifest leads to no other directory.
        let name = name.file_name().context("a file to emit has no name")?;
        let path = self.directory.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let shown = path.display().to_string();
        // The manifests lose the values next: they have to be on the disk.
        file.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
            .with_context(|| format!("{shown} (is it there already?)"))?;
        Ok(path)
    }

    /// Gives a program `input` and writes what it makes of it. Values go through the pipe, not through arguments.
    pub(super) fn pipe(
        &self,
        program: &str,
        arguments: &[&str],
        input: &[u8],
        output: &Path,
    ) -> anyhow::Result<PathBuf> {
        let started = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn();
        let mut child = started.with_context(|| format!("{program} can't be started; is it installed?"))?;
        let stdin = child.stdin.take();
        let ran = std::thread::scope(|scope| {
            // A Secret may be larger than a pipe holds.
            let fed = scope.spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(input)));
            let ran = child.wait_with_output();
            // A program that fails before it has read all says so by its exit code.
            let _ = fed.join();
            ran
        });
        let ran = ran.with_context(|| program.to_owned())?;
        if !ran.status.success() {
            bail!("{program} failed ({}); nothing of its output was written", ran.status);
        }
        self.write(output, &ran.stdout)
    }
}

/// The path without links, whether it is there or not.
fn resolved(path: &Path) -> anyhow::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let there = path.ancestors().find(|ancestor| ancestor.exists()).context("no such path")?;
    let rest = path.strip_prefix(there)?;
    if rest.components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
        bail!("a path that is not there can't have `..` in it");
    }
    Ok(fs::canonicalize(there)?.join(rest))
}

/// The top of the git repository that a path is in; without one its directory, or itself if it is one.
fn work_tree(path: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(path).ok()?;
    let directory = if real.is_dir() { real.as_path() } else { real.parent()? };
    let top = directory.ancestors().find(|parent| parent.join(".git").exists());
    Some(top.unwrap_or(directory).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn values_go_to_a_directory_for_their_owner_alone() {
        let (tree, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let directory = other.path().join("a/b");
        let outlet = Outlet::new(&directory, true, [tree.path()].into_iter()).unwrap();
        let path = outlet.write(Path::new("../s.yaml"), b"unbake-invented").unwrap();
        assert_eq!(path, fs::canonicalize(&directory).unwrap().join("s.yaml"));
        assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));
        assert!(outlet.write(Path::new("s.yaml"), b"again").is_err(), "over a file that is there");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(Outlet::new(&directory, true, [tree.path()].into_iter()).is_err());
        assert!(Outlet::new(&directory, false, [tree.path()].into_iter()).is_ok());
    }

    #[test]
    fn values_never_go_into_a_work_tree() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join(".git")).unwrap();
        let deploy = tree.path().join("deploy");
        fs::create_dir(&deploy).unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(tree.path(), outside.path().join("link")).unwrap();
        for directory in [tree.path().join("out"), outside.path().join("link/out")] {
            let refused = Outlet::new(&directory, true, [deploy.as_path()].into_iter());
            assert!(refused.err().unwrap().to_string().contains("outside of the work tree"));
            assert!(!directory.exists());
        }
        assert!(Outlet::new(&tree.path().join("out"), false, [deploy.as_path()].into_iter()).is_ok());
    }

    #[test]
    fn a_program_gets_its_input_through_a_pipe() {
        let other = tempfile::tempdir().unwrap();
        let outlet = Outlet::new(&other.path().join("out"), true, std::iter::empty()).unwrap();
        let input = vec![b'x'; 1 << 18];
        let path = outlet.pipe("cat", &[], &input, Path::new("x.yaml")).unwrap();
        assert_eq!(fs::read(path).unwrap(), input);
        assert!(outlet.pipe("false", &[], b"", Path::new("y.yaml")).is_err());
        assert!(outlet.pipe("unbake-no-such-program", &[], b"", Path::new("y.yaml")).is_err());
    }
}
