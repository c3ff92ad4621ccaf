//! Floor 6: what is let through. A baseline names findings that are known.

pub mod baseline;
pub mod date;
