//! Servers and sockets to and from other processes.
use super::border::{Out, answer, beside, in_loop, number, on, pointer_or};
use super::bound_socket::net_bound_socket;
use super::callbacks::{net_drop_fn, net_socket_error_fn};
use super::event_loop::net_loop;
use super::given::Given;
use super::handle::{pack, pack_free, unpack_free};
use super::net::{Sent, WriteStatus};
use super::onread::GivenOnRead;
use super::server::net_server;
use super::server_options::{self, net_server_options};
use super::socket::net_socket;
use super::socket_options::{self, net_socket_options};
use super::text::{bytes, descriptor, flag};
use crate::net::options::SocketOptions;
use crate::net::{Loop, SocketId};
use crate::sys::code::{Code, Result};
use crate::sys::passing::PassedKind;
use core::ffi::{c_int, c_void};

/// Event `handle`: one has come, but this process has no descriptor left for it, and it is closed. @since 0.1
pub const NET_HANDLE_LOST: i32 = 0;
/// Event `handle`: a TCP socket that does not listen: one that is connected, or bound. @since 0.1
pub const NET_HANDLE_TCP_SOCKET: i32 = 1;
/// Event `handle`: a TCP socket that listens. @since 0.1
pub const NET_HANDLE_TCP_SERVER: i32 = 2;
/// Event `handle`: a local socket that does not listen. @since 0.1
pub const NET_HANDLE_LOCAL_SOCKET: i32 = 3;
/// Event `handle`: a local socket that listens. @since 0.1
pub const NET_HANDLE_LOCAL_SERVER: i32 = 4;
/// Event `handle`: another descriptor, such as a file, a pipe or a UDP socket. @since 0.1
pub const NET_HANDLE_OTHER: i32 = 5;

/// As the event tells it.
pub(super) fn number_of(kind: Option<PassedKind>) -> c_int {
    match kind {
        None => NET_HANDLE_LOST,
        Some(PassedKind::TcpSocket) => NET_HANDLE_TCP_SOCKET,
        Some(PassedKind::TcpServer) => NET_HANDLE_TCP_SERVER,
        Some(PassedKind::LocalSocket) => NET_HANDLE_LOCAL_SOCKET,
        Some(PassedKind::LocalServer) => NET_HANDLE_LOCAL_SERVER,
        Some(PassedKind::Other) => NET_HANDLE_OTHER,
    }
}

/// # Safety
/// `data` is readable for `len` bytes.
unsafe fn send(
    ipc: *mut net_socket,
    data: *const c_void,
    len: usize,
    mut given: Given,
    sent: impl FnOnce(&Loop) -> Result<Sent>,
) -> c_int {
    answer(ipc, |owner, id: SocketId| -> Result<WriteStatus> {
        // SAFETY: passed on.
        let bytes = unsafe { bytes(data, len) }?;
        let sent = sent(owner)?;
        owner.socket_send(id, bytes, sent, given.take_optional())
    })
}

/// Sends the connection of `socket` to the process at the other end of `ipc`, with `len` bytes, at least one: a write like
/// any other (see `net_socket_write_cb`), in order with those before and after it, which says by its bytes what the other is to
/// make of it. `func` may be NULL. Node: `subprocess.send(message, socket, { keepOpen }, callback)`.
///
/// `ipc` is a local socket that was made with the option `ipc`; `socket` belongs to the same loop. With `keep_open` 0 the
/// connection leaves `socket`, which is destroyed as by `net_socket_destroy`: `close` follows, its server counts it no longer,
/// and its peer notices nothing. In Node the socket without a connection stays and tells nothing. What was read and not told,
/// or written and not with the system, would be lost: then, and unless it is connected, it is refused with
/// `NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE`, and stays as it was. With 1 both processes have the connection: an end by one
/// of them is the end for both, and the peer sees it closed when both have closed it. Should the write fail, a connection that
/// has left is closed.
///
/// A user has only so many descriptors on their way between processes, unless he is root: `RLIMIT_NOFILE` of the sender,
/// counted over all of his sockets. One that would be too many waits, with all that is written behind it, until others have
/// arrived.
///
/// Returns 1: go on, or 0: wait for `drain` before sending more, as `net_socket_write`; on an `ipc` that is ended or destroyed 0,
/// with the error to follow, and `socket` stays as it was. `NET_EINVAL` if `ipc` cannot send handles, if there are no bytes, if
/// the sockets belong to different loops, or for `ipc` itself with `keep_open` 0; `NET_EMFILE`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_send_socket(
    ipc: *mut net_socket,
    data: *const c_void,
    len: usize,
    socket: *mut net_socket,
    keep_open: c_int,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let given = Given::new(func, user, drop);
    let sent = |owner: &Loop| Ok(Sent::Socket { id: beside(owner, socket)?, keep_open: flag(keep_open)? });
    // SAFETY: what the header asks of the program.
    unsafe { send(ipc, data, len, given, sent) }
}

/// As `net_socket_send_socket`, for a server that listens. It listens on here too, as in Node: both processes accept, and
/// each connection comes to one of them. The path of a local one is removed when it closes here. Node:
/// `subprocess.send(message, server, callback)`.
///
/// `NET_ERR_SERVER_NOT_RUNNING` if it does not listen.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_send_server(
    ipc: *mut net_socket,
    data: *const c_void,
    len: usize,
    server: *mut net_server,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let given = Given::new(func, user, drop);
    // SAFETY: what the header asks of the program.
    unsafe { send(ipc, data, len, given, |owner| beside(owner, server).map(Sent::Server)) }
}

/// As `net_socket_send_socket`, for a bound socket, which stays bound here too: whoever gets it may listen on it while this
/// process accepts nothing. `NET_ERR_SOCKET_HANDLE_ADOPTED`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_send_bound_socket(
    ipc: *mut net_socket,
    data: *const c_void,
    len: usize,
    bound: *mut net_bound_socket,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let given = Given::new(func, user, drop);
    // SAFETY: what the header asks of the program.
    unsafe { send(ipc, data, len, given, |_| unpack_free(bound).map(Sent::Bound)) }
}

/// As `net_socket_send_socket`, for any descriptor of the program's, which keeps it. It may be closed when the call has
/// returned. `NET_EBADF` if it is none.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_send_fd(
    ipc: *mut net_socket,
    data: *const c_void,
    len: usize,
    fd: c_int,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let given = Given::new(func, user, drop);
    let sent = |_: &Loop| descriptor(fd)?.map(Sent::Fd).ok_or(Code::EINVAL);
    // SAFETY: what the header asks of the program.
    unsafe { send(ipc, data, len, given, sent) }
}

/// Takes the connection whose event `handle` is being told on `ipc`, as a socket of its loop: it reads at once, as one that
/// was accepted, and like one it is freed after its `close`, unless `net_socket_keep` is called. `options` NULL: the defaults;
/// `fd` and `handle` have to be unset. Node: the `sendHandle` of `message`.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL): `NET_ENOENT` if none is told, or it is taken
/// already; `NET_ERR_INVALID_HANDLE_TYPE` for another kind, which may then still be taken as what it is.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_take_socket(
    ipc: *mut net_socket,
    options: *const net_socket_options,
    error: *mut c_int,
) -> *mut net_socket {
    // SAFETY: what the header asks of the program.
    let mut onread = unsafe { socket_options::onread(options) };
    let taken = on(ipc, |owner, id| {
        // SAFETY: what the header asks of the program.
        let options = unsafe { given_options(options, &onread) }?;
        let taken = owner.socket_take_socket(id, &options)?;
        onread.take();
        Ok(pack(owner.id(), taken))
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(taken, error) }
}

/// # Safety
/// `options` is NULL or readable for the size it says.
unsafe fn given_options(options: *const net_socket_options, onread: &GivenOnRead) -> Result<SocketOptions> {
    // SAFETY: passed on.
    let options = unsafe { socket_options::take(options) }?;
    Ok(SocketOptions { onread: onread.seen()?, ..options })
}

/// Takes the server whose event `handle` is being told on `ipc`, as a server of its loop that listens: `listening` follows. A
/// bound socket becomes one too. `options` NULL: the defaults. Free it with `net_server_free`. Node: the `sendHandle` of
/// `message`.
///
/// Returns NULL on failure, with the reason in `error`, as `net_socket_take_socket`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_take_server(
    ipc: *mut net_socket,
    options: *const net_server_options,
    error: *mut c_int,
) -> *mut net_server {
    let taken = on(ipc, |owner, id| {
        // SAFETY: what the header asks of the program.
        let options = unsafe { server_options::take(options) }?;
        Ok(pack(owner.id(), owner.socket_take_server(id, options)?))
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(taken, error) }
}

/// Takes the bound socket whose event `handle` is being told on `ipc`. Free it with `net_bound_socket_free`; a path is the
/// sender's to remove.
///
/// Returns NULL on failure, with the reason in `error`, as `net_socket_take_socket`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_take_bound_socket(
    ipc: *mut net_socket,
    error: *mut c_int,
) -> *mut net_bound_socket {
    let taken = on(ipc, |owner, id| owner.socket_take_bound_socket(id).map(pack_free));
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(taken, error) }
}

/// Takes whatever it is whose event `handle` is being told on `ipc`, as a descriptor in `fd`: the program closes it. It is
/// closed when another program is executed.
///
/// Returns 0; `NET_ENOENT` if none is told, or it is taken already.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_take_fd(ipc: *mut net_socket, fd: *mut c_int) -> c_int {
    number(on(ipc, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(fd) }?;
        out.put(owner.socket_take_fd(id)?);
        Ok(())
    }))
}

/// Makes a local socket that is connected to `fd`, for a process that is about to be started by `posix_spawn` or by
/// `fork` and `exec`. (A child that only forks has copies of the loops of its parent, and must not touch them, but may make its
/// own.) The descriptor is the
/// program's: give it to the child, which makes a socket of it by `net_socket_options.fd`, and close it here, so that the end
/// of the child is the end of the connection. It blocks, and is closed when another program is executed, unless it is
/// duplicated for that (`dup2`, `posix_spawn_file_actions_adddup2`). `options` NULL: the defaults; `ipc` 1 if handles are to be
/// sent, `fd` and `handle` have to be unset. Node: what `child_process.fork` makes.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL). Free it with `net_socket_free`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_pair(
    r#loop: *mut net_loop,
    options: *const net_socket_options,
    fd: *mut c_int,
    error: *mut c_int,
) -> *mut net_socket {
    // SAFETY: what the header asks of the program.
    let mut onread = unsafe { socket_options::onread(options) };
    let made = in_loop(r#loop, |owner| {
        // SAFETY: what the header asks of the program.
        let (options, out) = unsafe { (given_options(options, &onread)?, Out::new(fd)?) };
        let (id, far) = owner.socket_pair(&options)?;
        onread.take();
        out.put(far);
        Ok(pack(owner.id(), id))
    });
    // SAFETY: what the header asks of the program.
    unsafe { pointer_or(made, error) }
}
