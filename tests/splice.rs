//! Edits of YAML and JSON texts: what each writes in each style, and what nothing may change.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]
#![expect(clippy::print_stderr, reason = "which real files were tried, and what came of them")]

#[path = "splice/cases.rs"]
mod cases;
#[path = "splice/corpus.rs"]
mod corpus;
#[path = "splice/generated.rs"]
mod generated;
#[path = "splice/properties.rs"]
mod properties;
#[path = "splice/refusals.rs"]
mod refusals;
