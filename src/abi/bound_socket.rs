//! Bound sockets: an address that is taken, for a server or a socket to adopt.
use super::address::{NET_CSTR, net_address};
use super::border::{Out, call, number, pointer_or};
use super::error::net_error;
use super::error_out::{ErrorOut, seen_or_null};
use super::handle::{Free, KIND_FREE, Object, pack_free, unpack_free};
use super::net;
use super::sized::{self, Place, Versioned};
use super::text::{flag, path, utf8};
use crate::core::table::Key;
use crate::net::BoundSocketId;
use crate::net::error::NetError;
use crate::net::options::{BoundOptions, BoundTarget};
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_int};
use core::ptr::null;
use std::cell::RefCell;

/// An address that is bound, over TCP or as a local socket, and neither listens nor connects yet. Opaque, never
/// dereferenced. Node: `net.BoundSocket`.
///
/// A server adopts it by the field `handle` of `net_listen_options`, a socket by that of `net_socket_options`: then it is
/// where the socket connects from. From then on the address and the descriptor are theirs, and every use of the bound
/// socket gives `NET_ERR_SOCKET_HANDLE_ADOPTED`; its handle stays good until `net_bound_socket_free`. It belongs to no
/// loop: any thread may bind, and the loop of another adopt.
///
/// @since 0.1
pub struct net_bound_socket {
    _opaque: [u8; 0],
}

impl Object for net_bound_socket {
    const KIND: usize = KIND_FREE;
    type Id = BoundSocketId;

    #[inline]
    fn id(key: Key) -> BoundSocketId {
        BoundSocketId(key)
    }

    #[inline]
    fn key(id: BoundSocketId) -> Key {
        id.0
    }
}

impl Free for net_bound_socket {
    const TABLE: u16 = 2;
}

/// The bound socket of an options struct; NULL for none.
pub(super) fn given(handle: *const net_bound_socket) -> Result<Option<BoundSocketId>> {
    if handle.is_null() { Ok(None) } else { unpack_free(handle).map(Some) }
}

/// Options of `net_bound_socket_new`. Begin with `NET_BOUND_SOCKET_OPTIONS_INIT`: the unspecified address of IPv4, and a
/// port that the system chooses.
///
/// Node: the options of `new net.BoundSocket`. Flags are 0 or 1.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_bound_socket_options {
    /// `sizeof(net_bound_socket_options)`.
    pub size: usize,
    /// Node: `port`. 0: the system chooses, `net_bound_socket_address` tells which. Default 0.
    pub port: u16,
    /// Node: `host`. An IP address; a name is `NET_ERR_INVALID_ARG_VALUE`, since nothing is looked up. NULL: `0.0.0.0`, or
    /// `::` with `ipv6_only`. Default NULL.
    pub host: *const c_char,
    /// Bytes in `host`, or `NET_CSTR`. Default `NET_CSTR`.
    pub host_len: usize,
    /// Node: `path`. A file's path, or on Linux an abstract name that begins with NUL. Together with one of the other
    /// fields it is `NET_ERR_INVALID_ARG_VALUE`. Default NULL.
    pub path: *const c_char,
    /// Bytes in `path`, or `NET_CSTR`. Default `NET_CSTR`.
    pub path_len: usize,
    /// Node: `ipv6Only`. 1: `::` does not take IPv4. Default 0.
    pub ipv6_only: i32,
    /// Node: `reusePort`. 1: others may bind the same port, if they say so too. Default 0.
    pub reuse_port: i32,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_bound_socket_options {
    const FIRST: usize = size_of::<net_bound_socket_options>();
    const INIT: net_bound_socket_options = net_bound_socket_options {
        size: size_of::<net_bound_socket_options>(),
        port: 0,
        host: null(),
        host_len: NET_CSTR,
        path: null(),
        path_len: NET_CSTR,
        ipv6_only: 0,
        reuse_port: 0,
    };
}

/// # Safety
/// `options` is NULL or readable for the size it says, and its texts as they say for as long as the answer is used.
unsafe fn take<'a>(options: *const net_bound_socket_options) -> Result<BoundOptions<'a>> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    let (ipv6_only, reuse_port) = (flag(given.ipv6_only)?, flag(given.reuse_port)?);
    // SAFETY: passed on.
    let (host, path) = unsafe { (utf8(given.host, given.host_len)?, path(given.path, given.path_len)?) };
    let target = match path {
        None => BoundTarget::Tcp { host, port: given.port },
        Some(_) if given.port != 0 || host.is_some() || ipv6_only || reuse_port => {
            return Err(Code::ERR_INVALID_ARG_VALUE);
        }
        Some(path) => BoundTarget::Path(path),
    };
    Ok(BoundOptions { target, ipv6_only, reuse_port })
}

thread_local! {
    /// Why the last one of this thread could not be made.
    static FAILED: RefCell<Option<Box<ErrorOut>>> = const { RefCell::new(None) };
}

fn keep(failed: Option<&NetError>) {
    let kept = failed.map(|error| Box::new(ErrorOut::new(error)));
    FAILED.with_borrow_mut(|last| *last = kept);
}

/// Binds an address, inside the call. `options` NULL: any port of the unspecified address. Node: `new net.BoundSocket`.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL), and with all that Node's error has in
/// `net_bound_socket_error`: `NET_EADDRINUSE`, `NET_EADDRNOTAVAIL`, `NET_EACCES`, also for a folder that is missing,
/// `NET_EINVAL` for a path that is too long, `NET_ERR_INVALID_ARG_VALUE`. Free it with `net_bound_socket_free`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_bound_socket_new(
    options: *const net_bound_socket_options,
    error: *mut c_int,
) -> *mut net_bound_socket {
    let made = call(|| {
        // SAFETY: what the header asks of the program.
        let made = unsafe { take(options) }
            .map_err(|code| Box::new(NetError::library(code)))
            .and_then(|options| net::bound_socket_new(&options));
        keep(made.as_ref().err().map(|error| &**error));
        made.map(pack_free).map_err(|error| error.code)
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(made, error) }
}

/// Why the last `net_bound_socket_new` of the calling thread failed; NULL if it did not. It lives until the next one of
/// this thread. Node: what `new net.BoundSocket` throws.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_bound_socket_error() -> *const net_error {
    call(|| Ok(FAILED.with_borrow(|last| seen_or_null(last.as_deref())))).unwrap_or(null())
}

/// Where it is bound: an IP address with the port that the system chose, or the path as it was given. Node:
/// `boundSocket.address()`.
///
/// Returns 1 and fills `out`; `NET_ERR_SOCKET_HANDLE_ADOPTED`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_bound_socket_address(bound: *mut net_bound_socket, out: *mut net_address) -> c_int {
    number(call(|| {
        let id = unpack_free(bound)?;
        // SAFETY: what the header asks of the program.
        let out = unsafe { Place::new(out) };
        let address = net::bound_socket_address(id)?;
        super::server::put_address(out?, &address)
    }))
}

/// Whether it is bound to a path or an abstract name, 1 or 0, and not over TCP. Also of one that is adopted or closed.
/// Node: `boundSocket.isPipe`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_bound_socket_is_pipe(bound: *mut net_bound_socket) -> c_int {
    number(call(|| net::bound_socket_is_pipe(unpack_free(bound)?)))
}

/// Its descriptor in `out`, which stays its own. Node: `boundSocket.fd()`.
///
/// Returns 0; `NET_ERR_SOCKET_HANDLE_ADOPTED`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_bound_socket_fd(bound: *mut net_bound_socket, out: *mut c_int) -> c_int {
    number(call(|| {
        let id = unpack_free(bound)?;
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) };
        let fd = net::bound_socket_fd(id)?;
        out?.put(fd);
        Ok(())
    }))
}

/// Closes it, and removes the file of a path. Node: `boundSocket.close()`.
///
/// Returns 0; `NET_ERR_SOCKET_HANDLE_ADOPTED` if it was adopted or closed.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_bound_socket_close(bound: *mut net_bound_socket) -> c_int {
    number(call(|| net::bound_socket_close(unpack_free(bound)?)))
}

/// Frees a bound socket, closing it if nobody has adopted it. The handle is dead at once. Node: `using`, at the end of the
/// block.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_bound_socket_free(bound: *mut net_bound_socket) -> c_int {
    number(call(|| net::bound_socket_free(unpack_free(bound)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(options: &net_bound_socket_options) -> Result<BoundOptions<'static>> {
        // SAFETY: a whole struct with static texts.
        unsafe { take(options) }
    }

    #[test]
    fn a_path_stands_alone() {
        let path = net_bound_socket_options { path: c"/p".as_ptr(), ..net_bound_socket_options::INIT };
        assert!(matches!(taken(&path).unwrap().target, BoundTarget::Path(b"/p")));
        let bad = [
            net_bound_socket_options { port: 1, ..path },
            net_bound_socket_options { host: c"::".as_ptr(), ..path },
            net_bound_socket_options { ipv6_only: 1, ..path },
            net_bound_socket_options { reuse_port: 1, ..path },
        ];
        for options in bad {
            assert_eq!(taken(&options).unwrap_err(), Code::ERR_INVALID_ARG_VALUE, "{options:?}");
        }
    }

    #[test]
    fn flags_are_checked() {
        let init = net_bound_socket_options::INIT;
        assert_eq!(taken(&net_bound_socket_options { ipv6_only: 2, ..init }).unwrap_err(), Code::EINVAL);
        assert_eq!(taken(&net_bound_socket_options { reuse_port: -1, ..init }).unwrap_err(), Code::EINVAL);
    }
}
