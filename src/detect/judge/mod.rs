//! First judgement of a name and of a value: does the name say "credential", and can the value be one?
//!
//! Strings in, answers out; nothing of manifests here. The tables are the knowledge, the functions only look things
//! up: to teach a word, add it to its table and an example to the tests.

mod name;
mod value;

pub use name::{names_credential, names_plain};
pub use value::{holds_password, is_reference, looks_like_credential_value};
