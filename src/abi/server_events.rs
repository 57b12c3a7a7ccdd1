//! Events of a server: on, once and off for each.
use super::border::{number, on};
use super::callbacks::{net_drop_fn, net_server_connection_fn, net_server_drop_fn, net_server_error_fn, net_server_fn};
use super::given::Given;
use super::server::net_server;
use crate::net::events::ServerEventName;
use core::ffi::{c_int, c_void};

/// The server listens: `net_server_address` tells where. Never inside the call of listen.
///
/// Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('listening')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_on_listening(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Listening, false, Given::new(func, user, drop))
}

/// As `net_server_on_listening`, for the next `listening` only: the listener is taken off before it runs. Node:
/// `server.once('listening')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_once_listening(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Listening, true, Given::new(func, user, drop))
}

/// Takes the newest listener of `listening` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
/// none. Node: `server.off('listening')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_off_listening(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
) -> c_int {
    remove(server, ServerEventName::Listening, Given::new(func, user, None))
}

/// A connection was accepted; its addresses are known. The socket is freed after its `close`, unless `net_socket_keep`
/// is called; without listeners it reads up to its high water mark, and closes itself when the peer ends.
///
/// Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('connection')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_on_connection(
    server: *mut net_server,
    func: net_server_connection_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Connection, false, Given::new(func, user, drop))
}

/// As `net_server_on_connection`, for the next `connection` only: the listener is taken off before it runs. Node:
/// `server.once('connection')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_once_connection(
    server: *mut net_server,
    func: net_server_connection_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Connection, true, Given::new(func, user, drop))
}

/// Takes the newest listener of `connection` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is
/// none. Node: `server.off('connection')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_off_connection(
    server: *mut net_server,
    func: net_server_connection_fn,
    user: *mut c_void,
) -> c_int {
    remove(server, ServerEventName::Connection, Given::new(func, user, None))
}

/// The server has closed, and none of its accepted sockets is left undestroyed. It comes before the `close` of the last
/// of these sockets, as in Node.
///
/// Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_on_close(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Close, false, Given::new(func, user, drop))
}

/// As `net_server_on_close`, for the next `close` only: the listener is taken off before it runs. Node:
/// `server.once('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_once_close(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Close, true, Given::new(func, user, drop))
}

/// Takes the newest listener of `close` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `server.off('close')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_off_close(
    server: *mut net_server,
    func: net_server_fn,
    user: *mut c_void,
) -> c_int {
    remove(server, ServerEventName::Close, Given::new(func, user, None))
}

/// Listening failed. The server can listen again, from inside the listener too. Without a listener `net_loop_run`
/// returns the error.
///
/// Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_on_error(
    server: *mut net_server,
    func: net_server_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Error, false, Given::new(func, user, drop))
}

/// As `net_server_on_error`, for the next `error` only: the listener is taken off before it runs. Node:
/// `server.once('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_once_error(
    server: *mut net_server,
    func: net_server_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Error, true, Given::new(func, user, drop))
}

/// Takes the newest listener of `error` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `server.off('error')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_off_error(
    server: *mut net_server,
    func: net_server_error_fn,
    user: *mut c_void,
) -> c_int {
    remove(server, ServerEventName::Error, Given::new(func, user, None))
}

/// A connection was accepted and closed at once: there are as many as `net_server_set_max_connections` allows, or no
/// descriptor is left. In Node only the former; running out of descriptors does not make the server fail, it accepts
/// again when there are some.
///
/// Listeners run in the order of registration, and stay until they are taken off or the server is freed. `drop` then
/// runs, and before this function returns an error (`NET_EINVAL` if `func` is NULL). Node: `server.on('drop')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_on_drop(
    server: *mut net_server,
    func: net_server_drop_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Drop, false, Given::new(func, user, drop))
}

/// As `net_server_on_drop`, for the next `drop` only: the listener is taken off before it runs. Node:
/// `server.once('drop')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_once_drop(
    server: *mut net_server,
    func: net_server_drop_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    add(server, ServerEventName::Drop, true, Given::new(func, user, drop))
}

/// Takes the newest listener of `drop` with this `func` and `user` off; its drop runs. `NET_ENOENT` if there is none.
/// Node: `server.off('drop')`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_server_off_drop(
    server: *mut net_server,
    func: net_server_drop_fn,
    user: *mut c_void,
) -> c_int {
    remove(server, ServerEventName::Drop, Given::new(func, user, None))
}

/// Node's name, the name in the functions, the event.
const NAMES: &[(&str, &str, ServerEventName)] = &[
    ("listening", "listening", ServerEventName::Listening),
    ("connection", "connection", ServerEventName::Connection),
    ("close", "close", ServerEventName::Close),
    ("error", "error", ServerEventName::Error),
    ("drop", "drop", ServerEventName::Drop),
];

/// The event of a name, as Node or as the functions spell it.
pub(super) fn named(name: &[u8]) -> Option<ServerEventName> {
    let found = NAMES.iter().find(|(node, ours, _)| node.as_bytes() == name || ours.as_bytes() == name);
    found.map(|(_, _, event)| *event)
}

fn add(server: *mut net_server, event: ServerEventName, once: bool, mut given: Given) -> c_int {
    number(on(server, |owner, id| owner.server_on(id, event, once, given.take()?)))
}

fn remove(server: *mut net_server, event: ServerEventName, mut given: Given) -> c_int {
    number(on(server, |owner, id| owner.server_off(id, event, given.take()?)))
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
