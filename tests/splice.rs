//! Edits of YAML and JSON texts: what each writes in each style, and what nothing may change.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "splice/cases.rs"]
mod cases;
#[path = "splice/generated.rs"]
mod generated;
#[path = "splice/properties.rs"]
mod properties;
#[path = "splice/refusals.rs"]
mod refusals;
