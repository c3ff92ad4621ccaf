//! The registry's interface (OCI distribution-spec 1.1): tags, manifests, blobs, referrers.

use serde_json::Value;
use ureq::http::Method;
use ureq::http::header::{ACCEPT, RANGE};

use super::Access;
use super::auth::Session;
use super::blob::Blob;
use super::error::{Error, Kind};
use super::guard::{Guard, is_loopback_name};
use super::http::{Answer, Ask, Http, registry_url};
use super::name::Name;
use super::url::{join, same_server};
use crate::oci::images::digest;

/// What a manifest may have: registries refuse larger ones (distribution-spec, "Pushing Manifests").
pub(super) const LARGEST_MANIFEST: u64 = 4 << 20;

/// Pages of one list of referrers.
const PAGES: usize = 20;

/// Documents that are understood, or told to be not: schema 1 comes where the registry has nothing else.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.v1+prettyjws;q=0.1, \
    application/vnd.docker.distribution.manifest.v1+json;q=0.1, application/vnd.oci.artifact.manifest.v1+json;q=0.1";

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// One repository of a registry.
pub(super) struct Client {
    http: Http,
    session: Session,
    scheme: &'static str,
    endpoint: String,
    repository: String,
    /// What messages call it.
    shown: String,
}

impl Client {
    /// Nothing but whether TLS is spoken is asked here, and only where it need not be.
    pub(super) fn connect(name: &Name, access: &Access) -> Result<Self, Error> {
        let endpoint = name.endpoint().to_owned();
        let host = endpoint.rsplit_once(':').map_or(endpoint.as_str(), |(host, _)| host);
        let mut http = Http::new(&endpoint, access)?;
        // The resolver looks at names; behind a proxy it is not asked.
        Guard::check_literal(&registry_url("https", &endpoint, "/v2/")?, !access.elsewhere_only)
            .map_err(|reason| Error::new(Kind::Forbidden, reason))?;
        let may_be_plain =
            is_loopback_name(host) || access.insecure.iter().any(|h| *h == endpoint || h == host);
        http.rules.plain = may_be_plain && !http.speaks_tls(&endpoint)?;
        let session = Session::new(&name.repository, access.keychain.find(&name.registry, &name.repository));
        Ok(Self {
            scheme: if http.rules.plain { "http" } else { "https" },
            http,
            session,
            shown: format!("{}/{}", name.registry, name.repository),
            endpoint,
            repository: name.repository.clone(),
        })
    }

    /// The digest that a tag stands for now.
    pub(super) fn digest_of_tag(&self, tag: &str) -> Result<String, Error> {
        let path = format!("manifests/{tag}");
        let mut ask = self.ask(&path, MANIFESTS)?;
        ask.method = Method::HEAD;
        let named = format!("{}:{tag}", self.shown);
        let answer = self.send(ask.clone(), &named)?;
        if answer.status.is_success()
            && let Some(digest) = answer.header("docker-content-digest").filter(|d| is_digest(d))
        {
            return Ok(digest.to_owned());
        }
        drop(answer);
        // Not every registry answers HEAD, or with a digest.
        ask.method = Method::GET;
        let answer = self.found(self.send(ask, &named)?, &named)?;
        Ok(digest(&answer.bytes(LARGEST_MANIFEST)?))
    }

    /// A manifest or index by digest, as it came: whoever reads it holds it to the digest.
    pub(super) fn manifest(&self, digest: &str) -> Result<Vec<u8>, Error> {
        let named = format!("{}@{digest}", self.shown);
        let answer = self.send(self.ask(&format!("manifests/{digest}"), MANIFESTS)?, &named)?;
        self.found(answer, &named)?.bytes(LARGEST_MANIFEST)
    }

    /// A small blob whole.
    pub(super) fn document(&self, digest: &str) -> Result<Vec<u8>, Error> {
        let named = format!("blob {digest} of {}", self.shown);
        let answer = self.send(self.ask(&format!("blobs/{digest}"), "*/*")?, &named)?;
        self.found(answer, &named)?.bytes(LARGEST_MANIFEST)
    }

    /// Whether the registry itself has a blob.
    pub(super) fn has(&self, digest: &str) -> bool {
        let asked = self.ask(&format!("blobs/{digest}"), "*/*").and_then(|mut ask| {
            ask.method = Method::HEAD;
            self.send(ask, digest)
        });
        asked.is_ok_and(|answer| answer.status.is_success())
    }

    /// A blob as a stream. `size` is what the manifest says it has.
    pub(super) fn blob(&self, digest: &str, size: Option<u64>) -> Result<Blob<'_>, Error> {
        Blob::open(self, digest, size)
    }

    /// A blob from a byte on. The answer can be from its beginning all the same.
    pub(super) fn blob_from(&self, digest: &str, at: u64) -> Result<Answer, Error> {
        let named = format!("blob {digest} of {}", self.shown);
        let mut ask = self.ask(&format!("blobs/{digest}"), "*/*")?;
        ask.document = false;
        if at > 0 {
            ask.headers.push((RANGE, format!("bytes={at}-")));
        }
        self.found(self.send(ask, &named)?, &named)
    }

    /// What refers to a digest: descriptors. None where the registry does not have that list.
    pub(super) fn referrers(&self, digest: &str) -> Result<Option<Vec<Value>>, Error> {
        let named = format!("the referrers of {}@{digest}", self.shown);
        let mut ask = self.ask(&format!("referrers/{digest}"), INDEX)?;
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let answer = self.send(ask.clone(), &named)?;
            if matches!(answer.status.as_u16(), 400 | 404 | 405 | 501) {
                return Ok(None);
            }
            let answer = self.found(answer, &named)?;
            let next = answer.header("link").and_then(next_page).map(|link| join(&answer.uri, link));
            let index: Value = match serde_json::from_slice(&answer.bytes(LARGEST_MANIFEST)?) {
                Ok(index) => index,
                // A page for people, at a path that the registry does not know.
                Err(_) if found.is_empty() => return Ok(None),
                Err(e) => return Err(Error::new(Kind::Unsound, format!("{named}: not JSON: {e}"))),
            };
            found.extend(index["manifests"].as_array().cloned().unwrap_or_default());
            let Some(next) = next else { return Ok(Some(found)) };
            let next = self.http.rules.check(&next)?;
            if !same_server(&ask.uri, &next) {
                return Err(Error::new(
                    Kind::Forbidden,
                    format!("{named}: its next page is on another server"),
                ));
            }
            ask.uri = next;
        }
        Err(Error::new(Kind::Unsound, format!("{named}: more than {PAGES} pages")))
    }

    /// The digest and bytes of what a tag names, if there is such a tag.
    pub(super) fn tagged(&self, tag: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        let named = format!("{}:{tag}", self.shown);
        let answer = self.send(self.ask(&format!("manifests/{tag}"), MANIFESTS)?, &named)?;
        if matches!(answer.status.as_u16(), 400 | 404) {
            return Ok(None);
        }
        let bytes = self.found(answer, &named)?.bytes(LARGEST_MANIFEST)?;
        Ok(Some((digest(&bytes), bytes)))
    }

    fn ask(&self, path: &str, accept: &str) -> Result<Ask, Error> {
        let path = format!("/v2/{}/{path}", self.repository);
        let mut ask = Ask::get(registry_url(self.scheme, &self.endpoint, &path)?);
        ask.headers = vec![(ACCEPT, accept.to_owned())];
        Ok(ask)
    }

    /// Sends, and logs in where that is asked for.
    fn send(&self, mut ask: Ask, named: &str) -> Result<Answer, Error> {
        let mut pass = self.session.pass();
        loop {
            ask.authorization.clone_from(&pass.header);
            let answer = self.http.send(&ask)?;
            let status = answer.status.as_u16();
            if !matches!(status, 401 | 403) {
                self.session.taken(&pass);
                return Ok(answer);
            }
            if !same_server(&ask.uri, &answer.uri) {
                let host = answer.uri.host().unwrap_or_default();
                let reason = format!("{named}: {host}, to which the registry leads, refused it ({status})");
                return Err(Error::new(Kind::Denied, reason));
            }
            // There can be several such headers, and one of them can have several challenges.
            let challenges: Vec<_> =
                answer.headers.get_all("www-authenticate").iter().filter_map(|v| v.to_str().ok()).collect();
            let challenge = challenges.join(", ");
            drop(answer);
            let challenge = Some(challenge.as_str()).filter(|c| !c.is_empty());
            // Each refusal uses up a candidate, so this ends.
            pass = self.session.refused(&self.http, &pass, status, challenge, named)?;
        }
    }

    fn found(&self, answer: Answer, named: &str) -> Result<Answer, Error> {
        match answer.status.as_u16() {
            200..=299 => Ok(answer),
            404 => {
                let advice = match named.starts_with("blob ") {
                    true => "push the image again",
                    false => "is the name right, and was it pushed?",
                };
                Err(Error::new(Kind::Missing, format!("{named}: the registry does not have it; {advice}")))
            }
            400 => {
                Err(Error::new(Kind::Usage, format!("{named}: the registry does not understand the request")))
            }
            status => Err(Error::new(Kind::Unsound, format!("{named}: the registry answered {status}"))),
        }
    }
}

/// `sha256:…` and the like.
pub(super) fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty()
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric())
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// `<URL>; rel="next"` (RFC 8288).
fn next_page(link: &str) -> Option<&str> {
    link.contains("rel=\"next\"")
        .then(|| link.split_once('<')?.1.split_once('>').map(|(url, _)| url))
        .flatten()
}
