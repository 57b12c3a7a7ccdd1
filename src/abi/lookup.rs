//! Answers of lookups of the program's own.
use super::address::{NET_FAMILY_IPV4, NET_FAMILY_IPV6, NET_FAMILY_NONE, net_address};
use super::border::{number, object_anywhere};
use super::error::net_error;
use super::error_in;
use super::handle::{KIND_LOOKUP, Object};
use super::net;
use crate::core::table::Key;
use crate::net::LookupId;
use crate::net::address::Address;
use crate::sys::code::{Code, Result};
use core::ffi::c_int;
use core::net::{IpAddr, SocketAddr};

/// One pending lookup that the program answers: see `net_lookup_fn`. Opaque, never dereferenced. Answering ends its life.
///
/// @since 0.1
pub struct net_lookup {
    _opaque: [u8; 0],
}

impl Object for net_lookup {
    const KIND: usize = KIND_LOOKUP;
    type Id = LookupId;

    #[inline]
    fn id(key: Key) -> LookupId {
        LookupId(key)
    }

    #[inline]
    fn key(id: LookupId) -> Key {
        id.0
    }
}

/// More addresses than any name has: a count beyond it was never initialised.
const MOST_ADDRESSES: usize = 4096;

/// Answers a lookup with `count` addresses, at least one; where only one was asked for, the first is used. Node: the callback
/// of `lookup` without an error.
///
/// Of each address `family` (4 or 6) and the text are looked at. What is wrong with them the socket tells by its event
/// `error`: `NET_ERR_INVALID_IP_ADDRESS` for a text that is no IP address, `NET_ERR_INVALID_ADDRESS_FAMILY` for family 0.
///
/// Returns 0, or `NET_EBADF` if nobody waits for the answer any more. With `NET_EINVAL` (no address, another family, a family
/// that is not the text's, a size that is not `sizeof(net_address)`) the lookup still waits.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_lookup_answer(
    request: *mut net_lookup,
    addresses: *const net_address,
    count: usize,
) -> c_int {
    number(object_anywhere(request, |loop_id, id| {
        // SAFETY: what the header asks of the program.
        net::lookup_answer(loop_id, id, unsafe { take(addresses, count) }?)
    }))
}

/// Answers a lookup with an error, which the socket's events `lookup` and `error` tell; begin with `NET_ERROR_INIT`, and set at
/// least `message` and `code` or `number` (`NET_ENOTFOUND`). Node: the callback of `lookup` with an error.
///
/// Returns 0, or `NET_EBADF` if nobody waits for the answer any more. With `NET_EINVAL` (NULL, an error with values that mean
/// nothing) the lookup still waits.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_lookup_fail(request: *mut net_lookup, error: *const net_error) -> c_int {
    number(object_anywhere(request, |loop_id, id| {
        // SAFETY: what the header asks of the program.
        let error = unsafe { error_in::take(error) }?.ok_or(Code::EINVAL)?;
        net::lookup_fail(loop_id, id, error)
    }))
}

/// # Safety
/// `addresses` is NULL or has `count` of them.
unsafe fn take(addresses: *const net_address, count: usize) -> Result<Vec<Address>> {
    if addresses.is_null() || count == 0 || count > MOST_ADDRESSES {
        return Err(Code::EINVAL);
    }
    (0..count)
        .map(|i| {
            // SAFETY: `i` is below the count.
            let given = unsafe { addresses.add(i).read_unaligned() };
            if given.size == size_of::<net_address>() { found(&given) } else { Err(Code::EINVAL) }
        })
        .collect()
}

/// One address of an answer. The net layer takes a path for a text that is no IP address, and an absent one for a family that
/// is none.
fn found(given: &net_address) -> Result<Address> {
    let text = given.bytes()?;
    let Some(ip) = core::str::from_utf8(text).ok().and_then(parse) else {
        return match given.family {
            NET_FAMILY_NONE | NET_FAMILY_IPV4 | NET_FAMILY_IPV6 => Ok(Address::Path(text.to_vec())),
            _ => Err(Code::EINVAL),
        };
    };
    match (given.family, ip) {
        (NET_FAMILY_NONE, _) => Ok(Address::Absent),
        (NET_FAMILY_IPV4, SocketAddr::V4(_)) | (NET_FAMILY_IPV6, SocketAddr::V6(_)) => Ok(Address::Ip(ip)),
        _ => Err(Code::EINVAL),
    }
}

/// An IP address without port; of a zone id only the number is understood.
fn parse(text: &str) -> Option<SocketAddr> {
    match text.parse::<IpAddr>() {
        Ok(ip) => Some(SocketAddr::new(ip, 0)),
        Err(_) => format!("[{text}]:0").parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::sized::Versioned;
    use core::ffi::c_char;

    fn address(family: i32, text: &str) -> net_address {
        let mut address = net_address { family, address_len: text.len(), ..net_address::INIT };
        for (to, from) in address.address.iter_mut().zip(text.bytes()) {
            *to = from as c_char;
        }
        address
    }

    #[test]
    fn addresses_are_what_they_say() {
        assert_eq!(found(&address(4, "1.2.3.4")), Ok(Address::Ip("1.2.3.4:0".parse().unwrap())));
        assert_eq!(found(&address(6, "::1")), Ok(Address::Ip("[::1]:0".parse().unwrap())));
        assert_eq!(found(&address(6, "fe80::1%3")), Ok(Address::Ip("[fe80::1%3]:0".parse().unwrap())));
        for (family, text) in [(4, "::1"), (6, "1.2.3.4"), (5, "::1"), (100, "x"), (1, "/p")] {
            assert_eq!(found(&address(family, text)), Err(Code::EINVAL));
        }
    }

    #[test]
    fn what_the_socket_tells_is_passed_on() {
        assert_eq!(found(&address(4, "no address")), Ok(Address::Path(b"no address".to_vec())));
        assert_eq!(found(&address(0, "1.2.3.4")), Ok(Address::Absent));
    }

    #[test]
    fn answers_are_counted_and_sized() {
        let good = address(4, "1.2.3.4");
        let odd = net_address { size: good.size + 8, ..good };
        // SAFETY: as many as are said, or refused by the count.
        unsafe {
            assert_eq!(take([good, good].as_ptr(), 2).unwrap().len(), 2);
            assert_eq!(take([good, odd].as_ptr(), 2), Err(Code::EINVAL));
            assert_eq!(take(&raw const good, 0), Err(Code::EINVAL));
            assert_eq!(take(&raw const good, usize::MAX), Err(Code::EINVAL));
            assert_eq!(take(core::ptr::null(), 1), Err(Code::EINVAL));
        }
    }
}
