//! What a scan is told where a test asks for nothing particular.

use unbake::finding::Confidence;
use unbake::pipeline::{Options, Quiet};
use unbake::secret::Fingerprinter;
use unbake::source::exclusions::Exclusions;
use unbake::source::registry::Access;

/// Everything is read, nothing quieted; what is surer than `min_confidence` is raised.
pub(crate) fn scan_options(min_confidence: Confidence) -> Options {
    Options {
        excluded: Exclusions::default(),
        platforms: Vec::new(),
        min_confidence,
        quiet: Quiet::default(),
        show_public: false,
        fingerprinter: Fingerprinter::new(None),
        registry: Access::default(),
        workers: 2,
    }
}
