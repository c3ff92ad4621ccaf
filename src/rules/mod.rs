//! Floor 3: the rules, as data and as they are loaded.

mod blame;
mod check;
mod file;
mod gitleaks;
mod go_syntax;
mod literals;
pub mod load;
pub mod model;
mod problem;

pub use file::{Placed, Reader};
pub use problem::{Problem, Problems};
