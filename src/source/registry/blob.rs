//! A blob on its way from the registry. Cut off, it goes on where it was.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ureq::BodyReader;

use super::client::Client;
use super::error::{Error, Kind};
use super::host::Permit;
use super::http::PATIENCE;

/// Times that one blob is taken up again.
const RESUMES: u32 = 5;

/// The bytes of a blob. It is held to its size here, and to its digest by who reads it.
pub(super) struct Blob<'c> {
    client: &'c Client,
    digest: String,
    size: Option<u64>,
    at: u64,
    resumes: u32,
    body: Option<(BodyReader<'static>, Permit)>,
    /// The same failure again, for those who ask again.
    failed: Option<Error>,
}

impl<'c> Blob<'c> {
    pub(super) fn open(client: &'c Client, digest: &str, size: Option<u64>) -> Result<Self, Error> {
        let (digest, body) = (digest.to_owned(), None);
        let mut blob = Self { client, digest, size, at: 0, resumes: 0, body, failed: None };
        blob.connect()?;
        Ok(blob)
    }

    /// Asks for the rest.
    fn connect(&mut self) -> Result<(), Error> {
        let answer = self.client.blob_from(&self.digest, self.at)?;
        let partial = answer.status.as_u16() == 206;
        let from = if partial { answer.header("content-range").and_then(starts_at) } else { Some(0) };
        // Held to what comes where the manifest does not say.
        let length = answer.header("content-length").and_then(|l| l.parse::<u64>().ok());
        if self.size.is_none() && !partial {
            self.size = length;
        }
        let permit = answer.permit;
        let mut reader = answer.body.into_reader();
        match from {
            Some(from) if from <= self.at => {
                // A registry without ranges begins again.
                let before = self.at - from;
                let passed = io::copy(&mut (&mut reader).take(before), &mut io::sink());
                if !passed.is_ok_and(|n| n == before) {
                    return Err(Error::new(
                        Kind::Unreachable,
                        "it was cut off again, before where it had been",
                    ));
                }
                self.body = Some((reader, permit));
                Ok(())
            }
            _ => Err(Error::new(Kind::Unsound, "the registry sent another range than was asked for")),
        }
    }

    fn resume(&mut self, reason: &str) -> Result<(), Error> {
        // Its permit is free before the next is waited for.
        self.body = None;
        let until = Instant::now() + PATIENCE;
        loop {
            if self.resumes == RESUMES || Instant::now() > until {
                let (at, times) = (self.at, self.resumes + 1);
                let of = self.size.map_or(String::new(), |size| format!(" of {size}"));
                let message =
                    format!("it was cut off {times} times, the last time at byte {at}{of}: {reason}");
                return Err(Error::new(Kind::Unreachable, message));
            }
            std::thread::sleep(Duration::from_millis(50 << self.resumes));
            self.resumes += 1;
            match self.connect() {
                Err(e) if e.is_passing() => {}
                other => return other,
            }
        }
    }

    fn fail(&mut self, error: Error) -> io::Error {
        self.body = None;
        self.failed = Some(error.clone());
        error.into()
    }
}

impl Read for Blob<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        loop {
            let Some((body, _)) = &mut self.body else { return Ok(0) };
            let reason = match body.read(buf) {
                Ok(0) if buf.is_empty() => return Ok(0),
                Ok(0) if self.size.is_none_or(|size| self.at >= size) => {
                    self.body = None;
                    return Ok(0);
                }
                Ok(0) => "the connection was closed".to_owned(),
                Ok(n) => {
                    self.at += n as u64;
                    if self.size.is_some_and(|size| self.at > size) {
                        let message = "it has more bytes than the manifest says; the rest was not read";
                        return Err(self.fail(Error::new(Kind::Unsound, message)));
                    }
                    return Ok(n);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => e.to_string(),
            };
            if let Err(error) = self.resume(&reason) {
                return Err(self.fail(error));
            }
        }
    }
}

/// The first byte of `bytes 5-9/10` (RFC 9110, 14.4).
fn starts_at(range: &str) -> Option<u64> {
    range.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}
