//! unbake finds the credentials that are baked into container images and deployment manifests.
//!
//! Data flows one way, and so do imports (`tests/architecture.rs` checks it):
//!
//! ```text
//! source ──▶ detect ──▶ context ──▶ finding ──▶ advise ──▶ report
//! ```

pub mod detect {
    //! Floor 3: detection. Bytes and rules in, candidates out.
    pub mod checksum;
}
pub mod finding;
pub mod manifest;
pub mod place;
pub mod rules {
    //! Floor 3: the rules.
    pub mod model;
}
pub mod secret;
pub mod span;
pub mod yaml {
    //! Floor 1: YAML and JSON with the bytes that each node stands in.
    pub mod node;
    pub mod parse;
    pub mod route;
}
