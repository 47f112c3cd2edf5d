//! A run buys things: which hosts may be ordered from without being asked for.

use std::net::IpAddr;

/// The host of a URL, without brackets.
pub(super) fn host_of(url: &str) -> Option<String> {
    let parsed = reqwest::Url::parse(url).ok()?;
    parsed.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned())
}

/// True where nothing of the outside world can be meant: loopback, private and link-local addresses, `localhost`, and
/// names without a dot.
pub(super) fn is_local(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => is_local(&mapped.to_string()),
            None => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
        },
        Err(_) => !host.trim_end_matches('.').contains('.') || host.trim_end_matches('.').ends_with(".localhost"),
    }
}

/// True when the user has named this host.
pub(super) fn is_named(host: &str, consent: &[String]) -> bool {
    consent.iter().any(|named| named.trim().eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_the_outside_world_needs_no_consent() {
        for host in [
            "localhost",
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.9",
            "172.16.0.1",
            "169.254.1.1",
            "sm",
            "::1",
            "fd00::1",
            "fe80::1",
            "a.localhost",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "sm.vendor.example",
            "8.8.8.8",
            "172.32.0.1",
            "2001:db8::1",
            "::ffff:8.8.8.8",
            "localhost.example",
            "127.0.0.1.nip.example",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn hosts_are_read_from_urls() {
        assert_eq!(host_of("https://SM.example:8443/api?x=1").as_deref(), Some("sm.example"));
        assert_eq!(host_of("http://[::1]:5000/x").as_deref(), Some("::1"));
        assert_eq!(host_of("nonsense"), None);
        assert!(
            is_named("sm.example", &["SM.example".to_owned()]) && !is_named("x.sm.example", &["sm.example".to_owned()])
        );
    }
}
