//! A running Docker engine: its image export over its socket, as a stream. No docker command is run.

use std::io::{self, Read};
use std::time::Duration;

use bollard::Docker;
use crossbeam_channel::{Receiver, bounded};
use futures_util::StreamExt;

/// Seconds that the engine has to answer; an export then streams for as long as it takes.
const ANSWER: u64 = 120;

/// Chunks, of some 32 KiB, that wait to be read.
const CHUNKS: usize = 32;

/// The engine can't be asked, or does not have the image.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// Asks the engine of `DOCKER_HOST`, or of the usual socket, for the image.
pub fn export(reference: &str) -> Result<Export, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error(format!("no runtime: {e}")))?;
    let docker = runtime.block_on(connect())?;
    // Asked first, since an export of nothing is an error in the middle of a stream.
    runtime.block_on(docker.inspect_image(reference)).map_err(|e| Error(explain(reference, &e)))?;
    let (sender, chunks) = bounded(CHUNKS);
    let name = reference.to_owned();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let mut stream = std::pin::pin!(docker.export_image(&name));
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map(|c| c.to_vec()).map_err(|e| e.to_string());
                // The reader is gone: nobody wants the rest.
                if sender.send(chunk).is_err() {
                    return;
                }
            }
        });
    });
    Ok(Export { chunks, chunk: Vec::new(), at: 0 })
}

async fn connect() -> Result<Docker, Error> {
    let docker = Docker::connect_with_defaults().map_err(|e| Error(format!("no Docker engine: {e}")))?;
    let docker = docker.with_timeout(Duration::from_secs(ANSWER));
    docker.negotiate_version().await.map_err(|e| {
        Error(format!("the Docker engine does not answer: {e}; is it running, and is DOCKER_HOST right?"))
    })
}

fn explain(reference: &str, error: &bollard::errors::Error) -> String {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code: 404, .. } => {
            format!("the Docker engine has no image `{reference}`; pull or build it first")
        }
        other => format!("the Docker engine refused `{reference}`: {other}"),
    }
}

/// An image's archive, as the engine writes it.
pub struct Export {
    chunks: Receiver<Result<Vec<u8>, String>>,
    chunk: Vec<u8>,
    at: usize,
}

impl Read for Export {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() {
            match self.chunks.recv() {
                Err(_) => return Ok(0),
                Ok(Ok(chunk)) => (self.chunk, self.at) = (chunk, 0),
                Ok(Err(reason)) => return Err(io::Error::other(format!("the export broke off: {reason}"))),
            }
        }
        let n = buf.len().min(self.chunk.len() - self.at);
        buf[..n].copy_from_slice(&self.chunk[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
