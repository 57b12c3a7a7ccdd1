//! Events of a socket: on, once and off for each.
use super::border::{answer, short_cut};
use super::callbacks::{
    Erase, net_drop_fn, net_socket_attempt_failed_fn, net_socket_attempt_fn, net_socket_close_fn, net_socket_data_fn,
    net_socket_error_fn, net_socket_fn, net_socket_handle_fn, net_socket_lookup_fn, net_socket_pipe_fn,
};
use super::given::Given;
use super::socket::net_socket;
use crate::net::events::SocketEventName;
use crate::sys::callback::{Callback, ErasedFn};
use core::ffi::{c_int, c_void};

/// The socket is connected; comes before any data.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('connect')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_connect(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Connect, false, func.erase(), user, drop)
}

/// As `net_socket_on_connect`, for the next `connect` only: the listener is taken off before it runs. Node:
/// `socket.once('connect')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_connect(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Connect, true, func.erase(), user, drop)
}

/// Takes the newest listener of `connect` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
/// none. Node: `socket.off('connect')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_connect(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Connect, Given::new(func, user, None))
}

/// The socket is ready to be used; comes right after `connect`.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('ready')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_ready(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Ready, false, func.erase(), user, drop)
}

/// As `net_socket_on_ready`, for the next `ready` only: the listener is taken off before it runs. Node:
/// `socket.once('ready')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_ready(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Ready, true, func.erase(), user, drop)
}

/// Takes the newest listener of `ready` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('ready')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_ready(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Ready, Given::new(func, user, None))
}

/// Data came. The first listener of it lets data flow, unless the socket was paused (see `net_socket_resume`). The
/// bytes are borrowed until the listener returns.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('data')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_data(
    socket: *mut net_socket,
    func: net_socket_data_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Data, false, func.erase(), user, drop)
}

/// As `net_socket_on_data`, for the next `data` only: the listener is taken off before it runs. Node:
/// `socket.once('data')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_data(
    socket: *mut net_socket,
    func: net_socket_data_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Data, true, func.erase(), user, drop)
}

/// Takes the newest listener of `data` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('data')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_data(
    socket: *mut net_socket,
    func: net_socket_data_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Data, Given::new(func, user, None))
}

/// Data waits for `net_socket_read`, or the peer has ended. While there is a listener of this event data does not flow
/// to `data` listeners, as in Node.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('readable')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_readable(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Readable, false, func.erase(), user, drop)
}

/// As `net_socket_on_readable`, for the next `readable` only: the listener is taken off before it runs. Node:
/// `socket.once('readable')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_readable(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Readable, true, func.erase(), user, drop)
}

/// Takes the newest listener of `readable` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
/// none. Node: `socket.off('readable')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_readable(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Readable, Given::new(func, user, None))
}

/// The peer has ended, and all its data was told. Unless half-open is allowed, the socket then ends itself, one tick
/// later: a write here still goes out.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('end')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_end(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::End, false, func.erase(), user, drop)
}

/// As `net_socket_on_end`, for the next `end` only: the listener is taken off before it runs. Node:
/// `socket.once('end')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_end(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::End, true, func.erase(), user, drop)
}

/// Takes the newest listener of `end` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('end')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_end(socket: *mut net_socket, func: net_socket_fn, user: *mut c_void) -> c_int {
    remove(socket, SocketEventName::End, Given::new(func, user, None))
}

/// After a write that returned 0: all that waited has been sent, write on.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('drain')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_drain(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Drain, false, func.erase(), user, drop)
}

/// As `net_socket_on_drain`, for the next `drain` only: the listener is taken off before it runs. Node:
/// `socket.once('drain')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_drain(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Drain, true, func.erase(), user, drop)
}

/// Takes the newest listener of `drain` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('drain')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_drain(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Drain, Given::new(func, user, None))
}

/// After the end of the writing side: all was sent.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('finish')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_finish(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Finish, false, func.erase(), user, drop)
}

/// As `net_socket_on_finish`, for the next `finish` only: the listener is taken off before it runs. Node:
/// `socket.once('finish')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_finish(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Finish, true, func.erase(), user, drop)
}

/// Takes the newest listener of `finish` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('finish')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_finish(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Finish, Given::new(func, user, None))
}

/// Nothing happened for as long as `net_socket_set_timeout` said. It only tells: nothing is closed or stopped.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('timeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_timeout(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Timeout, false, func.erase(), user, drop)
}

/// As `net_socket_on_timeout`, for the next `timeout` only: the listener is taken off before it runs. Node:
/// `socket.once('timeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_timeout(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Timeout, true, func.erase(), user, drop)
}

/// Takes the newest listener of `timeout` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
/// none. Node: `socket.off('timeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_timeout(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Timeout, Given::new(func, user, None))
}

/// Something failed. At most once in a connection's life, and `close` follows by itself. Without a listener
/// `net_loop_run` returns the error.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_error(
    socket: *mut net_socket,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Error, false, func.erase(), user, drop)
}

/// As `net_socket_on_error`, for the next `error` only: the listener is taken off before it runs. Node:
/// `socket.once('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_error(
    socket: *mut net_socket,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Error, true, func.erase(), user, drop)
}

/// Takes the newest listener of `error` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_error(
    socket: *mut net_socket,
    func: net_socket_error_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Error, Given::new(func, user, None))
}

/// The socket is closed: the last of its events. An accepted socket is freed after it. `had_error` tells whether
/// `error` came before.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_close(
    socket: *mut net_socket,
    func: net_socket_close_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Close, false, func.erase(), user, drop)
}

/// As `net_socket_on_close`, for the next `close` only: the listener is taken off before it runs. Node:
/// `socket.once('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_close(
    socket: *mut net_socket,
    func: net_socket_close_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Close, true, func.erase(), user, drop)
}

/// Takes the newest listener of `close` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_close(
    socket: *mut net_socket,
    func: net_socket_close_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Close, Given::new(func, user, None))
}

/// The socket was paused. On the next tick; Node emits it inside `pause`.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('pause')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_pause(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Pause, false, func.erase(), user, drop)
}

/// As `net_socket_on_pause`, for the next `pause` only: the listener is taken off before it runs. Node:
/// `socket.once('pause')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_pause(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Pause, true, func.erase(), user, drop)
}

/// Takes the newest listener of `pause` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('pause')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_pause(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Pause, Given::new(func, user, None))
}

/// The socket was resumed; on the next tick, before data flows.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('resume')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_resume(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Resume, false, func.erase(), user, drop)
}

/// As `net_socket_on_resume`, for the next `resume` only: the listener is taken off before it runs. Node:
/// `socket.once('resume')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_resume(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Resume, true, func.erase(), user, drop)
}

/// Takes the newest listener of `resume` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('resume')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_resume(
    socket: *mut net_socket,
    func: net_socket_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Resume, Given::new(func, user, None))
}

/// A name was looked up while connecting: once for each address, or once with the error. Not for literal addresses.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('lookup')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_lookup(
    socket: *mut net_socket,
    func: net_socket_lookup_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Lookup, false, func.erase(), user, drop)
}

/// As `net_socket_on_lookup`, for the next `lookup` only: the listener is taken off before it runs. Node:
/// `socket.once('lookup')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_lookup(
    socket: *mut net_socket,
    func: net_socket_lookup_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Lookup, true, func.erase(), user, drop)
}

/// Takes the newest listener of `lookup` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('lookup')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_lookup(
    socket: *mut net_socket,
    func: net_socket_lookup_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Lookup, Given::new(func, user, None))
}

/// A connection to one address is begun. On the next tick where Node emits it inside the call of connect.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
/// `socket.on('connectionAttempt')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_connection_attempt(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttempt, false, func.erase(), user, drop)
}

/// As `net_socket_on_connection_attempt`, for the next `connectionAttempt` only: the listener is taken off before it
/// runs. Node: `socket.once('connectionAttempt')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_connection_attempt(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttempt, true, func.erase(), user, drop)
}

/// Takes the newest listener of `connectionAttempt` with this `func` and `user` off; its drop runs. `NET_ENOENT` if
/// there is none. Node: `socket.off('connectionAttempt')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_connection_attempt(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::ConnectionAttempt, Given::new(func, user, None))
}

/// The connection to one address failed; the next address is tried, if there is one.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
/// `socket.on('connectionAttemptFailed')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_connection_attempt_failed(
    socket: *mut net_socket,
    func: net_socket_attempt_failed_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttemptFailed, false, func.erase(), user, drop)
}

/// As `net_socket_on_connection_attempt_failed`, for the next `connectionAttemptFailed` only: the listener is taken off
/// before it runs. Node: `socket.once('connectionAttemptFailed')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_connection_attempt_failed(
    socket: *mut net_socket,
    func: net_socket_attempt_failed_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttemptFailed, true, func.erase(), user, drop)
}

/// Takes the newest listener of `connectionAttemptFailed` with this `func` and `user` off; its drop runs. `NET_ENOENT`
/// if there is none. Node: `socket.off('connectionAttemptFailed')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_connection_attempt_failed(
    socket: *mut net_socket,
    func: net_socket_attempt_failed_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::ConnectionAttemptFailed, Given::new(func, user, None))
}

/// The connection to an address got no answer in the time of an attempt, and is given up; the next address is tried
/// after the listeners, unless one of them has destroyed the socket.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node:
/// `socket.on('connectionAttemptTimeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_connection_attempt_timeout(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttemptTimeout, false, func.erase(), user, drop)
}

/// As `net_socket_on_connection_attempt_timeout`, for the next `connectionAttemptTimeout` only: the listener is taken
/// off before it runs. Node: `socket.once('connectionAttemptTimeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_connection_attempt_timeout(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::ConnectionAttemptTimeout, true, func.erase(), user, drop)
}

/// Takes the newest listener of `connectionAttemptTimeout` with this `func` and `user` off; its drop runs.
/// `NET_ENOENT` if there is none. Node: `socket.off('connectionAttemptTimeout')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_connection_attempt_timeout(
    socket: *mut net_socket,
    func: net_socket_attempt_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::ConnectionAttemptTimeout, Given::new(func, user, None))
}

/// Another socket is piped into this one. Comes on the next tick after `net_socket_pipe`; Node emits it inside the call.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('pipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_pipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Pipe, false, func.erase(), user, drop)
}

/// As `net_socket_on_pipe`, for the next `pipe` only: the listener is taken off before it runs. Node:
/// `socket.once('pipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_pipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Pipe, true, func.erase(), user, drop)
}

/// Takes the newest listener of `pipe` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('pipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_pipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Pipe, Given::new(func, user, None))
}

/// Another socket is no longer piped into this one: after `net_socket_unpipe` (on the next tick; Node emits it inside the
/// call), or because this socket finished, closed or failed. The source may have been freed before: then its
/// handle is dead, and only good to be compared.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `socket.on('unpipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_unpipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Unpipe, false, func.erase(), user, drop)
}

/// As `net_socket_on_unpipe`, for the next `unpipe` only: the listener is taken off before it runs. Node:
/// `socket.once('unpipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_unpipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Unpipe, true, func.erase(), user, drop)
}

/// Takes the newest listener of `unpipe` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `socket.off('unpipe')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_unpipe(
    socket: *mut net_socket,
    func: net_socket_pipe_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Unpipe, Given::new(func, user, None))
}

/// Another process has sent something over this local socket, which was made with the option `ipc`. It belongs to this
/// process now, and to the program that takes it while the event is told: by `net_socket_take_socket`,
/// `net_socket_take_server`, `net_socket_take_bound_socket` or `net_socket_take_fd`. What nobody has taken when the last
/// listener returns is closed.
///
/// It comes before the bytes that it was sent with, and while the socket flows the next `data` has the first of them, perhaps
/// after others that were sent before. Where exactly it was sent is not known, so let the bytes say what it is for. Handles
/// come in the order in which they were sent, as the bytes do. None comes while the socket is paused by `net_socket_pause`, but
/// for those that came along with one that is told: the system keeps them until `net_socket_resume`, a `readable` listener or a
/// read.
///
/// Listeners run in the order of registration, and stay until they are taken off or the socket is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `process.on('message')` with its
/// argument `sendHandle`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_on_handle(
    socket: *mut net_socket,
    func: net_socket_handle_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Handle, false, func.erase(), user, drop)
}

/// As `net_socket_on_handle`, for the next `handle` only: the listener is taken off before it runs.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_once_handle(
    socket: *mut net_socket,
    func: net_socket_handle_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(socket, SocketEventName::Handle, true, func.erase(), user, drop)
}

/// Takes the newest listener of `handle` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_off_handle(
    socket: *mut net_socket,
    func: net_socket_handle_fn,
    user: *mut c_void,
) -> c_int {
    remove(socket, SocketEventName::Handle, Given::new(func, user, None))
}

/// Node's name, the name in the functions, the event.
const NAMES: &[(&str, &str, SocketEventName)] = &[
    ("connect", "connect", SocketEventName::Connect),
    ("ready", "ready", SocketEventName::Ready),
    ("data", "data", SocketEventName::Data),
    ("readable", "readable", SocketEventName::Readable),
    ("end", "end", SocketEventName::End),
    ("drain", "drain", SocketEventName::Drain),
    ("finish", "finish", SocketEventName::Finish),
    ("timeout", "timeout", SocketEventName::Timeout),
    ("error", "error", SocketEventName::Error),
    ("close", "close", SocketEventName::Close),
    ("pause", "pause", SocketEventName::Pause),
    ("resume", "resume", SocketEventName::Resume),
    ("lookup", "lookup", SocketEventName::Lookup),
    ("connectionAttempt", "connection_attempt", SocketEventName::ConnectionAttempt),
    ("connectionAttemptFailed", "connection_attempt_failed", SocketEventName::ConnectionAttemptFailed),
    ("connectionAttemptTimeout", "connection_attempt_timeout", SocketEventName::ConnectionAttemptTimeout),
    ("pipe", "pipe", SocketEventName::Pipe),
    ("unpipe", "unpipe", SocketEventName::Unpipe),
    ("handle", "handle", SocketEventName::Handle),
];

/// The event of a name, as Node or as the functions spell it.
pub(super) fn named(name: &[u8]) -> Option<SocketEventName> {
    let found = NAMES.iter().find(|(node, ours, _)| node.as_bytes() == name || ours.as_bytes() == name);
    found.map(|(_, _, event)| *event)
}

/// All in registers, as long as the list becomes one that others have.
fn add(
    socket: *mut net_socket,
    event: SocketEventName,
    once: bool,
    func: Option<ErasedFn>,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::of(Callback::new(func, user, drop));
    let callback = given.callback();
    let known = || short_cut(socket, |owner, id| owner.socket_on_known(id, event, once, &callback));
    if given.has_function() && known().is_some() {
        given.take_anyway();
        return 0;
    }
    add_new(socket, event, once, given)
}

#[cold]
#[inline(never)]
fn add_new(socket: *mut net_socket, event: SocketEventName, once: bool, mut given: Given) -> c_int {
    answer(socket, |owner, id| owner.socket_on(id, event, once, given.take()?))
}

fn remove(socket: *mut net_socket, event: SocketEventName, mut given: Given) -> c_int {
    answer(socket, |owner, id| owner.socket_off(id, event, given.take()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_every_event_once() {
        for (i, (node, ours, event)) in NAMES.iter().enumerate() {
            assert_eq!((named(node.as_bytes()), named(ours.as_bytes())), (Some(*event), Some(*event)));
            assert_eq!(*event as usize, i);
        }
        assert_eq!((named(b"none"), named(b"")), (None, None));
    }
}
