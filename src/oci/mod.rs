//! Floor 1: container images as they are stored. Documents in, structure out; it knows nothing of secrets.

pub mod attestation;
pub mod config;
pub mod history;
pub mod images;
pub mod overlay;
pub mod store;
