//! Addresses: the struct, and the tests for IP addresses as text.
use super::border::{call, number};
use super::net;
use super::sized::Versioned;
use super::text;
use crate::net::address::Address;
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_int};

/// As a length: the text ends at its NUL. cbindgen cannot say `SIZE_MAX`; cbindgen.toml does.
///
/// cbindgen:ignore
pub const NET_CSTR: usize = usize::MAX;

/// `net_address.family`: no address. @since 0.1
pub const NET_FAMILY_NONE: i32 = 0;
/// `net_address.family`: a local socket; the address is a path. @since 0.1
pub const NET_FAMILY_LOCAL: i32 = 1;
/// `net_address.family`: IPv4. @since 0.1
pub const NET_FAMILY_IPV4: i32 = 4;
/// `net_address.family`: IPv6. @since 0.1
pub const NET_FAMILY_IPV6: i32 = 6;

const ROOM: usize = 128;

/// One address. Begin with `NET_ADDRESS_INIT`.
///
/// Node: the object {address, family, port}. This struct never grows, so arrays of it and structs that hold it keep
/// their layout.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_address {
    /// `sizeof(net_address)`.
    pub size: usize,
    /// A `NET_FAMILY_` value.
    pub family: i32,
    /// The port; 0 for a local socket.
    pub port: u16,
    /// Bytes in `address`, without the NUL behind them.
    pub address_len: usize,
    /// The address as text with a NUL behind it, its zone after `%`; of a local socket the path, which in an abstract
    /// name begins with NUL.
    pub address: [c_char; 128],
}

// SAFETY: integers and bytes, size first.
unsafe impl Versioned for net_address {
    const FIRST: usize = size_of::<net_address>();
    const INIT: net_address = net_address {
        size: size_of::<net_address>(),
        family: NET_FAMILY_NONE,
        port: 0,
        address_len: 0,
        address: [0; ROOM],
    };
}

/// Writes text into the field of an address, where NUL must still fit behind it.
struct Field<'a>(&'a mut net_address);

impl Field<'_> {
    fn push(&mut self, bytes: &[u8]) -> Result {
        let start = self.0.address_len;
        let end = start + bytes.len();
        if end >= ROOM {
            return Err(Code::ENAMETOOLONG);
        }
        for (to, from) in self.0.address[start..end].iter_mut().zip(bytes) {
            *to = *from as c_char;
        }
        self.0.address_len = end;
        Ok(())
    }
}

impl net_address {
    /// As C sees it. A path that has no room gives ENAMETOOLONG: it is never cut short.
    pub(super) fn of(address: &Address) -> Result<net_address> {
        let mut out = net_address::INIT;
        match address {
            Address::Absent => {}
            Address::Ip(ip) => {
                out.family = if ip.is_ipv4() { NET_FAMILY_IPV4 } else { NET_FAMILY_IPV6 };
                out.port = ip.port();
                Field(&mut out).push(crate::net::ip::text(ip).as_bytes())?;
            }
            Address::Path(path) => {
                out.family = NET_FAMILY_LOCAL;
                Field(&mut out).push(path)?;
            }
            Address::Other { text, family } => {
                out.family = *family;
                Field(&mut out).push(text)?;
            }
        }
        Ok(out)
    }

    /// As C sees it in an event, where nobody can be told that a path has no room: then it has no bytes at all.
    pub(super) fn of_event(address: &Address) -> net_address {
        net_address::of(address).unwrap_or(net_address { family: NET_FAMILY_LOCAL, ..net_address::INIT })
    }

    /// The text that C filled in.
    pub(super) fn bytes(&self) -> Result<&[u8]> {
        let room = self.address.map(|byte| byte as u8);
        let len = if self.address_len == 0 {
            room.iter().position(|byte| *byte == 0).ok_or(Code::EINVAL)?
        } else {
            self.address_len
        };
        if len > ROOM {
            return Err(Code::EINVAL);
        }
        // SAFETY: c_char and u8 are both one byte of any value, and `len` of them lie within the array.
        Ok(unsafe { core::slice::from_raw_parts(self.address.as_ptr().cast(), len) })
    }
}

/// Whether a text is an IP address: 4, 6, or 0 for neither. Node: `net.isIP`.
///
/// `len` is the length of `text` in bytes, or `NET_CSTR`. A zone id (`fe80::1%eth0`) is allowed.
/// Returns `NET_EINVAL` for NULL.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_is_ip(text: *const c_char, len: usize) -> c_int {
    number(call(|| {
        // SAFETY: what the header asks of the program.
        let text = unsafe { text::counted(text, len) }?.ok_or(Code::EINVAL)?;
        Ok(c_int::from(net::is_ip(text)))
    }))
}

/// Whether a text is an IPv4 address: 1 or 0. Node: `net.isIPv4`.
///
/// `len` is the length of `text` in bytes, or `NET_CSTR`. Returns `NET_EINVAL` for NULL.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_is_ipv4(text: *const c_char, len: usize) -> c_int {
    // SAFETY: what the header asks of the program.
    match unsafe { net_is_ip(text, len) } {
        4 => 1,
        refused @ ..0 => refused,
        _ => 0,
    }
}

/// Whether a text is an IPv6 address: 1 or 0. Node: `net.isIPv6`.
///
/// `len` is the length of `text` in bytes, or `NET_CSTR`. A zone id (`fe80::1%eth0`) is allowed. Returns `NET_EINVAL`
/// for NULL.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_is_ipv6(text: *const c_char, len: usize) -> c_int {
    // SAFETY: what the header asks of the program.
    match unsafe { net_is_ip(text, len) } {
        6 => 1,
        refused @ ..0 => refused,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ip_address_is_text_and_port() {
        let out = net_address::of(&Address::Ip("127.0.0.1:80".parse().unwrap())).unwrap();
        assert_eq!((out.family, out.port), (NET_FAMILY_IPV4, 80));
        assert_eq!(out.bytes(), Ok(&b"127.0.0.1"[..]));
        assert_eq!(out.address[9], 0);
        let out = net_address::of(&Address::Ip("[::ffff:127.0.0.1]:0".parse().unwrap())).unwrap();
        assert_eq!((out.family, out.bytes()), (NET_FAMILY_IPV6, Ok(&b"::ffff:127.0.0.1"[..])));
        let out = net_address::of(&Address::Ip("[fe80::1%4000000000]:0".parse().unwrap())).unwrap();
        assert_eq!(out.bytes(), Ok(&b"fe80::1%4000000000"[..]));
    }

    #[test]
    fn a_path_keeps_its_bytes_or_is_refused_whole() {
        let out = net_address::of(&Address::Path(b"\0a\0b".to_vec())).unwrap();
        assert_eq!((out.family, out.port, out.bytes()), (NET_FAMILY_LOCAL, 0, Ok(&b"\0a\0b"[..])));
        assert!(net_address::of(&Address::Path(vec![b'x'; ROOM - 1])).is_ok());
        assert_eq!(net_address::of(&Address::Path(vec![b'x'; ROOM])).unwrap_err(), Code::ENAMETOOLONG);
    }

    #[test]
    fn what_is_absent_has_no_family() {
        let out = net_address::of(&Address::Absent).unwrap();
        assert_eq!((out.family, out.port, out.address_len), (NET_FAMILY_NONE, 0, 0));
    }

    #[test]
    fn a_text_without_its_length_ends_at_nul() {
        let mut out = net_address::of(&Address::Path(b"::1".to_vec())).unwrap();
        out.address_len = 0;
        assert_eq!(out.bytes(), Ok(&b"::1"[..]));
        out.address = [1; ROOM];
        assert_eq!(out.bytes(), Err(Code::EINVAL));
        out.address_len = ROOM + 1;
        assert_eq!(out.bytes(), Err(Code::EINVAL));
    }
}
