//! Floor 4: manifests.
pub mod judge;
