//! Logging in: Basic, and tokens from a token server (distribution, "Token Authentication Specification").

use std::sync::{Mutex, PoisonError};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use ureq::http::header::CONTENT_TYPE;

use super::error::{Error, Kind};
use super::http::{Ask, Http};
use super::keychain::{Found, Login};

/// Tokens have some KB.
const LARGEST_ANSWER: u64 = 1 << 20;

/// What is asked of `WWW-Authenticate` (RFC 9110, 11.6.1).
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: String },
}

/// The login in use for one repository.
pub(super) struct Session {
    scope: String,
    /// What is tried, in turn; nobody is the last.
    candidates: Vec<Option<Login>>,
    problems: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default, Clone)]
struct State {
    header: Option<String>,
    /// Which candidate the header is of.
    at: usize,
    /// Counts the headers, so that of several readers one renews it.
    generation: u64,
    /// Whether the registry took the header once: refused later, it has expired.
    proved: bool,
}

/// A header to send, and which it is.
pub(super) struct Pass {
    pub(super) header: Option<String>,
    generation: u64,
}

impl Session {
    pub(super) fn new(repository: &str, found: Found) -> Self {
        let candidates = found.logins.into_iter().map(Some).chain([None]).collect();
        let scope = format!("repository:{repository}:pull");
        Self { scope, candidates, problems: found.problems, state: Mutex::default() }
    }

    /// What to send now.
    pub(super) fn pass(&self) -> Pass {
        let state = self.lock();
        Pass { header: state.header.clone(), generation: state.generation }
    }

    /// The registry took it.
    pub(super) fn taken(&self, pass: &Pass) {
        let mut state = self.lock();
        if state.generation == pass.generation {
            state.proved = true;
        }
    }

    /// The registry refused it with `status` (401 or 403), and says what it wants.
    pub(super) fn refused(
        &self,
        http: &Http,
        pass: &Pass,
        status: u16,
        challenge: Option<&str>,
        what: &str,
    ) -> Result<Pass, Error> {
        let mut state = self.lock();
        if state.generation != pass.generation {
            return Ok(Pass { header: state.header.clone(), generation: state.generation });
        }
        let challenge = challenge.and_then(parse);
        if state.proved && status == 403 {
            // The login is good, and not for this; the rest is still read with it.
            return Err(self.denied(what, status, false, &[]));
        }
        let expired = state.proved && status == 401;
        if state.header.is_some() && !expired {
            state.at += 1;
        }
        state.proved = false;
        let mut reasons = Vec::new();
        while let Some(login) = self.candidates.get(state.at) {
            match header(http, challenge.as_ref(), login.as_ref(), &self.scope) {
                Ok(Some(header)) => {
                    state.header = Some(header);
                    state.generation += 1;
                    return Ok(Pass { header: state.header.clone(), generation: state.generation });
                }
                Ok(None) => {}
                Err(e) if e.kind == Kind::Denied => reasons.push(e.to_string()),
                Err(e) => return Err(e),
            }
            state.at += 1;
        }
        Err(self.denied(what, status, challenge.is_none(), &reasons))
    }

    fn denied(&self, what: &str, status: u16, no_challenge: bool, reasons: &[String]) -> Error {
        let logins = self.candidates.len() - 1;
        let registry = what.split('/').next().unwrap_or(what);
        let mut message = match (status, logins) {
            (403, _) => format!("{what}: the login is not allowed to read this (403)"),
            (_, 0) => {
                format!("{what}: not public, and no login for it was found; use `docker login {registry}`")
            }
            (_, n) => format!(
                "{what}: the registry refused the login ({n} tried); log in again with `docker login {registry}`"
            ),
        };
        if no_challenge && status == 401 {
            message.push_str("; it does not say how it wants to be logged in to");
        }
        for reason in reasons.iter().chain(&self.problems) {
            message.push_str("; ");
            message.push_str(reason);
        }
        Error::new(Kind::Denied, message)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The header that answers a challenge. None where this login can't.
fn header(
    http: &Http,
    challenge: Option<&Challenge>,
    login: Option<&Login>,
    scope: &str,
) -> Result<Option<String>, Error> {
    match (challenge, login) {
        (_, Some(Login::Registry(token))) => Ok(Some(format!("Bearer {token}"))),
        (Some(Challenge::Basic), login) => Ok(login.and_then(Login::basic)),
        (Some(Challenge::Bearer { realm, service }), login) => {
            Ok(Some(format!("Bearer {}", token(http, realm, service, scope, login)?)))
        }
        (None, _) => Ok(None),
    }
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

fn token(
    http: &Http,
    realm: &str,
    service: &str,
    scope: &str,
    login: Option<&Login>,
) -> Result<String, Error> {
    // The realm may have a query of its own.
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query = format!("service={}&scope={}", encode(service), encode(scope));
    let ask = if let Some(Login::Identity(refresh)) = login {
        let mut ask = Ask::get(http.rules.check(realm)?);
        ask.method = ureq::http::Method::POST;
        ask.form = Some(format!(
            "grant_type=refresh_token&client_id=unbake&{query}&refresh_token={}",
            encode(refresh)
        ));
        ask
    } else {
        let join = if realm.contains('?') { '&' } else { '?' };
        let mut ask = Ask::get(http.rules.check(&format!("{realm}{join}{query}"))?);
        ask.authorization = login.and_then(Login::basic);
        ask
    };
    let host = ask.uri.authority().map_or(String::new(), ToString::to_string);
    let answer = http.send(&ask)?;
    let status = answer.status.as_u16();
    match status {
        200 => {}
        400 | 401 | 403 | 404 => {
            let who = if login.is_some() { "the login" } else { "a request without login" };
            return Err(Error::new(
                Kind::Denied,
                format!("the token server {host} refused {who} ({status})"),
            ));
        }
        _ => {
            return Err(Error::new(Kind::Unreachable, format!("the token server {host} answered {status}")));
        }
    }
    if answer.headers.get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html")) {
        let reason = format!("the token server {host} answered with a page for people, not a token");
        return Err(Error::new(Kind::Unsound, reason));
    }
    let token: Option<Token> = serde_json::from_slice(&answer.bytes(LARGEST_ANSWER)?).ok();
    let token = token.and_then(|t| t.token.filter(|t| !t.is_empty()).or(t.access_token));
    // What can't stand in a header is no token.
    token.filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())).ok_or_else(|| {
        Error::new(Kind::Unsound, format!("the token server {host} gave an answer without a token"))
    })
}

/// Reads a challenge. The first of those that are known counts: `Bearer` before `Basic`.
fn parse(text: &str) -> Option<Challenge> {
    let position = |scheme: &str| {
        text.to_ascii_lowercase()
            .match_indices(scheme)
            .map(|(at, _)| at)
            .find(|&at| at == 0 || text[..at].trim_end().ends_with(','))
    };
    if let Some(at) = position("bearer ") {
        let parameters = &text[at + "bearer ".len()..];
        let realm = parameter(parameters, "realm")?;
        return Some(Challenge::Bearer {
            realm,
            service: parameter(parameters, "service").unwrap_or_default(),
        });
    }
    position("basic").map(|_| Challenge::Basic)
}

/// `name="value"` or `name=value` of a challenge; commas can stand in quotes.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text.trim_start();
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim_end(), &after[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = next.trim_start_matches([',', ' ', '\t']);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let bearer = |realm: &str, service: &str| {
            Some(Challenge::Bearer { realm: realm.to_owned(), service: service.to_owned() })
        };
        let text = "Bearer realm=\"https://auth.example/token\",service=\"r.example\",\
                    scope=\"repository:a/b:pull,push\"";
        assert_eq!(parse(text), bearer("https://auth.example/token", "r.example"));
        let text = "bearer scope=\"repository:a:pull,push\", realm=https://a.example/t";
        assert_eq!(parse(text), bearer("https://a.example/t", ""));
        assert_eq!(parse("Basic realm=\"Registry Realm\""), Some(Challenge::Basic));
        let both = "Basic realm=\"x\", Bearer realm=\"https://a.example/t\",service=\"s\"";
        assert_eq!(parse(both), bearer("https://a.example/t", "s"));
        for wrong in ["", "Bearer", "Bearer service=\"x\"", "Negotiate", "Bearer realm=\"x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
