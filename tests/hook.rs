//! `unbake hook` and `git:` with real git: every trap of a pre-push hook, and bad input.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

#[path = "hook/faults.rs"]
mod faults;
#[path = "hook/install.rs"]
mod install;
#[path = "hook/known.rs"]
mod known;
#[path = "hook/push.rs"]
mod push;
#[path = "hook/repo.rs"]
mod repo;
#[path = "hook/shapes.rs"]
mod shapes;
#[path = "hook/staged.rs"]
mod staged;
#[path = "hook/target.rs"]
mod target;
