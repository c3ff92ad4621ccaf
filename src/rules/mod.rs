//! Floor 3: the rules, as data and as they are loaded.

pub mod load;
pub mod model;
