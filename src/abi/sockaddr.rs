//! net.SocketAddress: an address that was checked.
use super::border::{call, number};
use super::sized::{Place, Versioned};
use super::{net, text};
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_int};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The greatest flow label: it has 20 bits.
const GREATEST_LABEL: u32 = 0xf_ffff;

/// An IP address with its port. Begin with `NET_SOCKADDR_INIT`, and let `net_sockaddr_make` or `net_sockaddr_parse` fill
/// it in.
///
/// Node: `net.SocketAddress`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_sockaddr {
    /// `sizeof(net_sockaddr)`.
    pub size: usize,
    /// `NET_FAMILY_IPV4` or `NET_FAMILY_IPV6`. Node: "ipv4" or "ipv6".
    pub family: i32,
    /// The port.
    pub port: u16,
    /// The flow label, of an IPv6 address only: at most 1048575.
    pub flowlabel: u32,
    /// The address as text in its canonical form, with a NUL behind it; without a zone.
    pub address: [c_char; 48],
}

// SAFETY: integers and bytes, size first.
unsafe impl Versioned for net_sockaddr {
    const FIRST: usize = size_of::<net_sockaddr>();
    const INIT: net_sockaddr =
        net_sockaddr { size: size_of::<net_sockaddr>(), family: 0, port: 0, flowlabel: 0, address: [0; 48] };
}

impl net_sockaddr {
    fn of(ip: IpAddr, port: u16, flowlabel: u32) -> Result<net_sockaddr> {
        let mut made = net_sockaddr { port, ..net_sockaddr::INIT };
        made.family = if ip.is_ipv4() { super::address::NET_FAMILY_IPV4 } else { super::address::NET_FAMILY_IPV6 };
        if ip.is_ipv6() {
            if flowlabel > GREATEST_LABEL {
                return Err(Code::ERR_OUT_OF_RANGE);
            }
            made.flowlabel = flowlabel;
        }
        for (to, from) in made.address.iter_mut().zip(net::ip_text(ip).bytes()) {
            *to = from as c_char;
        }
        Ok(made)
    }
}

/// A family that an address is asked to have; `NET_FAMILY_NONE` stands for either.
pub(super) fn family(value: c_int) -> Result<u8> {
    match value {
        0 => Ok(0),
        4 => Ok(4),
        6 => Ok(6),
        _ => Err(Code::EINVAL),
    }
}

/// Fills in an address. Node: `new net.SocketAddress`.
///
/// `family` is `NET_FAMILY_IPV4`, `NET_FAMILY_IPV6`, or `NET_FAMILY_NONE` for that of the text. `address` is text of `len`
/// bytes, or `NET_CSTR`; NULL stands for `127.0.0.1`, in IPv6 for `::`. A zone behind it (`%eth0`) is passed over.
/// `flowlabel` means nothing to IPv4.
///
/// Returns 0; `NET_ERR_INVALID_ADDRESS` if the text is no address of the family, `NET_ERR_OUT_OF_RANGE` if the flow label
/// has more than 20 bits; then `out` is left as it is.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_sockaddr_make(
    family: c_int,
    address: *const c_char,
    len: usize,
    port: u16,
    flowlabel: u32,
    out: *mut net_sockaddr,
) -> c_int {
    number(call(|| {
        // SAFETY: what the header asks of the program.
        let (out, text) = unsafe { (Place::new(out)?, text::utf8(address, len)?) };
        let ip = match (text, self::family(family)?) {
            (Some(text), family) => net::address(text, family)?,
            (None, 6) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            (None, _) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        out.fill(&net_sockaddr::of(ip, port, flowlabel)?);
        Ok(())
    }))
}

/// Fills in the address and port of a text: `10.0.0.1:80`, `[::1]:80`, the port being optional. Node:
/// `net.SocketAddress.parse`.
///
/// The text is read as a URL reads what follows `http://`. So IPv4 addresses may have fewer than four parts and be octal
/// or hexadecimal (`0x7f.1` is 127.0.0.1), there may be user information before the address and a path behind it, and
/// port 80, as the one that such a URL has anyhow, comes out as 0. Unlike in Node, digits outside ASCII are none.
///
/// Returns 1, or 0 if the text is no such address; then `out` is left as it is. Node: `undefined`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_sockaddr_parse(text: *const c_char, len: usize, out: *mut net_sockaddr) -> c_int {
    number(call(|| {
        // SAFETY: what the header asks of the program.
        let (out, text) = unsafe { (Place::new(out)?, text::counted(text, len)?.ok_or(Code::EINVAL)?) };
        let found = core::str::from_utf8(text).ok().and_then(net::parse_host_port);
        if let Some((ip, port)) = found {
            out.fill(&net_sockaddr::of(ip, port, 0)?);
        }
        Ok(found.is_some())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_text_fits_with_its_nul() {
        let longest = "1111:1111:1111:1111:1111:1111:1111:1111";
        assert!(longest.len() < net_sockaddr::INIT.address.len());
        let made = net_sockaddr::of(longest.parse().unwrap(), 1, 2).unwrap();
        assert_eq!((made.family, made.port, made.flowlabel), (6, 1, 2));
        let text: String = made.address.iter().map(|byte| char::from(*byte as u8)).collect();
        assert_eq!(text.trim_end_matches('\0'), longest);
    }

    #[test]
    fn a_flow_label_has_twenty_bits_and_belongs_to_ipv6() {
        let v6 = IpAddr::V6(Ipv6Addr::LOCALHOST);
        assert_eq!(net_sockaddr::of(v6, 0, GREATEST_LABEL + 1).unwrap_err(), Code::ERR_OUT_OF_RANGE);
        assert_eq!(net_sockaddr::of(v6, 0, GREATEST_LABEL).unwrap().flowlabel, GREATEST_LABEL);
        assert_eq!(net_sockaddr::of(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, u32::MAX).unwrap().flowlabel, 0);
    }
}
