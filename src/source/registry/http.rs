//! Requests: redirects, waiting and trying again, and what failures are called.

use std::io::Read;
use std::time::{Duration, Instant};

use ureq::http::header::{AUTHORIZATION, HeaderName, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, Method, StatusCode, Uri};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Proxy};

use super::Access;
use super::error::{Error, Kind};
use super::guard::{Guard, Refused, is_loopback_name};
use super::host::Permit;
use super::tls;
use super::url::{Rules, join, same_server};

const RESOLVE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(15);
/// Until the first byte of an answer; a registry can have to look in a slow store.
const ANSWER: Duration = Duration::from_secs(30);
/// Without a byte in the middle of a body.
const SILENCE: Duration = Duration::from_secs(30);
/// For a document, all in all: one that drips would otherwise take for ever.
const DOCUMENT: Duration = Duration::from_secs(120);

/// Redirects of one request.
const HOPS: usize = 5;
/// Tries of one request.
const TRIES: u32 = 5;
/// What a `Retry-After` may ask for, at one time.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// What all waits of one request may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);

/// A request.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: Vec<(HeaderName, String)>,
    /// Shown to this server alone.
    pub(super) authorization: Option<String>,
    /// A form to post.
    pub(super) form: Option<String>,
    /// Whether the answer is a document, which has to come soon.
    pub(super) document: bool,
}

impl Ask {
    pub(super) fn get(uri: Uri) -> Self {
        let (method, headers) = (Method::GET, Vec::new());
        Self { method, uri, headers, authorization: None, form: None, document: true }
    }
}

/// What came back, with its body still to be read.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    /// Where it came from, after redirects.
    pub(super) uri: Uri,
    pub(super) permit: Permit,
}

impl Answer {
    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body whole, if it has no more than so many bytes.
    pub(super) fn bytes(self, most: u64) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        let read = self.body.into_reader().take(most + 1).read_to_end(&mut content);
        let host = self.uri.host().unwrap_or_default();
        read.map_err(|e| Error::new(Kind::Unreachable, format!("{host}: the answer broke off: {e}")))?;
        if content.len() as u64 > most {
            let reason = format!("{host}: a document of more than {} MiB", most >> 20);
            return Err(Error::new(Kind::Unsound, reason));
        }
        Ok(content)
    }
}

/// Speaks to one registry and to whom it leads.
pub(super) struct Http {
    agent: Agent,
    pub(super) rules: Rules,
}

impl Http {
    /// `endpoint` is the registry's host and port. Whether it is spoken to without TLS is found out by the caller.
    pub(super) fn new(endpoint: &str, access: &Access) -> Result<Self, Error> {
        let host = endpoint.rsplit_once(':').map_or(endpoint, |(host, _)| host);
        let own = is_loopback_name(host) && !access.elsewhere_only;
        let proxy = if own { None } else { Proxy::try_from_env() };
        let guard =
            Guard::new(host, proxy.as_ref().map(|proxy| proxy.host().to_owned()), access.elsewhere_only);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Followed here: each is held to the rules, and the login stays behind.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("unbake/", env!("CARGO_PKG_VERSION")))
            // A range of a blob that was compressed on the way would be a range of something else.
            .accept_encoding("identity")
            .tls_config(tls::config(&access.authorities)?)
            .proxy(proxy)
            .timeout_resolve(Some(RESOLVE))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), guard);
        Ok(Self { agent, rules: Rules { plain: false, own } })
    }

    /// Whether something speaks TLS there. An error is a certificate that is not trusted.
    pub(super) fn speaks_tls(&self, endpoint: &str) -> Result<bool, Error> {
        let uri = registry_url("https", endpoint, "/v2/")?;
        let request = ureq::http::Request::get(&uri).body(()).map_err(|e| unusable(&uri, &e))?;
        let request =
            self.agent.configure_request(request).timeout_global(Some(Duration::from_secs(5))).build();
        match self.agent.run(request) {
            Ok(_) => Ok(true),
            Err(e) if certificate_fault(&e) => Err(explain(&uri, &e)),
            Err(_) => Ok(false),
        }
    }

    /// Sends a request, follows where it leads, and tries again where that can help. Answers that are no failure of
    /// the server's (404, 401, …) are answers.
    pub(super) fn send(&self, ask: &Ask) -> Result<Answer, Error> {
        let until = Instant::now() + PATIENCE;
        let mut tries = 1;
        loop {
            let asked = Instant::now();
            let result = self.follow(ask);
            // What was silent for so long is silent the next time, too.
            let soon = asked.elapsed() < CONNECT;
            let wait = match &result {
                Ok(answer) if is_busy(answer.status) => asked_wait(answer).unwrap_or_else(|| pause(tries)),
                Err(e) if e.is_passing() && soon && tries < 3 => pause(tries),
                _ => return result,
            };
            if tries == TRIES || wait > LONGEST_WAIT || Instant::now() + wait > until {
                return result.and_then(|answer| Err(given_up(&answer, tries, wait)));
            }
            // The permit of the refused request is given back before the wait.
            drop(result);
            std::thread::sleep(wait);
            tries += 1;
        }
    }

    fn follow(&self, ask: &Ask) -> Result<Answer, Error> {
        let mut ask = ask.clone();
        for _ in 0..=HOPS {
            let answer = self.once(&ask)?;
            let leads = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
            let Some(location) = answer.headers.get(LOCATION).filter(|_| leads) else { return Ok(answer) };
            let location = location.to_str().map_err(|_| {
                Error::new(Kind::Unsound, format!("{}: a redirect to no URL", host_of(&answer.uri)))
            })?;
            if ask.form.is_some() {
                let reason = format!("{}: it redirects a login, which is not sent on", host_of(&answer.uri));
                return Err(Error::new(Kind::Forbidden, reason));
            }
            let next = self.rules.check(&join(&answer.uri, location))?;
            if !same_server(&ask.uri, &next) {
                ask.authorization = None;
            }
            ask.uri = next;
        }
        Err(Error::new(Kind::Unsound, format!("{}: more than {HOPS} redirects", host_of(&ask.uri))))
    }

    fn once(&self, ask: &Ask) -> Result<Answer, Error> {
        let permit = Permit::wait(ask.uri.authority().map_or("", |a| a.as_str()));
        let mut request = ureq::http::Request::builder().method(ask.method.clone()).uri(ask.uri.clone());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(authorization) = &ask.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let limit = ask.document.then_some(DOCUMENT);
        let result = match &ask.form {
            Some(form) => {
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                let request = request.body(form.as_str()).map_err(|e| unusable(&ask.uri, &e))?;
                self.agent.run(self.agent.configure_request(request).timeout_global(limit).build())
            }
            None => {
                let request = request.body(()).map_err(|e| unusable(&ask.uri, &e))?;
                self.agent.run(self.agent.configure_request(request).timeout_global(limit).build())
            }
        };
        let (parts, body) = result.map_err(|e| explain(&ask.uri, &e))?.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body, uri: ask.uri.clone(), permit })
    }
}

/// A URL of the registry itself.
pub(super) fn registry_url(scheme: &str, endpoint: &str, path: &str) -> Result<Uri, Error> {
    let text = format!("{scheme}://{endpoint}{path}");
    text.parse().map_err(|_| Error::new(Kind::Usage, format!("{endpoint} is no name of a host")))
}

fn host_of(uri: &Uri) -> &str {
    uri.authority().map_or("", |authority| authority.as_str())
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// A quarter of a second, doubled each time.
fn pause(tries: u32) -> Duration {
    Duration::from_millis(125 << tries.min(5))
}

/// `Retry-After` in seconds. As a date it is not used by registries, and a pause does then.
fn asked_wait(answer: &Answer) -> Option<Duration> {
    let seconds = answer.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn given_up(answer: &Answer, tries: u32, wait: Duration) -> Error {
    let mut said = format!("{} answered {}", host_of(&answer.uri), answer.status);
    if tries > 1 {
        said.push_str(&format!(" {tries} times"));
    }
    if wait > LONGEST_WAIT {
        said.push_str(&format!(", and asks to wait {} s", wait.as_secs()));
    }
    let advice = match answer.status {
        StatusCode::TOO_MANY_REQUESTS => "it limits requests: wait, or log in to have a higher limit",
        _ => "it failed: try again later",
    };
    Error::new(Kind::Busy, format!("{said}; {advice}"))
}

fn unusable(uri: &Uri, error: &ureq::http::Error) -> Error {
    Error::new(Kind::Usage, format!("{}: the request can't be made: {error}", host_of(uri)))
}

/// Whether the other side speaks TLS, and its certificate is what is wrong.
fn certificate_fault(error: &ureq::Error) -> bool {
    let certificate = |e: &rustls::Error| matches!(e, rustls::Error::InvalidCertificate(_));
    match error {
        ureq::Error::Rustls(e) => certificate(e),
        ureq::Error::Io(e) => e.get_ref().and_then(|e| e.downcast_ref()).is_some_and(certificate),
        _ => false,
    }
}

fn explain(uri: &Uri, error: &ureq::Error) -> Error {
    let host = host_of(uri);
    let io = |e: &std::io::Error| match e.kind() {
        std::io::ErrorKind::ConnectionRefused => "nothing listens there; is the port right?".to_owned(),
        _ => e.to_string(),
    };
    let unreachable = |reason: String| Error::new(Kind::Unreachable, format!("{host}: {reason}"));
    if certificate_fault(error) {
        let advice = "give its authority with --ca FILE if it is your own";
        let reason = match error {
            ureq::Error::Io(e) => e.to_string(),
            ureq::Error::Rustls(e) => e.to_string(),
            _ => String::new(),
        };
        return Error::new(
            Kind::Unsound,
            format!("{host}: its certificate is not trusted ({reason}); {advice}"),
        );
    }
    match error {
        ureq::Error::Other(e) => match e.downcast_ref::<Refused>() {
            Some(refused) => Error::new(Kind::Forbidden, refused.to_string()),
            None => unreachable(e.to_string()),
        },
        ureq::Error::HostNotFound => {
            Error::new(Kind::Missing, format!("{host}: no such host; is its name right?"))
        }
        ureq::Error::Timeout(what) => unreachable(format!("no answer in time ({what})")),
        ureq::Error::Io(e) => unreachable(io(e)),
        ureq::Error::Protocol(e) => unreachable(format!("it does not speak HTTP as it should: {e}")),
        ureq::Error::Rustls(e) => {
            unreachable(format!("no TLS: {e}; is it a registry without TLS? See --insecure-registry"))
        }
        // It would show the query, which can hold a signature.
        ureq::Error::BadUri(_) => Error::new(Kind::Unsound, format!("{host}: that is no URL")),
        other => unreachable(other.to_string()),
    }
}
