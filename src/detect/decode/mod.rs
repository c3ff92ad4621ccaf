//! Text inside text: base64, hex, percent-encoding, backslash escapes, UTF-16.
//!
//! In: a text. Out: what is encoded in it, decoded, with the place of every decoded byte. What it decodes to is
//! scanned like any text, and may hold encoded text again, to [`DEPTH`].

mod escapes;
mod runs;
mod utf16;

pub(super) use escapes::Trigger;
pub(super) use runs::runs;
pub(super) use utf16::{from_utf16, wide_strings};

/// How often text may be encoded. Helm keeps a release as base64 of base64 of gzip; more than that is a game.
pub(super) const DEPTH: usize = 4;

/// How long a decoded text may be: a chunk and what it is scanned with.
pub(super) const LIMIT: usize = 1 << 20;

/// A decoded text and where it came from.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// Offset, in the encoding text, of what each byte was made of; one more for the end.
    pub(super) origin: Vec<u32>,
}
