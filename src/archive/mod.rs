//! Floor 1: archives and compressed streams. Bytes in, files out; it knows nothing of images or secrets.
//!
//! Everything is read as a stream: no archive, no member and no whole file is held, and nothing is written. What a
//! thing is, is told by its first bytes and never by its name. Archives are hostile: [`limits`] bounds them.

pub mod ar;
pub mod compression;
pub mod git;
pub mod limits;
pub mod links;
mod pax;
pub mod sniff;
mod sparse;
pub mod tar;
pub mod walk;
pub mod zip;
