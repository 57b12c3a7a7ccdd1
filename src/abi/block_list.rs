//! Block lists: rules of addresses that servers and sockets refuse.
use super::border::{Out, call, number, pointer};
use super::handle::{Free, KIND_FREE, Object, pack_free, unpack_free};
use super::sockaddr::family;
use super::{net, text};
use crate::core::table::Key;
use crate::net::BlockListId;
use crate::net::block_list::{BlockList, PRIVATE_RANGES, Range, Subnet};
use crate::sys::code::{Code, Result};
use core::ffi::{CStr, c_char, c_int};
use std::net::IpAddr;
use std::sync::Arc;

/// Rules of IP addresses: single ones, ranges, subnets. Opaque, never dereferenced. Node: `net.BlockList`.
///
/// A list belongs to no loop. Any thread may use it, several at once, and any number of servers and sockets of any loops:
/// see the field `block_list` of their options. What is changed counts from the next check on.
///
/// An IPv4 address and its mapped IPv6 form (`::ffff:1.2.3.4`) are one to addresses and subnets.
///
/// @since 0.1
pub struct net_block_list {
    _opaque: [u8; 0],
}

impl Object for net_block_list {
    const KIND: usize = KIND_FREE;
    type Id = BlockListId;

    #[inline]
    fn id(key: Key) -> BlockListId {
        BlockListId(key)
    }

    #[inline]
    fn key(id: BlockListId) -> Key {
        id.0
    }
}

impl Free for net_block_list {
    const TABLE: u16 = 0;
}

/// The list of an options struct; NULL for none.
pub(super) fn given(handle: *const net_block_list) -> Result<Option<Arc<BlockList>>> {
    if handle.is_null() { Ok(None) } else { find(handle).map(Some) }
}

fn find(handle: *const net_block_list) -> Result<Arc<BlockList>> {
    net::block_list(unpack_free(handle)?)
}

/// A call on a list, from any thread.
fn on<T>(handle: *const net_block_list, body: impl FnOnce(&BlockList) -> Result<T>) -> Result<T> {
    call(|| body(&*find(handle)?))
}

/// # Safety
/// As [`text::utf8`].
unsafe fn needed<'a>(text: *const c_char, len: usize) -> Result<&'a str> {
    // SAFETY: promised by the caller.
    unsafe { text::utf8(text, len) }?.ok_or(Code::EINVAL)
}

/// # Safety
/// As [`text::utf8`].
unsafe fn address(text: *const c_char, len: usize, of: c_int) -> Result<IpAddr> {
    // SAFETY: promised by the caller.
    net::address(unsafe { needed(text, len) }?, family(of)?)
}

/// # Safety
/// `list` has `count` texts, each ending at its NUL, for as long as the answer is used.
unsafe fn texts<'a>(list: *const *const c_char, count: usize) -> Result<Vec<&'a str>> {
    if count > 0 && (list.is_null() || count > isize::MAX as usize / size_of::<*const c_char>()) {
        return Err(Code::EINVAL);
    }
    let text = |at| {
        // SAFETY: not NULL, `at` lies within, the text is promised by the caller.
        unsafe {
            let text = list.add(at).read_unaligned();
            if text.is_null() { Err(Code::EINVAL) } else { Ok(CStr::from_ptr(text)) }
        }
    };
    (0..count).map(|at| text(at)?.to_str().map_err(|_| Code::EINVAL)).collect()
}

/// Hands a text out with a NUL behind it, if it has room, and its length in any case.
///
/// # Safety
/// `buffer` is writable for `capacity` bytes, `length` is NULL or writable.
unsafe fn hand_out(
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    text: impl FnOnce() -> Result<String>,
) -> Result {
    // SAFETY: promised by the caller.
    let (buffer, length) = unsafe { (text::buffer(buffer.cast(), capacity)?, Out::new(length)?) };
    let text = text()?;
    length.put(text.len());
    let room = buffer.get_mut(..=text.len()).ok_or(Code::ENOBUFS)?;
    room[..text.len()].copy_from_slice(text.as_bytes());
    room[text.len()] = 0;
    Ok(())
}

/// Makes a block list without rules. Free it with `net_block_list_free`. Node: `new net.BlockList()`.
///
/// Returns NULL if there is no memory.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_block_list_new() -> *mut net_block_list {
    pointer(call(|| net::block_list_new().map(pack_free)))
}

/// Frees a block list. Servers and sockets that were made with it go on using it as it is. The handle is dead at once.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_block_list_free(list: *mut net_block_list) -> c_int {
    number(call(|| net::block_list_free(unpack_free(list)?)))
}

/// Adds a rule for one address. Node: `blockList.addAddress`.
///
/// `family` is `NET_FAMILY_IPV4`, `NET_FAMILY_IPV6`, or `NET_FAMILY_NONE` for that of the text. `address` is text of
/// `len` bytes, or `NET_CSTR`; a zone behind it (`%eth0`) is passed over. An address that is there already, as itself or
/// in its mapped form, keeps its place among the rules and is shown as it was written last.
///
/// Returns 0, or `NET_ERR_INVALID_ADDRESS` if the text is no address of the family.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_address(
    list: *mut net_block_list,
    address: *const c_char,
    len: usize,
    family: c_int,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| list.add_address(unsafe { self::address(address, len, family) }?)))
}

/// Adds rules for `count` addresses, each a text that ends at its NUL; or none of them if one is refused. Node:
/// `blockList.addAddresses`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_addresses(
    list: *mut net_block_list,
    addresses: *const *const c_char,
    count: usize,
    family: c_int,
) -> c_int {
    number(on(list, |list| {
        let family = self::family(family)?;
        // SAFETY: what the header asks of the program.
        let texts = unsafe { texts(addresses, count) }?;
        let all = texts.into_iter().map(|text| net::address(text, family)).collect::<Result<Vec<_>>>()?;
        all.into_iter().try_for_each(|ip| list.add_address(ip))
    }))
}

/// Adds a rule for all addresses from `start` to `end`, both included. Node: `blockList.addRange`.
///
/// `family` and the texts are as for `net_block_list_add_address`. With `NET_FAMILY_NONE` the ends may be of two
/// families; such a range holds addresses that can be compared with both: IPv4 ones and mapped ones.
///
/// Returns 0; `NET_ERR_INVALID_ADDRESS`; `NET_ERR_INVALID_ARG_VALUE` if the start comes after the end.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_range(
    list: *mut net_block_list,
    start: *const c_char,
    start_len: usize,
    end: *const c_char,
    end_len: usize,
    family: c_int,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let (start, end) = unsafe { (address(start, start_len, family)?, address(end, end_len, family)?) };
        list.add_range(Range::new(start, end)?)
    }))
}

/// Adds a rule for all addresses whose first `prefix` bits are those of `network`. Node: `blockList.addSubnet`.
///
/// `family` and the text are as for `net_block_list_add_address`. The bits of `network` behind the prefix do not count,
/// but are shown by `net_block_list_rules`.
///
/// Returns 0; `NET_ERR_INVALID_ADDRESS`; `NET_ERR_OUT_OF_RANGE` if the prefix is negative or longer than the address.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_subnet(
    list: *mut net_block_list,
    network: *const c_char,
    len: usize,
    prefix: c_int,
    family: c_int,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let network = unsafe { address(network, len, family) }?;
        list.add_subnet(Subnet::new(network, prefix.into())?)
    }))
}

/// Adds a rule for a subnet as CIDR text: `10.0.0.0/8`, `fe80::/10`. `len` is its length, or `NET_CSTR`. Node:
/// `blockList.addCIDR`.
///
/// Returns 0; `NET_ERR_INVALID_ARG_VALUE` if the prefix is missing or is no plain number; and what
/// `net_block_list_add_subnet` returns.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_cidr(list: *mut net_block_list, cidr: *const c_char, len: usize) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| list.add_subnet(net::subnet(unsafe { needed(cidr, len) }?)?)))
}

/// Adds rules for `count` subnets, each a CIDR text that ends at its NUL. Node: `blockList.addCIDRs`.
///
/// None of them is added if one has no prefix that is a plain number; otherwise those before the first that is refused
/// are.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_cidrs(
    list: *mut net_block_list,
    cidrs: *const *const c_char,
    count: usize,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let texts = unsafe { texts(cidrs, count) }?;
        texts.iter().try_for_each(|text| net::cidr(text).map(|_| ()))?;
        texts.iter().try_for_each(|text| list.add_subnet(net::subnet(text)?))
    }))
}

/// Removes the rule for an address, in whichever of its forms it was added. Node: `blockList.removeAddress`, which does
/// not tell whether there was one.
///
/// Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_address`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_remove_address(
    list: *mut net_block_list,
    address: *const c_char,
    len: usize,
    family: c_int,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| list.remove_address(unsafe { self::address(address, len, family) }?)))
}

/// Removes the newest rule for exactly this range. Node: `blockList.removeRange`, which does not tell whether there was
/// one.
///
/// Returns 1, or 0 if there is no such rule; `NET_ERR_INVALID_ADDRESS`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_remove_range(
    list: *mut net_block_list,
    start: *const c_char,
    start_len: usize,
    end: *const c_char,
    end_len: usize,
    family: c_int,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let (start, end) = unsafe { (address(start, start_len, family)?, address(end, end_len, family)?) };
        list.remove_range(Range::any(start, end))
    }))
}

/// Removes the newest rule for this subnet, whose network must be written with the same bits, also those behind the
/// prefix. Node: `blockList.removeSubnet`, which does not tell whether there was one.
///
/// Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_subnet`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_remove_subnet(
    list: *mut net_block_list,
    network: *const c_char,
    len: usize,
    prefix: c_int,
    family: c_int,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let network = unsafe { address(network, len, family) }?;
        list.remove_subnet(Subnet::new(network, prefix.into())?)
    }))
}

/// Removes the rule for a subnet as CIDR text: see `net_block_list_remove_subnet`. Node: `blockList.removeCIDR`.
///
/// Returns 1, or 0 if there is no such rule; errors as of `net_block_list_add_cidr`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_remove_cidr(
    list: *mut net_block_list,
    cidr: *const c_char,
    len: usize,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| list.remove_subnet(net::subnet(unsafe { needed(cidr, len) }?)?)))
}

/// Whether an address is on the list: 1 or 0. Node: `blockList.check`.
///
/// `family` and the text are as for `net_block_list_add_address`; a text that is no address of the family is on no list.
/// It takes well under a microsecond with any number of rules.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_check(
    list: *const net_block_list,
    address: *const c_char,
    len: usize,
    family: c_int,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| match unsafe { self::address(address, len, family) } {
        Ok(ip) => list.check(ip),
        Err(Code::ERR_INVALID_ADDRESS) => Ok(false),
        Err(code) => Err(code),
    }))
}

/// Removes all rules. Node: `blockList.clear`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_block_list_clear(list: *mut net_block_list) -> c_int {
    number(on(list, BlockList::clear))
}

/// How many rules there are. Node: `blockList.size`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_size(list: *const net_block_list, size: *mut usize) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(size) }?;
        out.put(list.size()?);
        Ok(())
    }))
}

/// The rules as text, with a newline between each two: addresses, subnets, ranges, of each kind the newest first. Node:
/// `blockList.rules`.
///
/// They read `Address: IPv4 10.0.0.1`, `Subnet: IPv6 fe80::/10`, `Range: IPv4 10.0.0.1-10.0.0.9`.
///
/// `length` gets the length of the text. It is written to `buffer`, a NUL behind it, if `capacity` bytes have room for
/// both; else nothing is written, and `NET_ENOBUFS` returned.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_rules(
    list: *const net_block_list,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| unsafe { hand_out(buffer, capacity, length, || list.lines()) }))
}

/// The rules as JSON, a list of strings in the order of `net_block_list_rules`, and handed out as by it. Node:
/// `JSON.stringify(blockList)`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_to_json(
    list: *const net_block_list,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| unsafe { hand_out(buffer, capacity, length, || list.to_json()) }))
}

/// Adds the rules of a JSON text as `net_block_list_to_json` gives it. `len` is its length, or `NET_CSTR`. Node:
/// `blockList.fromJSON` with a string.
///
/// Returns `NET_EINVAL`, and adds nothing, if the text is not a list of strings. A string that is no rule is passed over;
/// one that looks like a rule but cannot be one gives the error of the function that adds such a rule, and those before
/// it stay added.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_from_json(list: *mut net_block_list, json: *const c_char, len: usize) -> c_int {
    // SAFETY: what the header asks of the program.
    number(on(list, |list| list.from_json(unsafe { needed(json, len) }?)))
}

/// Adds `count` rules, each a text as `net_block_list_rules` gives it, which ends at its NUL. Node: `blockList.fromJSON`
/// with a list.
///
/// What is no rule and what cannot be one is treated as by `net_block_list_from_json`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_block_list_add_rules(
    list: *mut net_block_list,
    rules: *const *const c_char,
    count: usize,
) -> c_int {
    number(on(list, |list| {
        // SAFETY: what the header asks of the program.
        let texts = unsafe { texts(rules, count) }?;
        texts.iter().try_for_each(|text| list.add_rule(text))
    }))
}

/// A private network, as CIDR text: private, loopback, link-local and unique local addresses. For
/// `net_block_list_add_cidr`. Node: `net.BlockList.PRIVATE_RANGES`.
///
/// Returns a static text; NULL if `index` is not below their number.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_block_list_private_range(index: usize) -> *const c_char {
    PRIVATE_RANGES.get(index).map_or(core::ptr::null(), |text| text.as_ptr())
}
