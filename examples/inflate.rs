//! Inflates the blobs given, as many at once as there are cores, and drops the output: the floor that a scan of
//! gzip layers stands on. `inflate BLOB…`; files that are not gzip are passed over.

use std::fs::File;
use std::io::{self, BufReader};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use flate2::bufread::MultiGzDecoder;

fn main() -> io::Result<()> {
    let threads = std::thread::available_parallelism()?.get();
    let mut blobs: Vec<String> = std::env::args().skip(1).collect();
    blobs.sort_by_key(|path| std::cmp::Reverse(std::fs::metadata(path).map_or(0, |m| m.len())));
    let (next, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(path) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let inflated = File::open(path).and_then(|file| {
                        let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(128 << 10, file));
                        io::copy(&mut decoder, &mut io::sink())
                    });
                    bytes.fetch_add(inflated.unwrap_or(0), Ordering::Relaxed);
                }
            });
        }
    });
    io::Write::write_all(&mut io::stdout(), format!("{} bytes\n", bytes.into_inner()).as_bytes())
}
