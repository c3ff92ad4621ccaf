//! Compressed streams, by their magic bytes.

use std::io::{self, BufRead, BufReader, Read};

/// Compressed bytes that are read at once. 64 KiB to 1 MiB measured the same.
const BUFFER: usize = 128 << 10;

/// Memory that an xz stream may ask for, in KiB: `xz -9` asks for 65 MiB.
const XZ_MEMORY: u32 = 80 << 10;

/// The compressions that are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952, also of several members: eStargz, pigz.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// RFC 8878, also of several frames and with skippable ones: zstd:chunked.
    Zstd,
}

impl Compression {
    /// The compression of a stream that begins like this.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Undoes it.
    pub fn decoder<'r>(self, compressed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        let compressed = BufReader::with_capacity(BUFFER, compressed);
        Ok(match self {
            Self::Gzip => Box::new(Named { inner: gzip(compressed), how: self }),
            Self::Bzip2 => {
                Box::new(Named { inner: bzip2::bufread::MultiBzDecoder::new(compressed), how: self })
            }
            Self::Xz => {
                let inner = lzma_rust2::XzReader::new_mem_limit(compressed, true, XZ_MEMORY);
                Box::new(Named { inner, how: self })
            }
            Self::Zstd => {
                Box::new(Named { inner: zstd::stream::read::Decoder::with_buffer(compressed)?, how: self })
            }
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }
}

/// Says in its errors which stream is at fault.
struct Named<R> {
    inner: R,
    how: Compression,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf).map_err(|e| {
            let name = self.how.name();
            match e.kind() {
                io::ErrorKind::UnexpectedEof => {
                    io::Error::new(e.kind(), format!("the {name} stream is cut short"))
                }
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                    io::Error::new(e.kind(), format!("the {name} stream is damaged: {e}"))
                }
                _ => e,
            }
        })
    }
}

/// All members of a gzip stream.
pub fn gzip(compressed: impl BufRead) -> impl Read {
    flate2::bufread::MultiGzDecoder::new(compressed)
}
