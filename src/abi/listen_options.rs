//! Options of listening.
use super::address::NET_CSTR;
use super::bound_socket::net_bound_socket;
use super::callbacks::{net_drop_fn, net_lookup_fn};
use super::given::Given;
use super::handle;
use super::server::net_server;
use super::sized::{self, Versioned};
use super::socket::net_socket;
use super::text::{descriptor, flag, host, path};
use crate::net::events::LoopId;
use crate::net::options::{DEFAULT_BACKLOG, ListenOptions, ListenTarget};
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_void};
use core::ptr::{null, null_mut};

/// Options of `net_server_listen`. Begin with `NET_LISTEN_OPTIONS_INIT`: it listens on the unspecified address, on a
/// port that the system chooses. Of `path`, `fd`, `handle`, and `port` with `host`, one is given.
///
/// Node: the options of `server.listen`. Flags are 0 or 1.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_listen_options {
    /// `sizeof(net_listen_options)`.
    pub size: usize,
    /// Node: `port`. 0: the system chooses, `net_server_address` tells which. Default 0.
    pub port: u16,
    /// Node: `backlog`. How many connections the system holds until they are accepted; 0 counts as 511, as in Node.
    /// Default 511.
    pub backlog: i32,
    /// Node: `host`. An IP address, or a name to look up; UTF-8. NULL or empty: `::`, which takes IPv4 too, or
    /// `0.0.0.0` where there is no IPv6. Default NULL.
    pub host: *const c_char,
    /// Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`.
    pub host_len: usize,
    /// Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Not together with `port`,
    /// `host` or `fd`. Default NULL.
    pub path: *const c_char,
    /// Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`.
    pub path_len: usize,
    /// Node: `fd`. A bound or listening stream socket to take over, as from systemd: the library closes it. What is none is
    /// the event `error` with `NET_EINVAL`, what the loop has already `NET_EEXIST`; they stay the program's. -1 for none.
    /// Default -1.
    pub fd: i32,
    /// Node: `ipv6Only`. 1: `::` does not take IPv4. Default 0.
    pub ipv6_only: i32,
    /// Node: `reusePort`. 1: others may listen on the same port, and the system shares connections out. Default 0.
    pub reuse_port: i32,
    /// Node: `exclusive`. It concerns Node's cluster only, and changes nothing here. Default 0.
    pub exclusive: i32,
    /// Node: `readableAll`. 1: the socket file can be read by all users. Refused for an abstract name. Default 0.
    pub readable_all: i32,
    /// Node: `writableAll`. 1: the socket file can be written by all users. Refused for an abstract name. Default 0.
    pub writable_all: i32,
    /// A lookup of the program's own for `host`, asked for all its addresses, of which the first that is not link-local
    /// is taken; NULL: getaddrinfo on threads of the library. What it answers that is no address comes as the event
    /// `error`. Node: `dns.lookup`, which it always asks. Default NULL.
    pub lookup: net_lookup_fn,
    /// `user` of `lookup`. Default NULL.
    pub lookup_user: *mut c_void,
    /// Runs with `lookup_user` once `lookup` will not be called any more: after the answer, or with the next listen or
    /// the close; also if no lookup is needed or the call is refused, unless `size` is wrong. Default NULL.
    pub lookup_drop: net_drop_fn,
    /// Node: `handle`. A `net_bound_socket` to adopt; or a listening `net_server` of the same loop, whose handle both have
    /// from then on: connections come to the one that listened last, and the first to close ends both; or a `net_socket`
    /// of the same loop that is bound and not connected, which gives its handle up and closes. Not together with another
    /// place to listen on. NULL for none. Default NULL.
    pub handle: *const c_void,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_listen_options {
    const FIRST: usize = size_of::<net_listen_options>();
    const INIT: net_listen_options = net_listen_options {
        size: size_of::<net_listen_options>(),
        port: 0,
        backlog: DEFAULT_BACKLOG,
        host: null(),
        host_len: NET_CSTR,
        path: null(),
        path_len: NET_CSTR,
        fd: -1,
        ipv6_only: 0,
        reuse_port: 0,
        exclusive: 0,
        readable_all: 0,
        writable_all: 0,
        lookup: None,
        lookup_user: null_mut(),
        lookup_drop: None,
        handle: null(),
    };
}

/// The lookup with its drop, before anything can refuse the call.
///
/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn lookup(options: *const net_listen_options) -> Given {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }.unwrap_or(net_listen_options::INIT);
    Given::new(given.lookup, given.lookup_user, given.lookup_drop)
}

/// Whatever a handle names that can be listened on, of the same loop or of none.
fn handle<'a>(handle: *const c_void, owner: Option<LoopId>) -> Result<ListenTarget<'a>> {
    if let Ok(bound) = handle::unpack_free::<net_bound_socket>(handle.cast()) {
        return Ok(ListenTarget::Bound(bound));
    }
    let (of, target) = match handle::unpack::<net_server>(handle.cast()) {
        Ok((of, server)) => (of, ListenTarget::Server(server)),
        Err(_) => {
            let (of, socket) = handle::unpack::<net_socket>(handle.cast())?;
            (of, ListenTarget::Socket(socket))
        }
    };
    if Some(of) == owner { Ok(target) } else { Err(Code::EBADF) }
}

/// All but the lookup, which [`lookup`] takes.
///
/// # Safety
/// `options` is NULL or readable for the size it says, and its texts as they say for as long as the answer is used.
pub(super) unsafe fn take<'a>(options: *const net_listen_options, owner: Option<LoopId>) -> Result<ListenOptions<'a>> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    let backlog = match given.backlog {
        0 => DEFAULT_BACKLOG,
        1.. => given.backlog,
        _ => return Err(Code::EINVAL),
    };
    let (readable_all, writable_all) = (flag(given.readable_all)?, flag(given.writable_all)?);
    // SAFETY: passed on.
    let (host, path) = unsafe { (host(given.host, given.host_len)?, path(given.path, given.path_len)?) };
    let place = (path, descriptor(given.fd)?);
    if !given.handle.is_null() && (place != (None, None) || given.port != 0 || host.is_some()) {
        return Err(Code::EINVAL);
    }
    let target = match place {
        (None, None) if !given.handle.is_null() => handle(given.handle, owner)?,
        (None, None) => ListenTarget::Tcp { port: given.port, host },
        _ if given.port != 0 || host.is_some() => return Err(Code::EINVAL),
        (Some([0, ..]), None) if readable_all || writable_all => return Err(Code::EINVAL),
        (Some(path), None) => ListenTarget::Path(path),
        (None, Some(fd)) => ListenTarget::Fd(fd),
        (Some(_), Some(_)) => return Err(Code::EINVAL),
    };
    Ok(ListenOptions {
        target,
        backlog,
        ipv6_only: flag(given.ipv6_only)?,
        reuse_port: flag(given.reuse_port)?,
        exclusive: flag(given.exclusive)?,
        readable_all,
        writable_all,
        lookup: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Option<LoopId> = Some(LoopId { slot: 0, generation: 1 });

    fn taken(options: &net_listen_options) -> Result<ListenOptions<'static>> {
        // SAFETY: a whole struct with static texts.
        unsafe { take(options, OWNER) }
    }

    #[test]
    fn null_is_the_unspecified_address_and_any_port() {
        // SAFETY: NULL is allowed.
        let options = unsafe { take(null(), OWNER) }.unwrap();
        assert!(matches!(options.target, ListenTarget::Tcp { port: 0, host: None }));
        assert_eq!(options.backlog, 511);
    }

    #[test]
    fn one_target_is_taken() {
        let init = net_listen_options::INIT;
        let tcp = taken(&net_listen_options { port: 80, host: c"::1".as_ptr(), ..init }).unwrap();
        assert!(matches!(tcp.target, ListenTarget::Tcp { port: 80, host: Some("::1") }));
        let path = taken(&net_listen_options { path: c"/p".as_ptr(), ..init }).unwrap();
        assert!(matches!(path.target, ListenTarget::Path(b"/p")));
        let fd = taken(&net_listen_options { fd: 0, ..init }).unwrap();
        assert!(matches!(fd.target, ListenTarget::Fd(0)));
    }

    #[test]
    fn two_targets_are_refused() {
        let path = net_listen_options { path: c"/p".as_ptr(), ..net_listen_options::INIT };
        let fd = net_listen_options { fd: 3, ..net_listen_options::INIT };
        let bad = [
            net_listen_options { port: 1, ..path },
            net_listen_options { host: c"::".as_ptr(), ..path },
            net_listen_options { fd: 3, ..path },
            net_listen_options { port: 1, ..fd },
        ];
        for options in bad {
            assert_eq!(taken(&options).unwrap_err(), Code::EINVAL, "{options:?}");
        }
    }

    #[test]
    fn an_abstract_name_has_no_mode() {
        let name = b"\0x";
        let options = net_listen_options { path: name.as_ptr().cast(), path_len: 2, ..net_listen_options::INIT };
        assert!(matches!(taken(&options).unwrap().target, ListenTarget::Path(b"\0x")));
        assert!(taken(&net_listen_options { readable_all: 1, ..options }).is_err());
        assert!(taken(&net_listen_options { writable_all: 1, ..options }).is_err());
    }

    #[test]
    fn backlog_and_flags_are_checked() {
        let init = net_listen_options::INIT;
        assert_eq!(taken(&net_listen_options { backlog: 0, ..init }).unwrap().backlog, 511);
        assert_eq!(taken(&net_listen_options { backlog: 7, ..init }).unwrap().backlog, 7);
        let bad = [
            net_listen_options { backlog: -1, ..init },
            net_listen_options { ipv6_only: 2, ..init },
            net_listen_options { reuse_port: 2, ..init },
            net_listen_options { exclusive: 2, ..init },
            net_listen_options { readable_all: 2, ..init },
            net_listen_options { writable_all: -1, ..init },
            net_listen_options { fd: -2, ..init },
            net_listen_options { path: c"".as_ptr(), ..init },
            net_listen_options { host: c"\xff".as_ptr(), ..init },
            net_listen_options { host_len: 1, ..init },
        ];
        for options in bad {
            assert_eq!(taken(&options).unwrap_err(), Code::EINVAL, "{options:?}");
        }
    }
}
