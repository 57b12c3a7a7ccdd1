//! Servers.
use super::address::{NET_CSTR, net_address};
use super::border::{Out, in_loop, number, on, pointer};
use super::callbacks::{net_drop_fn, net_server_count_fn, net_server_error_fn, net_server_fn};
use super::event_loop::net_loop;
use super::given::Given;
use super::handle::{InLoop, KIND_SERVER, Object, pack, pack_loop, unpack, unpack_loop};
use super::listen_options::{self, net_listen_options};
use super::server_options::{self, net_server_options};
use super::sized::{Place, Versioned};
use super::socket::net_socket;
use crate::core::table::Key;
use crate::net::address::Address;
use crate::net::{Loop, ServerId};
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_int, c_void};

/// A server of a loop. Opaque, never dereferenced. Node: `net.Server`.
///
/// Events: `listening`, `connection`, `close`, `error`, `drop`.
///
/// @since 0.1
pub struct net_server {
    _opaque: [u8; 0],
}

impl Object for net_server {
    const KIND: usize = KIND_SERVER;
    type Id = ServerId;

    #[inline]
    fn id(key: Key) -> ServerId {
        ServerId(key)
    }

    #[inline]
    fn key(id: ServerId) -> Key {
        id.0
    }
}

impl InLoop for net_server {
    fn alive(owner: &Loop, id: ServerId) -> Result {
        owner.server_listening(id).map(|_| ())
    }
}

/// `net_server_set_max_connections`: any number. @since 0.1
pub const NET_NO_LIMIT: i64 = -1;

/// `net_drop_info.reason`: the server has as many connections as it may. @since 0.1
pub const NET_DROP_MAX_CONNECTIONS: i32 = 1;
/// `net_drop_info.reason`: the process or the system has no file descriptor left. @since 0.1
pub const NET_DROP_NO_FDS: i32 = 2;

/// A connection that was accepted and closed at once: argument of the event `drop` of a server.
///
/// Node: the argument of `drop`, which has no reason and comes only for maxConnections.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_drop_info {
    /// `sizeof(net_drop_info)`.
    pub size: usize,
    /// A `NET_DROP_` value.
    pub reason: i32,
    /// The server's side of the connection; its family is 0 if it is not known.
    pub local: net_address,
    /// The peer's side of the connection; its family is 0 if it is not known.
    pub remote: net_address,
}

// SAFETY: integers and addresses, size first.
unsafe impl Versioned for net_drop_info {
    const FIRST: usize = size_of::<net_drop_info>();
    const INIT: net_drop_info = net_drop_info {
        size: size_of::<net_drop_info>(),
        reason: 0,
        local: net_address::INIT,
        remote: net_address::INIT,
    };
}

/// Makes a server, which does nothing until it listens. `options` NULL: the defaults. Node: `net.createServer`.
///
/// Returns NULL if the loop's handle is bad, the thread is wrong, the options are refused, or there is no memory.
/// Free it with `net_server_free`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_new(r#loop: *mut net_loop, options: *const net_server_options) -> *mut net_server {
    pointer(in_loop(r#loop, |owner| {
        // SAFETY: what the header asks of the program.
        let options = unsafe { server_options::take(options) }?;
        Ok(pack(owner.id(), owner.server_new(options)?))
    }))
}

/// Frees a server, closing it if it listens. No event is emitted, pending completions are called with
/// `NET_ECANCELED`, then the drop functions run. Its accepted sockets live on. The handle is dead at once.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_free(server: *mut net_server) -> c_int {
    number(on(server, |owner, id| owner.server_free(id)))
}

/// Listens. `options` NULL: any port on the unspecified address. Node: `server.listen(options)`.
///
/// Without a host, and for a path or a descriptor, the socket is bound when the call returns, so `net_server_address`
/// is right; a host is looked up first, which takes a tick even if it is an address. Then comes `listening`, or
/// `error` and nothing more: the server can listen again. Neither comes inside the call. A second listen during a
/// lookup takes the place of the first.
///
/// Returns 0, `NET_ERR_SERVER_ALREADY_LISTEN` if the server is bound, `NET_EINVAL` for options that cannot be.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_listen(server: *mut net_server, options: *const net_listen_options) -> c_int {
    // SAFETY: what the header asks of the program.
    let mut lookup = unsafe { listen_options::lookup(options) };
    number(on(server, |owner, id| {
        // SAFETY: what the header asks of the program.
        let mut options = unsafe { listen_options::take(options, Some(owner.id())) }?;
        options.lookup = lookup.take().ok();
        owner.server_listen(id, &options)
    }))
}

/// Listens on a port, and on the address or name `host` (NUL-terminated; NULL: the unspecified address). Node:
/// `server.listen(port, host)`. See `net_server_listen`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_listen_tcp(server: *mut net_server, port: u16, host: *const c_char) -> c_int {
    let options = net_listen_options { port, host, host_len: NET_CSTR, ..net_listen_options::INIT };
    // SAFETY: what the header asks of the program.
    unsafe { net_server_listen(server, &raw const options) }
}

/// Listens on a local socket: a file's path, or on Linux an abstract name that begins with NUL. `path_len` is the
/// length in bytes, or `NET_CSTR`. Node: `server.listen(path)`. See `net_server_listen`.
///
/// The file is made, and removed when the server closes. A path too long for the system gives the event `error`; it
/// is never cut short. A NULL or empty path gives `NET_EINVAL`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_listen_path(
    server: *mut net_server,
    path: *const c_char,
    path_len: usize,
) -> c_int {
    number(on(server, |owner, id| {
        if path.is_null() {
            return Err(Code::EINVAL);
        }
        let options = net_listen_options { path, path_len, ..net_listen_options::INIT };
        // SAFETY: what the header asks of the program.
        owner.server_listen(id, &unsafe { listen_options::take(&raw const options, Some(owner.id())) }?)
    }))
}

/// As `net_server_listen_path` with a NUL-terminated path.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_listen_path_cstr(server: *mut net_server, path: *const c_char) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { net_server_listen_path(server, path, NET_CSTR) }
}

/// Stops accepting at once. The event `close` comes when no accepted socket is left undestroyed, never inside the call.
/// Node: `server.close()`.
///
/// A server that does not listen emits `close` too. After the call it can listen again.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_close(server: *mut net_server) -> c_int {
    number(on(server, |owner, id| owner.server_close(id, None)))
}

/// As `net_server_close`, and calls `func` once with the next `close`: with `error` NULL, or with
/// `NET_ERR_SERVER_NOT_RUNNING` if the server did not listen, or `NET_ECANCELED` if it is freed first. Node:
/// `server.close(callback)`.
///
/// `drop` runs after that, and before this function returns an error (`NET_EINVAL` if `func` is NULL).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_close_cb(
    server: *mut net_server,
    func: net_server_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(server, |owner, id| owner.server_close(id, Some(given.take()?))))
}

/// Whether the server is bound and listens: 1 or 0. Node: `server.listening`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_listening(server: *mut net_server) -> c_int {
    number(on(server, |owner, id| owner.server_listening(id)))
}

/// Where the server listens. Node: `server.address()`; for a path Node returns the text alone.
///
/// Returns 1 and fills `out`, or 0 if it does not listen (Node: null); then the family is 0. As in Node the path that was
/// given last stays the address, also when it could not be listened on and after `net_server_close`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_address(server: *mut net_server, out: *mut net_address) -> c_int {
    number(on(server, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Place::new(out) }?;
        put_address(out, &owner.server_address(id)?)
    }))
}

/// Hands an address out: whether there is one.
pub(super) fn put_address(out: Place<net_address>, address: &Address) -> Result<bool> {
    out.fill(&net_address::of(address)?);
    Ok(*address != Address::Absent)
}

/// Counts the accepted sockets that are not destroyed, and calls `func` with the number, never inside the call. Node:
/// `server.getConnections`.
///
/// `drop` runs after that, and before this function returns an error (`NET_EINVAL` if `func` is NULL).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_get_connections(
    server: *mut net_server,
    func: net_server_count_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(server, |owner, id| owner.server_get_connections(id, given.take()?)))
}

/// The next of the sockets that the server has accepted and that are not destroyed; with `after` NULL the first. Node has
/// none: a program keeps a set of its own.
///
/// The order is that of the places in the library's table, not of the connections. Between two calls everything may
/// happen, `after` may be destroyed and freed: it only says where to go on. A socket that is accepted meanwhile may be met
/// or not.
///
/// Returns NULL after the last, and on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_next_socket(server: *mut net_server, after: *const net_socket) -> *mut net_socket {
    pointer(on(server, |owner, id| {
        let after = if after.is_null() {
            None
        } else {
            let (of, socket) = unpack::<net_socket>(after)?;
            Some(socket).filter(|_| of == owner.id()).map(Some).ok_or(Code::EBADF)?
        };
        let next = owner.server_next_socket(id, after)?;
        Ok(next.map_or(core::ptr::null_mut(), |socket| pack(owner.id(), socket)))
    }))
}

/// A graceful stop: closes the server, ends every socket that it has accepted, as `net_socket_end` does, behind what is
/// written, and after `grace_ms` destroys those that are still there. The event `close` comes when the last one is gone;
/// it is what tells that the stop is over. Node has none: `server.close()`, with the sockets ended and destroyed one by one.
///
/// With 0 they are destroyed at once. Asked again, the time begins anew.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_shutdown(server: *mut net_server, grace_ms: u64) -> c_int {
    number(on(server, |owner, id| owner.server_shutdown(id, grace_ms)))
}

/// At most `n` accepted sockets at a time: further connections are accepted, closed at once and told by the event
/// `drop`. 0 is none at all, `NET_NO_LIMIT` any number, as it begins. Node: `server.maxConnections`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_set_max_connections(server: *mut net_server, n: i64) -> c_int {
    number(on(server, |owner, id| owner.server_set_max_connections(id, limit(n)?)))
}

fn limit(n: i64) -> Result<Option<u64>> {
    match n {
        NET_NO_LIMIT => Ok(None),
        n => u64::try_from(n).map(Some).map_err(|_| Code::EINVAL),
    }
}

/// What `net_server_set_max_connections` set, in `out`; `NET_NO_LIMIT` as it begins. Node: `server.maxConnections`.
///
/// Returns 0.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_max_connections(server: *mut net_server, out: *mut i64) -> c_int {
    number(on(server, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        let max = owner.server_max_connections(id)?;
        out.put(max.map_or(NET_NO_LIMIT, |max| i64::try_from(max).unwrap_or(i64::MAX)));
        Ok(())
    }))
}

/// Lets the server keep the loop alive while it listens, as it does from the beginning. Node: `server.ref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_ref(server: *mut net_server) -> c_int {
    number(on(server, |owner, id| owner.server_ref(id)))
}

/// No longer lets the server keep the loop alive. Node: `server.unref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_unref(server: *mut net_server) -> c_int {
    number(on(server, |owner, id| owner.server_unref(id)))
}

/// Moves a listening server to the loop `to`, usually another thread's, with all connections that nobody has accepted
/// yet: `func` is called there with the new handle, in one of the next turns of `to`, which it keeps alive until then;
/// `listening` follows. Node: a server in the transfer list of `postMessage`.
///
/// The old handle is dead when the call returns: it tells no event any more, and its drop functions run. The sockets
/// that it accepted stay in the old loop. The options of `net_server_new`, the limit of connections and the address go along;
/// listeners, data and unref do not. The new handle is yours to free.
///
/// Refused with `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE` unless the server listens. `NET_EBADF`: there is no loop `to`. If
/// `to` is freed before `func` was called, the server is closed and only `drop` runs, once as always.
///
/// `func` and, after it, `drop` run in the thread of `to`. Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_move(
    server: *mut net_server,
    to: *mut net_loop,
    func: net_server_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(server, |owner, id| owner.server_move(id, unpack_loop(to)?, given.take()?)))
}

/// The loop of a server; NULL on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_loop(server: *mut net_server) -> *mut net_loop {
    pointer(on(server, |owner, id| {
        net_server::alive(owner, id)?;
        Ok(pack_loop(owner.id()))
    }))
}

/// The descriptor of a listening server in `out`, which stays the server's. Node: `server._handle.fd`.
///
/// Returns 1, or 0 and -1 in `out` if it does not listen.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_fd(server: *mut net_server, out: *mut c_int) -> c_int {
    number(on(server, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        Ok(out.put_or(owner.server_fd(id)?, -1))
    }))
}

/// Keeps a pointer of the program's with the server. The drop of the one before runs. `drop` runs when it is
/// replaced, at the end of the server, and before this function returns an error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_set_data(server: *mut net_server, data: *mut c_void, drop: net_drop_fn) -> c_int {
    let mut given = Given::data(data, drop);
    number(on(server, |owner, id| owner.server_set_data(id, given.take_anyway())))
}

/// What `net_server_set_data` keeps; NULL as it begins, and on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_server_data(server: *mut net_server) -> *mut c_void {
    pointer(on(server, |owner, id| owner.server_data(id)))
}

/// How many listeners of `event` there are, in `out`; the name is NUL-terminated, as the functions or as Node spell it.
/// Node: `server.listenerCount`.
///
/// Returns 0; `NET_EINVAL` for a name that is no event of servers.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_listener_count(
    server: *mut net_server,
    event: *const c_char,
    out: *mut usize,
) -> c_int {
    number(on(server, |owner, id| {
        // SAFETY: what the header asks of the program.
        let (event, out) = unsafe { (super::text::counted(event, NET_CSTR)?, Out::new(out)?) };
        let event = event.and_then(super::server_events::named).ok_or(Code::EINVAL)?;
        out.put(owner.server_listener_count(id, event)?);
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_one_is_no_limit_and_zero_is_one() {
        assert_eq!((limit(NET_NO_LIMIT), limit(0), limit(7)), (Ok(None), Ok(Some(0)), Ok(Some(7))));
        assert_eq!((limit(-2), limit(i64::MIN)), (Err(Code::EINVAL), Err(Code::EINVAL)));
    }
}
