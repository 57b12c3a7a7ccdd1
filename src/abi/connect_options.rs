//! Options of connecting.
use super::address::NET_CSTR;
use super::callbacks::{net_drop_fn, net_lookup_fn};
use super::given::Given;
use super::net;
use super::sized::{self, Versioned};
use super::text::{host, path, tristate, utf8};
use crate::net::options::{ConnectOptions, ConnectTarget};
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_void};
use core::ptr::{null, null_mut};

/// `net_connect_options.hints`: only families that this machine has an address of. Node: `dns.ADDRCONFIG`. @since 0.1
pub const NET_HINT_ADDRCONFIG: i32 = 1;
/// `net_connect_options.hints`: with family 6, IPv4 addresses as mapped IPv6 ones if there are no others. Node:
/// `dns.V4MAPPED`. @since 0.1
pub const NET_HINT_V4MAPPED: i32 = 2;
/// `net_connect_options.hints`: with `NET_HINT_V4MAPPED`, the mapped ones too. Node: `dns.ALL`. @since 0.1
pub const NET_HINT_ALL: i32 = 4;

/// The longest time that Node lets an attempt have.
const LONGEST_ATTEMPT: u64 = i32::MAX as u64;

/// Options of `net_connect` and `net_socket_connect`. Begin with `NET_CONNECT_OPTIONS_INIT`. Either `path` is given, or
/// `port` and perhaps `host`.
///
/// Node: the options of `socket.connect`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_connect_options {
    /// `sizeof(net_connect_options)`.
    pub size: usize,
    /// Node: `port`. Port 0 is allowed as in Node, and fails with an error event. Default 0.
    pub port: u16,
    /// Node: `localPort`. The port to connect from; 0: the system chooses. Default 0.
    pub local_port: u16,
    /// Node: `host`. An IP address, or a name to look up; UTF-8. NULL or empty: "localhost". Default NULL.
    pub host: *const c_char,
    /// Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`.
    pub host_len: usize,
    /// Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Not together with `port` or
    /// `host`; what concerns only TCP is ignored with it. Default NULL.
    pub path: *const c_char,
    /// Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`.
    pub path_len: usize,
    /// Node: `localAddress`. The IP address to connect from. NULL: the system chooses. Default NULL.
    pub local_address: *const c_char,
    /// Bytes in `local_address`, or `NET_CSTR`. Default `NET_CSTR`.
    pub local_address_len: usize,
    /// Node: `family`. 4 or 6 restricts the lookup, 0 does not. Default 0.
    pub family: i32,
    /// Node: `hints`. `NET_HINT_` bits for the lookup. Default 0.
    pub hints: i32,
    /// Node: `autoSelectFamily`. 1: try all addresses of a name, families in turn; 0: the first one only; -1: as
    /// `net_get_default_auto_select_family` says. Default -1.
    pub auto_select_family: i32,
    /// Node: `autoSelectFamilyAttemptTimeout`. Milliseconds, at most 2147483647, below 10 counts as 10; 0: as
    /// `net_get_default_auto_select_family_attempt_timeout` says. Default 0.
    pub auto_select_family_attempt_timeout: u64,
    /// Node: `timeout`. As `net_socket_set_timeout` before connecting; 0: not set. Milliseconds, default 0.
    pub timeout: u64,
    /// Node: `lookup`. A lookup of the program's own; NULL: getaddrinfo on threads of the library. Default NULL.
    pub lookup: net_lookup_fn,
    /// `user` of `lookup`. Default NULL.
    pub lookup_user: *mut c_void,
    /// Runs with `lookup_user` once `lookup` will not be called any more: after the answer, or with the end of the
    /// connect; also if no lookup is needed or the call is refused, unless `size` is wrong. Default NULL.
    pub lookup_drop: net_drop_fn,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_connect_options {
    const FIRST: usize = size_of::<net_connect_options>();
    const INIT: net_connect_options = net_connect_options {
        size: size_of::<net_connect_options>(),
        port: 0,
        local_port: 0,
        host: null(),
        host_len: NET_CSTR,
        path: null(),
        path_len: NET_CSTR,
        local_address: null(),
        local_address_len: NET_CSTR,
        family: 0,
        hints: 0,
        auto_select_family: -1,
        auto_select_family_attempt_timeout: 0,
        timeout: 0,
        lookup: None,
        lookup_user: null_mut(),
        lookup_drop: None,
    };
}

/// The lookup with its drop, before anything can refuse the call.
///
/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn lookup(options: *const net_connect_options) -> Given {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }.unwrap_or(net_connect_options::INIT);
    Given::new(given.lookup, given.lookup_user, given.lookup_drop)
}

/// What may be said for an attempt: at least 1, at most what Node takes.
pub(super) fn attempt_timeout(ms: u64) -> Result<u64> {
    if (1..=LONGEST_ATTEMPT).contains(&ms) { Ok(ms) } else { Err(Code::ERR_OUT_OF_RANGE) }
}

/// All but the lookup, which [`lookup`] takes.
///
/// # Safety
/// `options` is NULL or readable for the size it says, and its texts as they say for as long as the answer is used.
pub(super) unsafe fn take<'a>(options: *const net_connect_options) -> Result<ConnectOptions<'a>> {
    if options.is_null() {
        return Err(Code::ERR_MISSING_ARGS);
    }
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    let family = match given.family {
        0 => 0,
        4 => 4,
        6 => 6,
        _ => return Err(Code::EINVAL),
    };
    if given.hints & !(NET_HINT_ADDRCONFIG | NET_HINT_V4MAPPED | NET_HINT_ALL) != 0 {
        return Err(Code::EINVAL);
    }
    // SAFETY: passed on.
    let (host, path, local_address) = unsafe {
        (
            host(given.host, given.host_len)?,
            path(given.path, given.path_len)?,
            utf8(given.local_address, given.local_address_len)?.filter(|text| !text.is_empty()),
        )
    };
    if path.is_some() && (given.port != 0 || host.is_some()) {
        return Err(Code::EINVAL);
    }
    if local_address.is_some_and(|text| net::is_ip(text.as_bytes()) == 0) {
        return Err(Code::ERR_INVALID_IP_ADDRESS);
    }
    let attempt = match given.auto_select_family_attempt_timeout {
        0 => None,
        ms => Some(attempt_timeout(ms)?),
    };
    Ok(ConnectOptions {
        target: path.map_or(ConnectTarget::Tcp { port: given.port, host }, ConnectTarget::Path),
        local_address,
        local_port: given.local_port,
        family,
        hints: given.hints,
        auto_select_family: tristate(given.auto_select_family)?,
        auto_select_family_attempt_timeout: attempt,
        timeout: given.timeout,
        lookup: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(options: &net_connect_options) -> Result<ConnectOptions<'static>> {
        // SAFETY: a whole struct with static texts.
        unsafe { take(options) }
    }

    #[test]
    fn nothing_at_all_is_missing_but_port_zero_is_not() {
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { take(null()) }.unwrap_err(), Code::ERR_MISSING_ARGS);
        let options = taken(&net_connect_options::INIT).unwrap();
        assert!(matches!(options.target, ConnectTarget::Tcp { port: 0, host: None }));
        assert_eq!((options.auto_select_family, options.auto_select_family_attempt_timeout), (None, None));
        assert!(options.lookup.is_none() && options.local_address.is_none());
    }

    #[test]
    fn a_path_stands_alone() {
        let path = net_connect_options { path: c"/p".as_ptr(), ..net_connect_options::INIT };
        assert!(matches!(taken(&path).unwrap().target, ConnectTarget::Path(b"/p")));
        assert_eq!(taken(&net_connect_options { port: 1, ..path }).unwrap_err(), Code::EINVAL);
        assert_eq!(taken(&net_connect_options { host: c"h".as_ptr(), ..path }).unwrap_err(), Code::EINVAL);
    }

    #[test]
    fn numbers_are_checked() {
        let init = net_connect_options::INIT;
        let bad = [
            net_connect_options { family: 5, ..init },
            net_connect_options { family: -4, ..init },
            net_connect_options { hints: 8, ..init },
            net_connect_options { auto_select_family: 2, ..init },
            net_connect_options { auto_select_family: -2, ..init },
        ];
        for options in bad {
            assert_eq!(taken(&options).unwrap_err(), Code::EINVAL, "{options:?}");
        }
        let long = net_connect_options { auto_select_family_attempt_timeout: LONGEST_ATTEMPT + 1, ..init };
        assert_eq!(taken(&long).unwrap_err(), Code::ERR_OUT_OF_RANGE);
        assert_eq!((attempt_timeout(0), attempt_timeout(1)), (Err(Code::ERR_OUT_OF_RANGE), Ok(1)));
        let good = net_connect_options { family: 6, hints: 7, auto_select_family: 0, ..init };
        let taken = taken(&good).unwrap();
        assert_eq!((taken.family, taken.hints, taken.auto_select_family), (6, 7, Some(false)));
    }
}
