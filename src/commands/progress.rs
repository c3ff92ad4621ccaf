//! A line on standard error that moves while a scan does: layers, bytes, rate. Only on a terminal, and only for what
//! takes longer than half a second.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::source::feeder::Tally;

/// Nothing is shown before this.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two looks at the tally.
const TICK: Duration = Duration::from_millis(100);

/// Does the work, and shows how far it is.
pub(super) fn shown<T>(tally: &Arc<Tally>, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, ended) = bounded::<()>(0);
    let tally = tally.clone();
    let line = std::thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        let start = Instant::now() - PATIENCE;
        while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            bar.set_message(message(&tally, start.elapsed()));
            bar.tick();
        }
        bar.finish_and_clear();
    });
    let result = work();
    drop(done);
    // A line that could not be drawn is no reason to fail.
    let _ = line.join();
    result
}

fn message(tally: &Tally, elapsed: Duration) -> String {
    let bytes = tally.bytes.load(Ordering::Relaxed);
    let rate = bytes as f64 / elapsed.as_secs_f64();
    let layers = match tally.layers.load(Ordering::Relaxed) {
        0 => String::new(),
        all => format!("layer {} of {all}, ", tally.layers_done.load(Ordering::Relaxed) + 1),
    };
    let files = tally.files.load(Ordering::Relaxed);
    format!("{layers}{files} files, {}, {}/s", HumanBytes(bytes), HumanBytes(rate as u64))
}
