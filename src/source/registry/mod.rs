//! Registries: an image is read from where it was pushed (OCI distribution-spec), and nothing of it is stored.
//!
//! A tag is turned into a digest once; after that only digests are asked for. Documents are fetched at once, a few
//! beside each other, and layers are streamed when a reader asks for them.

mod auth;
mod blob;
mod client;
mod error;
mod guard;
mod helper;
mod host;
mod http;
mod keychain;
mod name;
mod referrers;
mod store;
mod tls;
mod url;

use std::path::PathBuf;
use std::sync::Arc;

pub use error::{Error, Kind};
pub use keychain::Keychain;
pub use store::Image;

use client::Client;
use name::Name;

/// How registries are reached.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Logins, the first that a registry takes is used.
    pub keychain: Keychain,
    /// Files of certificate authorities (PEM) that are trusted beside those of the system.
    pub authorities: Vec<PathBuf>,
    /// Hosts (`host` or `host:port`) that may be spoken to without TLS. Those of the machine itself always may.
    pub insecure: Vec<String>,
    /// Whether registries of this machine are out of reach: for a service that others give references to.
    pub elsewhere_only: bool,
}

impl Access {
    /// With the logins of Docker and Podman, as the environment says where they are.
    #[must_use]
    pub fn of_environment(authorities: Vec<PathBuf>, insecure: Vec<String>) -> Self {
        Self { keychain: Keychain::of_environment(), authorities, insecure, elsewhere_only: false }
    }
}

/// Finds the image that `reference` names (`[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]`), and reads its documents.
///
/// The error says whether the registry could not be reached, refused, or has no such image. What can't be read
/// further down (a manifest of an index, a layer) is told by the store.
pub fn open(reference: &str, access: &Access) -> Result<Image, Error> {
    let name = Name::parse(reference)?;
    let client = Arc::new(Client::connect(&name, access)?);
    Image::read(client, &name)
}

/// Turns a reference into the digest of what it names now, without reading that.
pub fn resolve(reference: &str, access: &Access) -> Result<String, Error> {
    let name = Name::parse(reference)?;
    match &name.digest {
        Some(digest) => Ok(digest.clone()),
        None => Client::connect(&name, access)?.digest_of_tag(name.tag()),
    }
}
