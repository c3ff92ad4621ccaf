//! What can go wrong between here and a registry.

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The reference, or a setting, is not understood.
    Usage,
    /// Nothing answers, or what answers is no registry.
    Unreachable,
    /// No login, or one that is not allowed to read this.
    Denied,
    /// It is not there.
    Missing,
    /// Too many requests, or the registry failed, and waiting did not help.
    Busy,
    /// An address that is not to be spoken to.
    Forbidden,
    /// An answer that can't be right.
    Unsound,
}

/// A request that came to nothing. The message names the registry and what to do; no login is in it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure it was.
    pub kind: Kind,
    /// For people.
    message: String,
}

impl Error {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Whether another try can go well.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.kind, Kind::Unreachable | Kind::Busy)
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
