//! Judgement of a name and its value: does the name say "credential", can the value be one, does the place prove it?
//!
//! Strings in, answers out; nothing of manifests here. The tables are the knowledge, the functions only look things
//! up: to teach a word, add it to its table and an example to the tests. `evidence` adds up what the others see;
//! `docs/detection.md` has its table.

mod evidence;
mod form;
mod name;
mod provider;
mod setting;
mod surroundings;
mod tokens;
mod value;

pub(super) use evidence::{Assignment, Place, assignment, login};
pub use name::{Strength, names_credential, names_plain, strength, words};
pub(super) use provider::is_providers;
pub use setting::Setting;
pub use tokens::is_weak;
pub(super) use tokens::is_wordy;
pub use value::{form, holds_password, is_blank, is_reference, looks_like_credential_value};
