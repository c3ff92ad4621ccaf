//! Addresses that no reference, realm or redirect may lead to.
//!
//! A registry's answers name further servers: where to get a token, where a layer is. Whoever writes a reference
//! into a pipeline or a Pod must not make a scanner ask the cloud's metadata service, or a service of its machine.
//! Names are checked after they were resolved, by the addresses that are then connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Metadata services that have no link-local address: AWS over IPv6, Azure, Alibaba, Oracle.
const METADATA: [IpAddr; 4] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

/// Why an address is not to be spoken to, if so. `own` allows those of this machine.
fn objection(address: IpAddr, own: bool) -> Option<&'static str> {
    let address = embedded(address);
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    let nobody = match address {
        IpAddr::V4(v4) => v4.is_broadcast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => v6.is_unspecified(),
    };
    if link_local || METADATA.contains(&address) {
        Some("link-local and metadata addresses are not spoken to")
    } else if nobody || address.is_multicast() {
        Some("it is no address of a server")
    } else if address.is_loopback() && !own {
        Some("that is this machine, to which nothing elsewhere may lead")
    } else {
        None
    }
}

/// The IPv4 address within an IPv6 one: mapped, compatible, NAT64 or 6to4.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let parts = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        _ if v6.is_loopback() || v6.is_unspecified() => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => v4(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

/// Resolves names, and refuses what they must not lead to.
#[derive(Debug)]
pub(super) struct Guard {
    inner: DefaultResolver,
    /// Host of the registry, as the reference names it.
    home: String,
    /// Host of the proxy: the person who runs this chose it.
    proxy: Option<String>,
    /// Whether the registry is on this machine, and so what it names may be, too.
    own: AtomicBool,
    elsewhere_only: bool,
}

impl Guard {
    pub(super) fn new(home: &str, proxy: Option<String>, elsewhere_only: bool) -> Self {
        let own = AtomicBool::new(!elsewhere_only && is_loopback_name(home));
        Self { inner: DefaultResolver::default(), home: home.to_owned(), proxy, own, elsewhere_only }
    }

    /// Objects to a literal address. Through a proxy names are resolved elsewhere, and this is all that can be seen.
    pub(super) fn check_literal(uri: &Uri, own: bool) -> Result<(), String> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        // `0xa9fea9fe` and `2852039166` are addresses as well, and only the system's resolver knows all such forms.
        let literal = host.contains(':')
            || (host.ends_with(|c: char| c.is_ascii_hexdigit())
                && host.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | 'x' | 'X'))
                && host.contains(|c: char| c.is_ascii_digit()));
        let addresses = match (literal, (host, 0).to_socket_addrs()) {
            (true, Ok(addresses)) => addresses,
            _ => return Ok(()),
        };
        match addresses.filter_map(|a| objection(a.ip(), own)).next() {
            Some(reason) => Err(format!("{host}: {reason}")),
            None => Ok(()),
        }
    }

    fn judge(&self, host: &str, addresses: &[SocketAddr]) -> Result<(), String> {
        let home = host == self.home && !self.elsewhere_only;
        let proxy = self.proxy.as_deref() == Some(host);
        for address in addresses {
            if home && address.ip().is_loopback() {
                self.own.store(true, Ordering::Relaxed);
            }
            let own = home || proxy || self.own.load(Ordering::Relaxed);
            if let Some(reason) = objection(address.ip(), own) {
                return Err(format!("{host} is {}: {reason}", address.ip()));
            }
        }
        Ok(())
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = self.inner.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default();
        match self.judge(host.trim_matches(['[', ']']), &addresses) {
            Ok(()) => Ok(addresses),
            Err(reason) => Err(ureq::Error::Other(Box::new(Refused(reason)))),
        }
    }
}

/// An address that was refused, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

/// Whether a host is this machine by its name.
pub(super) fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn metadata_addresses_are_refused_in_every_form() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "168.63.129.16",
            "100.100.100.200",
            "0.0.0.0",
            "::",
            "224.0.0.1",
        ] {
            assert!(objection(address.parse().unwrap(), true).is_some(), "{address}");
        }
        for address in ["10.1.2.3", "192.168.0.9", "172.16.0.1", "8.8.8.8", "fd12::1", "2606:4700::1111"] {
            assert_eq!(objection(address.parse().unwrap(), false), None, "{address}");
        }
    }

    #[test]
    fn this_machine_is_for_registries_of_this_machine() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(objection(address.parse().unwrap(), false).is_some(), "{address}");
            assert_eq!(objection(address.parse().unwrap(), true), None, "{address}");
        }
    }

    #[test]
    fn numbers_that_are_addresses_are_seen() {
        for host in ["169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]", "[::ffff:a9fe:a9fe]"] {
            let uri: Uri = format!("http://{host}/latest").parse().unwrap();
            assert!(Guard::check_literal(&uri, true).is_err(), "{host}");
        }
        for host in ["registry.example", "cafe.de", "10.0.0.1:5000"] {
            let uri: Uri = format!("https://{host}/v2/").parse().unwrap();
            assert!(Guard::check_literal(&uri, false).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_name_is_judged_by_its_addresses() {
        let guard = Guard::new("registry.example", None, false);
        let at = |text: &str| vec![format!("{text}:443").parse::<SocketAddr>().unwrap()];
        assert!(guard.judge("blobs.example", &at("169.254.169.254")).is_err());
        assert!(guard.judge("blobs.example", &at("127.0.0.1")).is_err());
        assert!(guard.judge("registry.example", &at("169.254.169.254")).is_err());
        // A name in /etc/hosts: the registry is on this machine, and what it names can be, too.
        assert!(guard.judge("registry.example", &at("127.0.0.1")).is_ok());
        assert!(guard.judge("blobs.example", &at("127.0.0.1")).is_ok());
        let guard = Guard::new("registry.example", Some("proxy.example".to_owned()), true);
        assert!(guard.judge("registry.example", &at("127.0.0.1")).is_err());
        assert!(guard.judge("proxy.example", &at("127.0.0.1")).is_ok());
    }
}
