//! What was asked for: a path whose kind its content tells, standard input, or a transport by name as skopeo has it.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::git;
use crate::archive::sniff::{Format, Peeked, sniff};
use crate::oci::images::is_image;
use crate::oci::store::{Archive, Directory, Store};

/// A target that can't be reached, or is not understood.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be opened.
    #[error("{target}: {reason}")]
    Unreachable {
        /// As given.
        target: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A transport that this version does not have.
    #[error(
        "{0}: this transport is not supported; use a path, docker-archive:, oci:, oci-archive:, docker-daemon:, dir:, git: or -"
    )]
    Transport(String),
}

/// How a target is read.
pub enum Source {
    /// An image whose blobs can be opened in any order.
    Image {
        /// Its blobs.
        store: Box<dyn Store>,
        /// The name in the index that was asked for.
        reference: Option<String>,
        /// Why its archive ends early, if it does.
        damage: Option<String>,
    },
    /// An image, or anything else, that goes by once.
    Stream {
        /// Its bytes.
        content: Box<dyn std::io::Read>,
        /// Whether it was called an image, so that anything else is not what was meant.
        image: bool,
    },
    /// A directory.
    Tree(PathBuf),
    /// A file.
    File(PathBuf),
    /// Commits of a git repository.
    Repository {
        /// The repository.
        git: git::Git,
        /// Which objects.
        selection: git::Selection,
    },
    /// Objects of a git repository that were listed before.
    Objects {
        /// The repository.
        git: git::Git,
        /// The objects.
        listing: git::Listing,
        /// Numbers of those to read.
        numbers: Vec<u32>,
    },
}

/// Finds out how `target` is read, and opens it.
pub fn open(target: &str) -> Result<Source, Error> {
    let unreachable = |reason: String| Error::Unreachable { target: target.to_owned(), reason };
    if target == "-" {
        return Ok(Source::Stream { content: Box::new(std::io::stdin()), image: false });
    }
    match target.split_once(':') {
        Some(("docker-daemon", reference)) => {
            let export = super::daemon::export(reference).map_err(|e| unreachable(e.to_string()))?;
            Ok(Source::Stream { content: Box::new(export), image: true })
        }
        Some(("docker-archive" | "oci-archive", rest)) => {
            let (file, reference) = split_reference(rest);
            archive(Path::new(file), reference).map_err(unreachable)
        }
        Some(("oci", rest)) => {
            let (dir, reference) = split_reference(rest);
            layout(Path::new(dir), reference).map_err(unreachable)
        }
        Some(("dir", dir)) => tree(Path::new(dir)).map_err(unreachable),
        Some(("git", rest)) if !Path::new(target).exists() => {
            let (directory, range) = git::split(rest);
            tree(Path::new(directory)).map_err(unreachable)?;
            repository(directory, range).map_err(|e| unreachable(e.to_string()))
        }
        Some(("docker", rest)) if !Path::new(target).exists() || rest.starts_with("//") => {
            Err(Error::Transport(target.to_owned()))
        }
        _ => path(Path::new(target)).map_err(unreachable),
    }
}

/// Opens a path that was come upon, whatever its name is. `name` is what is shown for it.
pub fn open_path(found: &Path, name: &str) -> Result<Source, Error> {
    path(found).map_err(|reason| Error::Unreachable { target: name.to_owned(), reason })
}

/// `DIR:REF`, where the directory alone exists; else all of it is the path.
fn split_reference(text: &str) -> (&str, Option<String>) {
    match text.split_once(':') {
        Some((path, reference)) if !Path::new(text).exists() => (path, Some(reference.to_owned())),
        _ => (text, None),
    }
}

/// A path, whose kind its content tells.
fn path(path: &Path) -> Result<Source, String> {
    let kind = std::fs::metadata(path).map_err(|e| explain(&e))?;
    if kind.is_dir() {
        let directory = Directory::new(path);
        if is_image(|name| directory.size(name).is_some()) { layout(path, None) } else { tree(path) }
    } else if kind.is_file() {
        let head = File::open(path).and_then(Peeked::new).map_err(|e| explain(&e))?;
        match sniff(head.head()) {
            Some(Format::Tar) => {
                let archive = Archive::new(path).map_err(|e| explain(&e))?;
                Ok(if is_image(|name| archive.size(name).is_some()) {
                    image(archive, None)
                } else {
                    Source::File(path.to_owned())
                })
            }
            // `docker save | gzip`: what is in it is known when it has gone by.
            Some(Format::Compressed(_)) => {
                let file = File::open(path).map_err(|e| explain(&e))?;
                Ok(Source::Stream { content: Box::new(file), image: false })
            }
            _ => Ok(Source::File(path.to_owned())),
        }
    } else {
        Err("neither a file nor a directory".to_owned())
    }
}

fn archive(path: &Path, reference: Option<String>) -> Result<Source, String> {
    let archive = Archive::new(path).map_err(|e| explain(&e))?;
    if is_image(|name| archive.size(name).is_some()) {
        Ok(image(archive, reference))
    } else {
        let file = File::open(path).map_err(|e| explain(&e))?;
        Ok(Source::Stream { content: Box::new(file), image: true })
    }
}

fn image(archive: Archive, reference: Option<String>) -> Source {
    let damage = archive.damage.clone();
    Source::Image { store: Box::new(archive), reference, damage }
}

fn layout(path: &Path, reference: Option<String>) -> Result<Source, String> {
    let directory = Directory::new(path);
    if !path.is_dir() {
        return Err("no such directory".to_owned());
    }
    if !is_image(|name| directory.size(name).is_some()) {
        return Err("not an OCI layout: it has no index.json beside an oci-layout".to_owned());
    }
    Ok(Source::Image { store: Box::new(directory), reference, damage: None })
}

fn tree(path: &Path) -> Result<Source, String> {
    if path.is_dir() { Ok(Source::Tree(path.to_owned())) } else { Err("no such directory".to_owned()) }
}

fn repository(directory: &str, range: Option<&str>) -> Result<Source, git::Error> {
    let git = git::repository(directory);
    let selection = match range {
        Some(range) => git::of_range(&git, range)?,
        None => git::everything(&git)?,
    };
    Ok(Source::Repository { git, selection })
}

fn explain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
