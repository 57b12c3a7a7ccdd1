//! SocketAddress.parse: an IP address and a port as a URL may write them.
//!
//! Node reads the text as what follows `http://` in a URL. So there may be user information before it and a path behind it,
//! IPv4 addresses come in fewer than four parts, in octal and in hexadecimal, and the port 80 is the default that a URL leaves
//! out. What Node has beyond this are hosts in characters outside ASCII that stand for digits; here they are refused.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The port that a URL of this kind leaves out.
const DEFAULT_PORT: u16 = 80;

/// The address and the port, 0 if there is none.
pub fn parse(text: &str) -> Option<(IpAddr, u16)> {
    let text: String =
        text.trim_end_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let behind = text.trim_start_matches(['/', '\\']);
    let authority = &behind[..behind.find(['/', '\\', '?', '#']).unwrap_or(behind.len())];
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (IpAddr::V6(host.parse::<Ipv6Addr>().ok()?), port)
        }
        None => {
            let (host, port) = place.split_at(place.find(':').unwrap_or(place.len()));
            (IpAddr::V4(v4(&percent_decoded(host)?)?), port)
        }
    };
    Some((host, port_number(port)?))
}

/// With the colon before it; nothing at all, or the colon alone, is no port.
fn port_number(text: &str) -> Option<u16> {
    let digits = match text {
        "" | ":" => return Some(0),
        _ => text.strip_prefix(':')?,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(|port| if port == DEFAULT_PORT { 0 } else { port })
}

/// None if what comes out is not all ASCII.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = String::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let mut digit = || ahead.next().and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(), digit()) {
            (b'%', Some(high), Some(low)) => {
                bytes = ahead;
                out.push(char::from_u32(high << 4 | low)?);
            }
            _ => out.push(char::from(byte)),
        }
    }
    out.is_ascii().then_some(out)
}

/// One to four parts, the last of which fills all the bytes that are left.
fn v4(text: &str) -> Option<Ipv4Addr> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let parts: Vec<u32> = text.split('.').map(part).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let left = 32 - 8 * first.len() as u32;
    if u64::from(*last) >> left != 0 {
        return None;
    }
    let high = first.iter().zip([24, 16, 8]).fold(0, |bits, (part, shift)| bits | part << shift);
    Some(Ipv4Addr::from_bits(high | last))
}

/// A part is decimal, or octal behind `0`, or hexadecimal behind `0x`, where nothing counts as 0.
fn part(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    // A sign is no digit, though Rust would take it.
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        parse(text).map_or("none".to_owned(), |(ip, port)| format!("{ip} {port}"))
    }

    #[test]
    fn what_a_url_takes_is_taken() {
        for (text, expected) in [
            ("1.2.3.4", "1.2.3.4 0"),
            ("1.2.3.4:80", "1.2.3.4 0"),
            ("1.2.3.4:81", "1.2.3.4 81"),
            ("1.2.3.4:", "1.2.3.4 0"),
            ("1.2.3.4.:5", "1.2.3.4 5"),
            ("1.2.3.4:00000000000000000000081", "1.2.3.4 81"),
            ("999999999:12", "59.154.201.255 12"),
            ("0x7f.1:8", "127.0.0.1 8"),
            ("017700000001", "127.0.0.1 0"),
            ("127.0.1:9", "127.0.0.1 9"),
            ("0x.0X.0x.0x", "0.0.0.0 0"),
            ("4294967295", "255.255.255.255 0"),
            ("1.16777215", "1.255.255.255 0"),
            ("1.2.65535", "1.2.255.255 0"),
            ("[::1]:81", "::1 81"),
            ("[::ffff:1.2.3.4]:", "::ffff:1.2.3.4 0"),
            ("user:pw@1.2.3.4:5/path", "1.2.3.4 5"),
            ("a@b@[::1]?q", "::1 0"),
            ("//\\1.2.3.4\\x:5#f", "1.2.3.4 0"),
            ("\t1.2.\n3.4:8\t1 \0", "1.2.3.4 81"),
            ("%31%2e2.3.4", "1.2.3.4 0"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_url_refuses_is_refused() {
        for text in [
            "",
            "@",
            ".",
            "1..2",
            "256.1.1.1",
            "1.2.3.4.5",
            "1.2.3.4..",
            "08.1.1.1",
            "4294967296",
            "0x100000000",
            "1.16777216",
            "1.2.65536",
            "1.2.3.4:65536",
            "1.2.3.4:x",
            "1.2.3.4:+1",
            "1.2.3.4:80:80",
            "1.2.3.4:8 0",
            " 1.2.3.4",
            "-1",
            "+1",
            "localhost:1",
            "::1",
            "[::1",
            "[::1]x",
            "[::1%25lo]:1",
            "[]:1",
            "[1.2.3.4]",
            "[1::2::3]",
            "%5b::1]",
            "%zz",
            "1.2.3.4%00",
            "1.2.3.4@",
            "0x1g",
            "é",
            "%ff",
            "1%",
            "%3",
            "0x+1",
            "\u{ff11}.2.3.4",
        ] {
            assert_eq!(shown(text), "none", "{text:?}");
        }
    }
}
