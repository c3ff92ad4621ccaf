//! Floor 1: YAML and JSON with the bytes that each node stands in.

pub mod node;
pub mod parse;
pub mod route;
pub mod splice;
