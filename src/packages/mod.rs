//! Floor 4: which files came unmodified from a package, and which packages anyone can download.
//!
//! A file is *public* when two things hold: its content has the digest that a package database recorded for its
//! path, and the package is one that anyone can download: a distribution's own, by its maintainer, or a Python
//! package whose name stands in `rules/packages/pypi.txt`. A company's own package matches its record just as well
//! and is not public; nor is a file of a public package that somebody changed.
//!
//! Where no digest is recorded (`node_modules`, Go's module cache) the package's own manifest tells whose files
//! these are: that lowers confidence and hides nothing.
//!
//! Each scanner fills an [`Inventory`] of its own with what the databases say; when all is read, they become one
//! [`Provenance`], which answers for a path and the [`Digests`] of its content.

mod apk;
mod database;
mod digests;
mod dpkg;
mod inventory;
mod modules;
mod provenance;
mod public;
mod python;

pub use database::{Database, recognise};
pub use digests::Digests;
pub use inventory::Inventory;
pub use provenance::{Package, Provenance};
