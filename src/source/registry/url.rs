//! URLs that registries give: where a redirect leads, and whether it may.

use ureq::http::Uri;

use super::error::{Error, Kind};
use super::guard::Guard;

/// What a registry may lead to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Whether the registry itself is spoken to without TLS.
    pub(super) plain: bool,
    /// Whether it is on this machine.
    pub(super) own: bool,
}

impl Rules {
    /// A URL that someone else wrote, if it may be asked.
    pub(super) fn check(self, text: &str) -> Result<Uri, Error> {
        // The query can hold a signature that opens a blob, and is not shown.
        let shown = text.split(['?', '#']).next().unwrap_or_default();
        let shown = shown.rsplit_once('@').map_or(shown, |(_, rest)| rest);
        let refuse = |reason: &str| {
            Err(Error::new(Kind::Forbidden, format!("the registry leads to {shown:.200}: {reason}")))
        };
        let Ok(uri) = text.split('#').next().unwrap_or_default().parse::<Uri>() else {
            return refuse("that is no URL");
        };
        let Some(authority) = uri.authority() else { return refuse("that names no host") };
        if authority.as_str().contains('@') {
            return refuse("a URL can't hold a login");
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.plain => {}
            Some("http") => return refuse("that is without TLS, and the registry is with"),
            _ => return refuse("only http and https are spoken"),
        }
        match Guard::check_literal(&uri, self.own) {
            Ok(()) => Ok(uri),
            Err(reason) => refuse(&reason),
        }
    }
}

/// Where `location` leads from `base` (RFC 3986, 5.2; what servers send).
pub(super) fn join(base: &Uri, location: &str) -> String {
    let scheme = base.scheme_str().unwrap_or("https");
    let authority = base.authority().map_or("", |a| a.as_str());
    if location.contains("://") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let directory = base.path().rsplit_once('/').map_or("", |(directory, _)| directory);
        format!("{scheme}://{authority}{directory}/{location}")
    }
}

/// Whether two URLs are of one server, so that a login for one is for the other.
pub(super) fn same_server(a: &Uri, b: &Uri) -> bool {
    let port =
        |uri: &Uri| uri.port_u16().or(if uri.scheme_str() == Some("http") { Some(80) } else { Some(443) });
    a.scheme_str() == b.scheme_str()
        && a.host().map(str::to_ascii_lowercase) == b.host().map(str::to_ascii_lowercase)
        && port(a) == port(b)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_resolved() {
        let base: Uri = "https://registry.example/v2/app/blobs/sha256:1".parse().unwrap();
        for (location, full) in [
            ("https://cdn.example/x?sig=1", "https://cdn.example/x?sig=1"),
            ("//cdn.example/x", "https://cdn.example/x"),
            ("/x", "https://registry.example/x"),
            ("x", "https://registry.example/v2/app/blobs/x"),
        ] {
            assert_eq!(join(&base, location), full);
        }
    }

    #[test]
    fn a_login_is_for_one_server() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert!(same_server(&uri("https://a.example/1"), &uri("https://A.example:443/2")));
        for other in
            ["http://a.example/", "https://a.example:444/", "https://b.example/", "https://a.example.b/"]
        {
            assert!(!same_server(&uri("https://a.example/"), &uri(other)), "{other}");
        }
    }

    #[test]
    fn what_may_not_be_asked_is_refused_and_no_login_shown() {
        let rules = Rules { plain: false, own: false };
        for wrong in [
            "http://cdn.example/",
            "file:///etc/passwd",
            "/v2/",
            "https://169.254.169.254/latest",
            "https://127.0.0.1/",
            "https://unbake:invented@cdn.example/",
        ] {
            let error = rules.check(wrong).unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden, "{wrong}");
            assert!(!error.to_string().contains("invented"), "{error}");
        }
        assert!(rules.check("https://cdn.example/x?signature=1").is_ok());
    }
}
