//! Git repositories, read through the git program: its plumbing is the stable interface to everything that a
//! repository can be (worktrees, alternates, SHA-256, shallow, partial).
//!
//! `rev-list | diff-tree` lists what commits bring, with the commit and the whole path; `cat-file` streams it. So
//! *objects* are read and not what differs between two ends: what one commit adds and the next removes is read too.

mod command;
mod contents;
mod known;
mod listing;
mod objects;
mod range;
mod refs;
mod staged;

pub use command::{Answer, Error, Git};
pub use known::{Key, Known};
pub use listing::{Selection, list};
pub use objects::{Id, Kind, Listing, Object};
pub use range::{everything, of_range, split};
pub use refs::{Remotes, Tracked};
pub use staged::staged;

pub(crate) use contents::read;
pub(crate) use range::repository;
