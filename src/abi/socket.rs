//! Sockets: making, connecting, ending their life, and what they belong to.
use super::address::NET_CSTR;
use super::border::{Out, in_loop, number, on, pointer, pointer_or};
use super::callbacks::{net_drop_fn, net_socket_fn};
use super::connect_options::{self, net_connect_options};
use super::error::net_error;
use super::error_in;
use super::event_loop::net_loop;
use super::given::Given;
use super::handle::{InLoop, KIND_SOCKET, Object, pack, pack_loop, unpack_loop};
use super::server::net_server;
use super::sized::{Place, Versioned};
use super::socket_options::{self, net_socket_options};
use super::text::flag;
use crate::core::table::Key;
use crate::net::socket::seconds;
use crate::net::{Loop, SocketId};
use crate::sys::code::{Code, Result};
use crate::sys::stream::{Buffer, Probes};
use core::ffi::{c_char, c_int, c_void};

/// A socket of a loop: one connection, over TCP or over a local socket. Opaque, never dereferenced. Node: `net.Socket`.
///
/// Events: `connect`, `ready`, `data`, `readable`, `end`, `drain`, `finish`, `timeout`, `error`, `close`, `pause`,
/// `resume`, `lookup`, `connectionAttempt`, `connectionAttemptFailed`, `connectionAttemptTimeout`.
///
/// @since 0.1
pub struct net_socket {
    _opaque: [u8; 0],
}

impl Object for net_socket {
    const KIND: usize = KIND_SOCKET;
    type Id = SocketId;

    #[inline]
    fn id(key: Key) -> SocketId {
        SocketId(key)
    }

    #[inline]
    fn key(id: SocketId) -> Key {
        id.0
    }
}

impl InLoop for net_socket {
    fn alive(owner: &Loop, id: SocketId) -> Result {
        owner.socket_destroyed(id).map(|_| ())
    }
}

/// Makes a socket, which is not connected unless the options have a descriptor. `options` NULL: the defaults. Node:
/// `new net.Socket`.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL): a bad loop, wrong thread, refused
/// options, a descriptor that is no stream (`NET_ERR_INVALID_FD_TYPE`), a bound socket that is adopted
/// (`NET_ERR_SOCKET_HANDLE_ADOPTED`), no memory. Free it with `net_socket_free`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_new(
    r#loop: *mut net_loop,
    options: *const net_socket_options,
    error: *mut c_int,
) -> *mut net_socket {
    // SAFETY: what the header asks of the program.
    let mut onread = unsafe { socket_options::onread(options) };
    let made = in_loop(r#loop, |owner| {
        // SAFETY: what the header asks of the program.
        let mut options = unsafe { socket_options::take(options) }?;
        options.onread = onread.seen()?;
        let id = owner.socket_new(options)?;
        onread.take();
        Ok(pack(owner.id(), id))
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(made, error) }
}

/// Makes a socket and connects it: `net_socket_new` and `net_socket_connect` in one. `socket_options` NULL: the
/// defaults. Node: `net.createConnection`.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL); what goes wrong with the connection
/// itself comes as the socket's event `error`. Free it with `net_socket_free`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_connect(
    r#loop: *mut net_loop,
    options: *const net_connect_options,
    socket_options: *const net_socket_options,
    error: *mut c_int,
) -> *mut net_socket {
    // SAFETY: what the header asks of the program.
    let (mut lookup, mut onread) =
        unsafe { (connect_options::lookup(options), socket_options::onread(socket_options)) };
    let made = in_loop(r#loop, |owner| {
        // SAFETY: what the header asks of the program.
        let (mut options, mut socket_options) =
            unsafe { (connect_options::take(options)?, socket_options::take(socket_options)?) };
        socket_options.onread = onread.seen()?;
        let id = owner.socket_new(socket_options)?;
        onread.take();
        options.lookup = lookup.take().ok();
        if let Err(code) = owner.socket_connect(id, &options) {
            owner.socket_free(id)?;
            return Err(code);
        }
        Ok(pack(owner.id(), id))
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(made, error) }
}

/// Frees a socket. One that is open is destroyed: no event is emitted, pending completions are called with
/// `NET_ECANCELED`, owned bytes are released, then the drop functions run. The handle is dead at once, in its own
/// callbacks too.
///
/// Free every socket that you made; an accepted one frees itself after `close`, unless `net_socket_keep` was called.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_free(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_free(id)))
}

/// Makes an accepted socket the program's own: it is not freed after `close`, but by `net_socket_free`. Others are so
/// from the beginning.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_keep(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_keep(id)))
}

/// Moves a connected socket to the loop `to`, usually another thread's: `func` is called there with the new handle,
/// in one of the next turns of `to`, which it keeps alive until then. Node: a socket in the transfer list of
/// `postMessage`.
///
/// The old handle is dead when the call returns: it tells no event any more, its drop functions run, its server
/// counts it no longer. Of what was set before, `allow_half_open`, no-delay, keep-alive, type of service and the high water
/// mark go along; listeners, data, timeout and unref do not. The new socket reads nothing before it is asked to
/// (a listener of `data` or `readable`, `net_socket_resume`, `net_socket_read`), so nothing is lost that the peer has
/// sent meanwhile. It is freed after its `close` as an accepted one, unless `net_socket_keep` is called.
///
/// Refused with `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE`, and the socket stays as it was, unless it is connected, and
/// nothing was read, written or ended yet: move it in its `connection` or `connect` listener. `NET_EBADF`: there is no loop
/// `to`. If `to` is freed before `func` was called, the connection is closed and only `drop` runs, once as always.
///
/// `func` and, after it, `drop` run in the thread of `to`. Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_move(
    socket: *mut net_socket,
    to: *mut net_loop,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(socket, |owner, id| owner.socket_move(id, unpack_loop(to)?, given.take()?)))
}

/// Connects. Node: `socket.connect(options)`.
///
/// Events follow, never inside the call: `lookup` for names, `connectionAttempt`, then `connect` and `ready`, or
/// `error` and `close`. Writes are kept until then. A closed socket can connect again, from its own `close` listener
/// too; its listeners stay. One that is connected or connecting gets `error` (EISCONN, EALREADY) and is destroyed, as
/// in Node.
///
/// Returns 0; `NET_ERR_MISSING_ARGS` for `options` NULL; `NET_ERR_INVALID_IP_ADDRESS` for a local address that is none;
/// `NET_ERR_OUT_OF_RANGE` for an attempt timeout that is too long; `NET_EINVAL` for options that cannot be.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_connect(socket: *mut net_socket, options: *const net_connect_options) -> c_int {
    // SAFETY: what the header asks of the program.
    let mut lookup = unsafe { connect_options::lookup(options) };
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let mut options = unsafe { connect_options::take(options) }?;
        options.lookup = lookup.take().ok();
        owner.socket_connect(id, &options)
    }))
}

/// Connects to a port of `host`, an address or a name (NUL-terminated; NULL: "localhost"). Node:
/// `socket.connect(port, host)`. See `net_socket_connect`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_connect_tcp(socket: *mut net_socket, port: u16, host: *const c_char) -> c_int {
    let options = net_connect_options { port, host, host_len: NET_CSTR, ..net_connect_options::INIT };
    // SAFETY: what the header asks of the program.
    unsafe { net_socket_connect(socket, &raw const options) }
}

/// Connects to a local socket: a file's path, or on Linux an abstract name that begins with NUL. `path_len` is the
/// length in bytes, or `NET_CSTR`. Node: `socket.connect(path)`. See `net_socket_connect`.
///
/// A path too long for the system gives the event `error`; it is never cut short. A NULL or empty path gives
/// `NET_EINVAL`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_connect_path(
    socket: *mut net_socket,
    path: *const c_char,
    path_len: usize,
) -> c_int {
    number(on(socket, |owner, id| {
        if path.is_null() {
            return Err(Code::EINVAL);
        }
        let options = net_connect_options { path, path_len, ..net_connect_options::INIT };
        // SAFETY: what the header asks of the program.
        owner.socket_connect(id, &unsafe { connect_options::take(&raw const options) }?)
    }))
}

/// As `net_socket_connect_path` with a NUL-terminated path.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_connect_path_cstr(socket: *mut net_socket, path: *const c_char) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { net_socket_connect_path(socket, path, NET_CSTR) }
}

/// Ends the socket's connection at once, whatever is unsent or unread. `error` NULL: without an error. Node:
/// `socket.destroy(error)`.
///
/// Completions of waiting writes are called with `NET_ECANCELED`, then comes `close`; with an error first `error`,
/// with what was given. None of that comes inside the call. On a destroyed socket it does nothing.
///
/// `error` is copied: begin with `NET_ERROR_INIT`, and set what you need. An error that came to a callback can be
/// passed on. Returns `NET_EINVAL` for one with values that mean nothing: a `kind` or `number` or `name` or `syscall`
/// that the library does not know, text that is no UTF-8.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_destroy(socket: *mut net_socket, error: *const net_error) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        owner.socket_destroy(id, unsafe { error_in::take(error) }?)
    }))
}

/// Ends the writing side, and destroys the socket when all is written. Node: `socket.destroySoon`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_destroy_soon(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_destroy_soon(id)))
}

/// Destroys the socket so that the peer gets ECONNRESET; while it is connecting, as soon as it is connected. A socket
/// that never was connected gets the event `error` with `NET_ERR_SOCKET_CLOSED`. Node: `socket.resetAndDestroy`;
/// which throws for a socket that is not TCP, where this returns `NET_ERR_INVALID_HANDLE_TYPE`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_reset_and_destroy(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_reset_and_destroy(id)))
}

/// Lets the socket keep the loop alive while it is open, as it does from the beginning. Node: `socket.ref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_ref(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_ref(id)))
}

/// No longer lets the socket keep the loop alive. Node: `socket.unref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_unref(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_unref(id)))
}

/// The server that accepted the socket. Node: `socket.server`.
///
/// NULL for a socket that was not accepted, if the server was freed, and on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_server(socket: *mut net_socket) -> *mut net_server {
    pointer(on(socket, |owner, id| {
        let server = owner.socket_server(id)?;
        Ok(server.map_or(core::ptr::null_mut(), |server| pack(owner.id(), server)))
    }))
}

/// The loop of a socket; NULL on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_loop(socket: *mut net_socket) -> *mut net_loop {
    pointer(on(socket, |owner, id| {
        net_socket::alive(owner, id)?;
        Ok(pack_loop(owner.id()))
    }))
}

/// How many bytes the system holds of what the socket sends (SO_SNDBUF). Before connecting too, and then for every
/// connection. Systems count in their own way: Linux takes twice the number, within its limits. Node: `dgram` has it.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_send_buffer_size(socket: *mut net_socket, bytes: u32) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_buffer_size(id, Buffer::Send, bytes)))
}

/// How many bytes the system holds of what the peer sends (SO_RCVBUF). See `net_socket_set_send_buffer_size`; the window
/// of a TCP connection is settled when it is made, so this is better said before connecting.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_receive_buffer_size(socket: *mut net_socket, bytes: u32) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_buffer_size(id, Buffer::Receive, bytes)))
}

/// What the system says of the buffer of what the socket sends, in `out`; of a socket that has none yet, what was set.
///
/// Returns 1, or 0 and 0 in `out` if neither is known.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_send_buffer_size(socket: *mut net_socket, out: *mut u32) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { buffer_size(socket, out, Buffer::Send) }
}

/// The same of what the peer sends.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_receive_buffer_size(socket: *mut net_socket, out: *mut u32) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { buffer_size(socket, out, Buffer::Receive) }
}

/// # Safety
/// `out` is NULL or writable.
unsafe fn buffer_size(socket: *mut net_socket, out: *mut u32, buffer: Buffer) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: promised by the caller.
        let out = unsafe { Out::new(out) }?;
        Ok(out.put_or(owner.socket_buffer_size_of(id, buffer)?, 0))
    }))
}

/// The descriptor of a connected or connecting socket in `out`, which stays the socket's. Node: `socket._handle.fd`.
///
/// Returns 1, or 0 and -1 in `out` if there is none.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_fd(socket: *mut net_socket, out: *mut c_int) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        Ok(out.put_or(owner.socket_fd(id)?, -1))
    }))
}

/// Keeps a pointer of the program's with the socket. The drop of the one before runs. `drop` runs when it is
/// replaced, at the end of the socket, and before this function returns an error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_set_data(socket: *mut net_socket, data: *mut c_void, drop: net_drop_fn) -> c_int {
    let mut given = Given::data(data, drop);
    number(on(socket, |owner, id| owner.socket_set_data(id, given.take_anyway())))
}

/// What `net_socket_set_data` keeps; NULL as it begins, and on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_data(socket: *mut net_socket) -> *mut c_void {
    pointer(on(socket, |owner, id| owner.socket_data(id)))
}

/// How many listeners of `event` there are, in `out`; the name is NUL-terminated, as the functions
/// (`connection_attempt`) or as Node (`connectionAttempt`) spell it. Node: `socket.listenerCount`.
///
/// Returns 0; `NET_EINVAL` for a name that is no event of sockets.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_listener_count(
    socket: *mut net_socket,
    event: *const c_char,
    out: *mut usize,
) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let (event, out) = unsafe { (super::text::counted(event, NET_CSTR)?, Out::new(out)?) };
        let event = event.and_then(super::socket_events::named).ok_or(Code::EINVAL)?;
        out.put(owner.socket_listener_count(id, event)?);
        Ok(())
    }))
}

/// Sets whether small writes are sent at once (TCP_NODELAY): 0 or 1. Before connecting it is remembered. Node:
/// `socket.setNoDelay`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_no_delay(socket: *mut net_socket, enable: c_int) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_no_delay(id, flag(enable)?)))
}

/// Sets whether the system probes an idle connection: 0 or 1, and after how many milliseconds of idleness, taken in
/// whole seconds (0 leaves that as it is). Before connecting it is remembered. Node: `socket.setKeepAlive`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_keep_alive(socket: *mut net_socket, enable: c_int, initial_delay_ms: u64) -> c_int {
    let probes = Probes { delay: seconds(initial_delay_ms), ..Probes::default() };
    number(on(socket, |owner, id| owner.socket_set_keep_alive(id, flag(enable)?, probes)))
}

/// As `net_socket_set_keep_alive`, and sets how the system probes: `interval_ms` milliseconds, taken in whole seconds,
/// are between two probes that are not answered, and `count` of them end the connection with `NET_ETIMEDOUT`. Node:
/// `socket.setKeepAlive(enable, initialDelay, interval, count)`; without these two it sets 1000 and 10, as
/// `net_socket_set_keep_alive` does.
///
/// If one of the three is 0, all three are left as they are; so they are from the first that the system refuses (Linux
/// has at most 32767 seconds and 127 probes).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_keep_alive_probes(
    socket: *mut net_socket,
    enable: c_int,
    initial_delay_ms: u64,
    interval_ms: u64,
    count: u32,
) -> c_int {
    let probes = Probes { delay: seconds(initial_delay_ms), interval: seconds(interval_ms), count };
    number(on(socket, |owner, id| owner.socket_set_keep_alive(id, flag(enable)?, probes)))
}

/// Who is at the other end of a local socket. Begin with `NET_PEER_CREDENTIALS_INIT`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_peer_credentials {
    /// `sizeof(net_peer_credentials)`.
    pub size: usize,
    /// The process; -1 if the system does not tell it.
    pub pid: i64,
    /// The effective user.
    pub uid: i64,
    /// The effective group.
    pub gid: i64,
}

// SAFETY: integers only, size first.
unsafe impl Versioned for net_peer_credentials {
    const FIRST: usize = size_of::<net_peer_credentials>();
    const INIT: net_peer_credentials =
        net_peer_credentials { size: size_of::<net_peer_credentials>(), pid: -1, uid: -1, gid: -1 };
}

/// Who is at the other end of a local socket, as the system saw it when the connection was made: to a server the
/// process that connected, to a client the one that listens. Node has nothing of the kind.
///
/// Returns 1, or 0 if there is nothing to tell: over TCP, and unless the socket is connected.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_peer_credentials(
    socket: *mut net_socket,
    credentials: *mut net_peer_credentials,
) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Place::new(credentials) }?;
        let found = owner.socket_peer_credentials(id)?;
        if let Some(peer) = found {
            out.fill(&net_peer_credentials {
                pid: peer.pid.map_or(-1, i64::from),
                uid: peer.uid.into(),
                gid: peer.gid.into(),
                ..net_peer_credentials::INIT
            });
        }
        Ok(found.is_some())
    }))
}

/// Sets the type of service or traffic class of the IP header: 0 to 255, else `NET_ERR_OUT_OF_RANGE`. Before
/// connecting it is remembered, and on a local socket that is all. Node: `socket.setTypeOfService`.
///
/// From the call that connects until an attempt is under way the system has no socket yet: as in Node a new value gives
/// `NET_EBADF` then, but is remembered too. So does asking for it, below. The system may keep less than it was
/// told: on TCP the two low bits are its own.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_type_of_service(socket: *mut net_socket, tos: c_int) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_type_of_service(id, socket_options::type_of_service(tos)?)))
}

/// The type of service, 0 to 255: what the system has, or what is remembered if there is no connection. Node:
/// `socket.getTypeOfService`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_type_of_service(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_type_of_service(id).map(c_int::from)))
}

/// After `ms` milliseconds without anything read, written or connected the event `timeout` comes, once, and does
/// nothing more. 0 cancels. Node: `socket.setTimeout`.
///
/// In Node more than 2147483647 counts as that; here it is what it says.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_timeout(socket: *mut net_socket, ms: u64) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_timeout(id, ms)))
}

/// What `net_socket_set_timeout` set, in `out`. Node: `socket.timeout`.
///
/// Returns 1, or 0 and 0 in `out` if it was never set (Node: undefined).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_timeout(socket: *mut net_socket, out: *mut u64) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        Ok(out.put_or(owner.socket_timeout(id)?, 0))
    }))
}
