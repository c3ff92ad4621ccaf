//! unbake finds the credentials that are baked into container images and deployment manifests.
//!
//! Data flows one way, and so do imports (`tests/architecture.rs` checks it):
//!
//! ```text
//! source ──▶ detect ──▶ context ──▶ finding ──▶ advise ──▶ report
//! ```

pub mod advise;
pub mod archive;
pub mod cli;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod detect;
pub mod finding;
pub mod gate;
pub mod manifest;
pub mod oci;
pub mod packages;
pub mod pipeline;
pub mod place;
pub mod report;
pub mod rules;
pub mod secret;
pub mod source;
pub mod span;
pub mod yaml;
