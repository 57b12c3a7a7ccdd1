//! The trace of a loop: what NODE_DEBUG=net prints, as a function.
use super::border::{in_loop, number};
use super::callbacks::{net_drop_fn, net_trace_fn};
use super::event_loop::net_loop;
use super::given::Given;
use super::server::net_server;
use super::sized::Versioned;
use super::socket::net_socket;
use crate::net::tracing::NoteKind;
use core::ffi::{c_char, c_int, c_void};
use core::ptr::{null, null_mut};

/// `net_trace.kind`: a socket was told to connect. @since 0.1
pub const NET_TRACE_CONNECT: i32 = 1;
/// `net_trace.kind`: a socket has a name looked up. @since 0.1
pub const NET_TRACE_LOOKUP: i32 = 2;
/// `net_trace.kind`: a socket begins to connect to an address. @since 0.1
pub const NET_TRACE_ATTEMPT: i32 = 3;
/// `net_trace.kind`: that came to nothing. @since 0.1
pub const NET_TRACE_ATTEMPT_FAILED: i32 = 4;
/// `net_trace.kind`: a socket is connected. @since 0.1
pub const NET_TRACE_CONNECTED: i32 = 5;
/// `net_trace.kind`: a socket reads from the system from now on. @since 0.1
pub const NET_TRACE_READ_START: i32 = 6;
/// `net_trace.kind`: it does so no longer: the reader is slow. @since 0.1
pub const NET_TRACE_READ_STOP: i32 = 7;
/// `net_trace.kind`: `bytes` were read. @since 0.1
pub const NET_TRACE_READ: i32 = 8;
/// `net_trace.kind`: the peer's end was read. @since 0.1
pub const NET_TRACE_READ_END: i32 = 9;
/// `net_trace.kind`: the system took `bytes` of what was written. @since 0.1
pub const NET_TRACE_WRITE: i32 = 10;
/// `net_trace.kind`: the end was sent. @since 0.1
pub const NET_TRACE_END: i32 = 11;
/// `net_trace.kind`: a socket was idle for the time of `net_socket_set_timeout`. @since 0.1
pub const NET_TRACE_TIMEOUT: i32 = 12;
/// `net_trace.kind`: a socket was destroyed, by the program or the library, with an error or without. @since 0.1
pub const NET_TRACE_DESTROY: i32 = 13;
/// `net_trace.kind`: its descriptor is closed, and `close` comes. @since 0.1
pub const NET_TRACE_CLOSE: i32 = 14;
/// `net_trace.kind`: a server listens, or failed to. @since 0.1
pub const NET_TRACE_LISTEN: i32 = 15;
/// `net_trace.kind`: a server accepted a connection. @since 0.1
pub const NET_TRACE_ACCEPT: i32 = 16;
/// `net_trace.kind`: a server accepted a connection and closed it at once. @since 0.1
pub const NET_TRACE_DROP: i32 = 17;
/// `net_trace.kind`: a server listens no longer. @since 0.1
pub const NET_TRACE_SERVER_CLOSE: i32 = 18;

/// One thing that happened in a loop: see `net_loop_set_trace`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_trace {
    /// `sizeof(net_trace)`.
    pub size: usize,
    /// `NET_TRACE_...`. There may be more kinds in later versions.
    pub kind: i32,
    /// A `NET_E...` code if something went wrong, else 0.
    pub error: i32,
    /// The socket that it happened to, or NULL. It may be freed by now.
    pub socket: *mut net_socket,
    /// The server that it happened to, or NULL; with `NET_TRACE_ACCEPT` there are both. It may be freed by now.
    pub server: *mut net_server,
    /// How many were read or written, else 0.
    pub bytes: u64,
    /// All of it in a line to be read, as "connect to localhost:80"; ends at its NUL.
    pub text: *const c_char,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_trace {
    const FIRST: usize = size_of::<net_trace>();
    const INIT: net_trace = net_trace {
        size: size_of::<net_trace>(),
        kind: 0,
        error: 0,
        socket: null_mut(),
        server: null_mut(),
        bytes: 0,
        text: null(),
    };
}

/// As C has it.
pub(super) fn kind_number(kind: NoteKind) -> i32 {
    match kind {
        NoteKind::Connect => NET_TRACE_CONNECT,
        NoteKind::Lookup => NET_TRACE_LOOKUP,
        NoteKind::Attempt => NET_TRACE_ATTEMPT,
        NoteKind::AttemptFailed => NET_TRACE_ATTEMPT_FAILED,
        NoteKind::Connected => NET_TRACE_CONNECTED,
        NoteKind::ReadStart => NET_TRACE_READ_START,
        NoteKind::ReadStop => NET_TRACE_READ_STOP,
        NoteKind::Read => NET_TRACE_READ,
        NoteKind::ReadEnd => NET_TRACE_READ_END,
        NoteKind::Write => NET_TRACE_WRITE,
        NoteKind::End => NET_TRACE_END,
        NoteKind::Timeout => NET_TRACE_TIMEOUT,
        NoteKind::Destroy => NET_TRACE_DESTROY,
        NoteKind::Close => NET_TRACE_CLOSE,
        NoteKind::Listen => NET_TRACE_LISTEN,
        NoteKind::Accept => NET_TRACE_ACCEPT,
        NoteKind::Drop => NET_TRACE_DROP,
        NoteKind::ServerClose => NET_TRACE_SERVER_CLOSE,
    }
}

/// Has a function told of all that happens to the sockets and servers of a loop, for looking for faults. It changes no
/// order of events, and costs nothing as long as none is set. Node: the environment variable NODE_DEBUG=net, which prints.
///
/// What happens is told in its order, before the next event is, or with the deferred work: not always inside the call that
/// did it. The function may call the library; what it does is traced as well. `func` NULL takes it away. The drop of the one
/// before runs.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_set_trace(
    r#loop: *mut net_loop,
    func: net_trace_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(in_loop(r#loop, |owner| owner.set_trace(given.take().ok())))
}
