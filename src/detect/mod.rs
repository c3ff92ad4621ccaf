//! Floor 3: detection. Bytes and rules in, candidates out; it knows no file, no image and no YAML.
//!
//! The order is: prefilter (one literal pass) → the rule's expression on a window round the hit → entropy →
//! checksum. What is encoded is decoded and goes the same way again.

mod allow;
mod allowlist;
pub mod assignment;
pub mod checksum;
mod classify;
mod decode;
mod engine;
mod entropy;
pub mod examples;
mod excerpt;
pub mod judge;
mod matcher;
pub mod placeholder;
pub mod prefilter;
mod scanner;

pub use engine::{Engine, Error};
pub use scanner::{Candidate, Scanner, Text};

/// How far before a keyword an expression may look, in bytes, and how much of the text before a chunk the chunk
/// is scanned with.
pub const LOOK_BEHIND: usize = 4 << 10;

/// How far after a keyword an expression may look: a private key of 16,384 bits is 12.8 KB of base64, escaped and
/// indented in JSON some 14 KB. A chunk is scanned with this much of what follows it.
pub const LOOK_AHEAD: usize = 32 << 10;
