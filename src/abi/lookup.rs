//! Answers of lookups of the program's own.
use super::address::net_address;
use super::border::{number, object_anywhere};
use super::error::net_error;
use super::error_in;
use super::handle::{KIND_LOOKUP, Object};
use super::net;
use crate::core::table::Key;
use crate::net::LookupId;
use crate::net::lookup::GivenAddress;
use crate::sys::code::{Code, Result};
use core::ffi::c_int;

/// One pending lookup that the program answers: see `net_lookup_fn`. Opaque, never dereferenced. Answering ends its
/// life.
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

/// Answers a lookup with `count` addresses, at least one; where only one was asked for, the first is used. Node: the
/// callback of `lookup` without an error.
///
/// Of each address `family` (4 or 6), `address_len` (0: up to the NUL) and the text are looked at. What is wrong with
/// them the socket tells by its event `error`, unless another of the addresses can be tried:
/// `NET_ERR_INVALID_IP_ADDRESS` for a text that is no IP address, `NET_ERR_INVALID_ADDRESS_FAMILY` for another
/// family.
///
/// Returns 0, or `NET_EBADF` if nobody waits for the answer any more; what comes too late from another thread may
/// also be taken and thrown away. With `NET_EINVAL` (no address, a size that is not `sizeof(net_address)`) the lookup
/// still waits.
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

/// Answers a lookup with an error, which the socket's events `lookup` and `error` tell; begin with `NET_ERROR_INIT`,
/// and set at least `message` and `code` or `number` (`NET_ENOTFOUND`). Node: the callback of `lookup` with an error.
///
/// Returns as `net_lookup_answer`. With `NET_EINVAL` (NULL, an error with values that mean nothing) the lookup still
/// waits.
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
unsafe fn take(addresses: *const net_address, count: usize) -> Result<Vec<GivenAddress>> {
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

/// One address of an answer, as it was given: the net layer judges it.
fn found(given: &net_address) -> Result<GivenAddress> {
    Ok(GivenAddress { text: String::from_utf8_lossy(given.bytes()?).into_owned(), family: given.family })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::sized::Versioned;
    use core::ffi::c_char;

    #[test]
    fn an_address_is_taken_as_it_was_given() {
        let mut address = net_address { family: 100, address_len: 4, ..net_address::INIT };
        for (to, from) in address.address.iter_mut().zip(*b"what") {
            *to = from as c_char;
        }
        assert_eq!(found(&address), Ok(GivenAddress { text: "what".into(), family: 100 }));
    }

    #[test]
    fn answers_are_counted_and_sized() {
        let good = net_address { family: 4, ..net_address::INIT };
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
