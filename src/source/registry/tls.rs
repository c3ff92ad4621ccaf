//! Whom to trust.

use std::path::PathBuf;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::error::{Error, Kind};

/// The system's authorities, and those of the files.
pub(super) fn config(files: &[PathBuf]) -> Result<TlsConfig, Error> {
    let mut trusted = Vec::new();
    for file in files {
        let wrong = |reason: String| Error::new(Kind::Usage, format!("--ca {}: {reason}", file.display()));
        let pem = std::fs::read(file).map_err(|e| wrong(e.to_string()))?;
        let before = trusted.len();
        for item in parse_pem(&pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => trusted.push(certificate),
                Ok(_) => {}
                Err(e) => return Err(wrong(format!("not PEM: {e}"))),
            }
        }
        if trusted.len() == before {
            return Err(wrong("no certificate is in it; it has to be PEM".to_owned()));
        }
    }
    // What of the system's can't be read is not trusted, and that shows when it is needed.
    let system = rustls_native_certs::load_native_certs().certs;
    trusted.extend(system.iter().map(|der| Certificate::from_der(der).to_owned()));
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}
