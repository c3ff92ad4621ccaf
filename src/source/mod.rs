//! Floor 2: where bytes come from. A source hands out pieces of files with their places, and what it could not
//! read; it knows nothing of rules.

pub mod daemon;
pub mod exclusions;
pub mod feeder;
pub mod git;
pub mod hashing;
pub mod layer;
pub mod stream;
pub mod target;
