//! What is an IP address as text.
use super::address::Family;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// 4, 6 or 0. IPv4 in strict dotted form; IPv6 in every form, with a zone.
pub fn is_ip(text: &[u8]) -> u8 {
    let Ok(text) = std::str::from_utf8(text) else { return 0 };
    if text.parse::<Ipv4Addr>().is_ok() {
        return 4;
    }
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let zone_ok =
        |zone: &str| !zone.is_empty() && zone.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    if address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(zone_ok) { 6 } else { 0 }
}

/// The address to connect to or listen on, for text that [`is_ip`] takes.
pub fn parse(text: &str, port: u16) -> Option<SocketAddr> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    match address.parse().ok()? {
        IpAddr::V4(_) if zone.is_some() => None,
        IpAddr::V4(v4) => Some(SocketAddr::from((v4, port))),
        IpAddr::V6(v6) => Some(SocketAddr::V6(SocketAddrV6::new(v6, port, 0, zone.map_or(0, crate::sys::zone::index)))),
    }
}

/// The address as Node shows it: with its zone, without brackets and port.
pub fn text(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => {
            format!("{}%{}", plain_text(address.ip()), crate::sys::zone::name(v6.scope_id()))
        }
        _ => plain_text(address.ip()),
    }
}

/// An address without a zone. What could be an IPv4 address behind 96 zero bits is shown as one.
pub fn plain_text(ip: IpAddr) -> String {
    match ip {
        IpAddr::V6(v6) if v6.segments()[..6] == [0; 6] && v6.segments()[6] != 0 => {
            format!("::{}", Ipv4Addr::from_bits(v6.to_bits() as u32))
        }
        _ => ip.to_string(),
    }
}

/// Its family.
pub fn family(address: &SocketAddr) -> Family {
    if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
}

/// fe80::/10
pub fn is_link_local(ip: &IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.segments()[0] & 0xffc0 == 0xfe80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_as_node_shows_them() {
        let same = ["::", "::1", "::ffff", "::1.2.3.4", "::0.1.0.0", "::ffff:1.2.3.4", "::ffff:0.0.0.0"];
        let others = ["::ffff:0:102:304", "64:ff9b::102:304", "1:0:0:2::3", "1:2:0:4:5:6:7:8", "1:2:3:4:5:6:7:0"];
        for text in same.iter().chain(&others) {
            assert_eq!(plain_text(text.parse().unwrap()), *text);
        }
    }

    #[test]
    fn texts_are_told_apart() {
        for text in ["127.0.0.1", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(is_ip(text.as_bytes()), 4, "{text}");
        }
        for text in ["::", "::1", "fe80::1%eth0", "::ffff:127.0.0.1", "1:2:3:4:5:6:7:8", "fe80::2008%eth0.5"] {
            assert_eq!(is_ip(text.as_bytes()), 6, "{text}");
        }
        for text in
            ["", "x", "127.0.0.01", "1.2.3", "1.2.3.4.5", "::1%", "fe80::1%a@b", "::1::", "1.2.3.4%1", "12345::"]
        {
            assert_eq!(is_ip(text.as_bytes()), 0, "{text}");
        }
    }
}
