//! Bad input, one test each: the report names the place and says what, the rest of the target is read, the exit code
//! says that something is missing, nothing panics and nothing hangs.
//!
//! The binary itself runs, on inputs that are made here. Every credential is invented.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "bad_input/archives.rs"]
mod archives;
#[path = "bad_input/images.rs"]
mod images;
#[path = "bad_input/layers.rs"]
mod layers;
#[path = "bad_input/make.rs"]
mod make;
#[path = "bad_input/run.rs"]
mod run;
#[path = "bad_input/trees.rs"]
mod trees;
