//! Floor 1: YAML and JSON with the bytes that each node stands in.

pub mod node;
pub mod origin;
pub mod parse;
pub mod route;
pub mod splice;
