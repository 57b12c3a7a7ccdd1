//! The types of the program's functions.
//!
//! Each is nullable for C, and known here alone: the loop carries them erased, `dispatch` gives them their types back.
use super::address::net_address;
use super::error::net_error;
use super::event_loop::net_loop;
use super::lookup::net_lookup;
use super::server::{net_drop_info, net_server};
use super::socket::net_socket;
use super::timer::net_timer;
use super::trace::net_trace;
use crate::sys::callback::ErasedFn;
use core::ffi::{c_char, c_int, c_void};

/// Tells that the library no longer holds `user`: see "Callbacks" at the top of this header. It may run inside the call
/// that caused it. It may use the library.
///
/// @since 0.1
pub type net_drop_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// Gives the bytes of `net_socket_write_owned` back: exactly once, on every path. It may run inside the call that
/// caused it. It may use the library.
///
/// @since 0.1
pub type net_release_fn = Option<unsafe extern "C" fn(data: *mut c_void, len: usize, user: *mut c_void)>;

/// A function given to `net_loop_post`, or the wake hook of a loop.
///
/// @since 0.1
pub type net_loop_fn = Option<unsafe extern "C" fn(r#loop: *mut net_loop, user: *mut c_void)>;

/// A thread of a group begins or ends: `index` counts the loops of the group from 0.
///
/// @since 0.1
pub type net_loop_group_fn = Option<unsafe extern "C" fn(r#loop: *mut net_loop, index: usize, user: *mut c_void)>;

/// An `error` event in a loop of a group had no listener. `error` lives until the function returns.
///
/// @since 0.1
pub type net_loop_error_fn =
    Option<unsafe extern "C" fn(r#loop: *mut net_loop, error: *const net_error, user: *mut c_void)>;

/// Something happened in a loop that is traced. `trace` and its text live until the function returns.
///
/// @since 0.1
pub type net_trace_fn = Option<unsafe extern "C" fn(r#loop: *mut net_loop, trace: *const net_trace, user: *mut c_void)>;

/// A timer is due.
///
/// @since 0.1
pub type net_timer_fn = Option<unsafe extern "C" fn(timer: *mut net_timer, user: *mut c_void)>;

/// Events `listening` and `close` of a server; its arrival after `net_server_move`.
///
/// @since 0.1
pub type net_server_fn = Option<unsafe extern "C" fn(server: *mut net_server, user: *mut c_void)>;

/// Event `connection`: `socket` is connected, and the library's to free unless `net_socket_keep` is called.
///
/// @since 0.1
pub type net_server_connection_fn =
    Option<unsafe extern "C" fn(server: *mut net_server, socket: *mut net_socket, user: *mut c_void)>;

/// Event `error` of a server, and the completion of `net_server_close_cb` (there `error` is NULL on success).
///
/// `error` lives until the function returns.
///
/// @since 0.1
pub type net_server_error_fn =
    Option<unsafe extern "C" fn(server: *mut net_server, error: *const net_error, user: *mut c_void)>;

/// Event `drop` of a server: a connection was accepted and closed at once. `info` lives until the function returns.
///
/// @since 0.1
pub type net_server_drop_fn =
    Option<unsafe extern "C" fn(server: *mut net_server, info: *const net_drop_info, user: *mut c_void)>;

/// The completion of `net_server_get_connections`: `count` sockets, or `error` (`NET_ECANCELED`) if the server was
/// freed first, else NULL.
///
/// @since 0.1
pub type net_server_count_fn =
    Option<unsafe extern "C" fn(server: *mut net_server, error: *const net_error, count: usize, user: *mut c_void)>;

/// Events `connect`, `ready`, `readable`, `end`, `drain`, `finish`, `timeout`, `pause` and `resume` of a socket;
/// its arrival after `net_socket_move`.
///
/// @since 0.1
pub type net_socket_fn = Option<unsafe extern "C" fn(socket: *mut net_socket, user: *mut c_void)>;

/// Events `pipe` and `unpipe` of a socket that is a destination: `source` is piped into it from now on, or no longer.
///
/// @since 0.1
pub type net_socket_pipe_fn =
    Option<unsafe extern "C" fn(destination: *mut net_socket, source: *mut net_socket, user: *mut c_void)>;

/// Event `handle`: another process has sent something over `socket`. `kind` is a `NET_HANDLE_` value.
///
/// @since 0.1
pub type net_socket_handle_fn = Option<unsafe extern "C" fn(socket: *mut net_socket, kind: c_int, user: *mut c_void)>;

/// Event `data`: `len` bytes came, at least one. They are borrowed: valid until the function returns.
///
/// @since 0.1
pub type net_socket_data_fn =
    Option<unsafe extern "C" fn(socket: *mut net_socket, data: *const u8, len: usize, user: *mut c_void)>;

/// Option `onread` of a socket: `count` bytes, at least one, were read into `buffer`, which is the program's own. Node: the
/// `callback` of `onread`.
///
/// 0: nothing more is read until `net_socket_resume` or `net_socket_read`; any other value: reading goes on. `buffer` is
/// read into again when the function has returned, unless another one is given first.
///
/// @since 0.1
pub type net_onread_fn = Option<
    unsafe extern "C" fn(socket: *mut net_socket, count: usize, buffer: *mut c_void, user: *mut c_void) -> c_int,
>;

/// Gives the buffer that the next bytes are read into, and in `len` how many fit. Node: `buffer` of `onread` as a function.
///
/// It is asked when the socket gets a handle (inside `net_connect`, `net_socket_connect`, or `net_socket_new` with a
/// descriptor), for each further attempt to connect, and after each call of the `callback`. A buffer belongs to the socket
/// until the next one is given or the socket has closed. NULL: the one before is used again. It may use the library.
///
/// @since 0.1
pub type net_onread_buffer_fn =
    Option<unsafe extern "C" fn(socket: *mut net_socket, len: *mut usize, user: *mut c_void) -> *mut c_void>;

/// Event `error` of a socket, and the completion of a write or an end (there `error` is NULL on success).
///
/// `error` lives until the function returns.
///
/// @since 0.1
pub type net_socket_error_fn =
    Option<unsafe extern "C" fn(socket: *mut net_socket, error: *const net_error, user: *mut c_void)>;

/// Event `close` of a socket: `had_error` is 1 if an error made it close, else 0.
///
/// @since 0.1
pub type net_socket_close_fn =
    Option<unsafe extern "C" fn(socket: *mut net_socket, had_error: c_int, user: *mut c_void)>;

/// Event `lookup`: one address of `host`, or the error of the lookup. The one that is absent is NULL. All of them live
/// until the function returns. `address->port` is 0, and its family what the lookup answered.
///
/// @since 0.1
pub type net_socket_lookup_fn = Option<
    unsafe extern "C" fn(
        socket: *mut net_socket,
        error: *const net_error,
        address: *const net_address,
        host: *const c_char,
        user: *mut c_void,
    ),
>;

/// Events `connectionAttempt` and `connectionAttemptTimeout`: a connection to `address` (which lives until the function
/// returns) is begun, or given up since no answer came in time.
///
/// @since 0.1
pub type net_socket_attempt_fn =
    Option<unsafe extern "C" fn(socket: *mut net_socket, address: *const net_address, user: *mut c_void)>;

/// Event `connectionAttemptFailed`: the connection to `address` came to nothing. Both live until the function returns.
///
/// @since 0.1
pub type net_socket_attempt_failed_fn = Option<
    unsafe extern "C" fn(
        socket: *mut net_socket,
        address: *const net_address,
        error: *const net_error,
        user: *mut c_void,
    ),
>;

/// A lookup of the program's own, given in `net_connect_options`.
///
/// It runs inside `net_socket_connect` or later, in the loop's thread. It answers `request` with `net_lookup_answer`
/// or `net_lookup_fail`: inside the call, later, from any thread. An answer ends the request's life; so does the end
/// of the connect, after which the answer gives `NET_EBADF`. A request that is never answered does not keep the loop
/// alive.
///
/// `host` lives until the function returns. `family` is 0 (any), 4 or 6. `hints` holds `NET_HINT_` bits. With `all` 1
/// every address is asked for; with 0 the first one of the answer is used.
///
/// @since 0.1
pub type net_lookup_fn = Option<
    unsafe extern "C" fn(
        request: *mut net_lookup,
        host: *const c_char,
        family: i32,
        hints: i32,
        all: c_int,
        user: *mut c_void,
    ),
>;

/// A nullable function of the program's that can be carried without its type.
pub(super) trait Erase: Copy {
    /// Without its type.
    fn erase(self) -> Option<ErasedFn>;

    /// With its type again.
    ///
    /// # Safety
    /// `erased` came from `erase` of this very type.
    unsafe fn restore(erased: Option<ErasedFn>) -> Self;
}

macro_rules! erase {
    ($($name:ty),* $(,)?) => {$(
        impl Erase for $name {
            #[inline]
            fn erase(self) -> Option<ErasedFn> {
                // SAFETY: function pointers are all alike until they are called, and None stays None.
                unsafe { core::mem::transmute::<$name, Option<ErasedFn>>(self) }
            }

            #[inline]
            unsafe fn restore(erased: Option<ErasedFn>) -> Self {
                // SAFETY: as above; the type is right by the caller's promise.
                unsafe { core::mem::transmute::<Option<ErasedFn>, $name>(erased) }
            }
        }
    )*};
}

// `net_socket_handle_fn` has the type of `net_socket_close_fn`.
erase! {
    net_loop_fn,
    net_loop_group_fn,
    net_loop_error_fn,
    net_timer_fn,
    net_server_fn,
    net_server_connection_fn,
    net_server_error_fn,
    net_server_drop_fn,
    net_server_count_fn,
    net_socket_fn,
    net_socket_data_fn,
    net_onread_fn,
    net_onread_buffer_fn,
    net_socket_error_fn,
    net_socket_close_fn,
    net_socket_lookup_fn,
    net_socket_attempt_fn,
    net_socket_pipe_fn,
    net_socket_attempt_failed_fn,
    net_lookup_fn,
    net_trace_fn,
}
