//! The events of servers and sockets, and the door through which they reach the program.
use super::address::Address;
use super::error::{ErrorRef, NetError};
use super::tracing::Note;
use super::{LookupId, ServerId, SocketId, TimerId};
use crate::sys::callback::{Callback, ForeignRoom, Heard};
use crate::sys::passing::PassedKind;

/// Names of a socket's events; the listener list is keyed by them.
#[allow(missing_docs)]
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketEventName {
    Connect,
    Ready,
    Data,
    Readable,
    End,
    Drain,
    Finish,
    Timeout,
    Error,
    Close,
    Pause,
    Resume,
    Lookup,
    ConnectionAttempt,
    ConnectionAttemptFailed,
    ConnectionAttemptTimeout,
    Pipe,
    Unpipe,
    Handle,
}

/// Names of a server's events.
#[allow(missing_docs)]
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerEventName {
    Listening,
    Connection,
    Close,
    Error,
    Drop,
}

/// One event of a socket with its arguments, or the completion of one of its requests.
#[allow(missing_docs)]
#[derive(Debug)]
pub enum SocketEvent<'a> {
    Connect,
    Ready,
    Data(&'a [u8]),
    Readable,
    End,
    Drain,
    Finish,
    Timeout,
    Error(&'a ErrorRef),
    Close {
        had_error: bool,
    },
    Pause,
    Resume,
    Lookup {
        error: Option<&'a NetError>,
        address: Option<&'a Address>,
        host: &'a str,
    },
    ConnectionAttempt(&'a Address),
    ConnectionAttemptFailed(&'a Address, &'a NetError),
    ConnectionAttemptTimeout(&'a Address),
    /// Of a move, on the new loop.
    Moved,
    /// From which source.
    Pipe(SocketId),
    Unpipe(SocketId),
    /// What came from another process; None for what could not be received.
    Handle(Option<PassedKind>),
    /// Of a write or an end: net_socket_error_fn with the error or NULL.
    Completion(Option<&'a ErrorRef>),
}

/// Why a connection was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropReason {
    /// The server has as many as it may.
    MaxConnections,
    /// The process has no file descriptor left.
    NoDescriptors,
}

/// One event of a server with its arguments.
#[allow(missing_docs)]
#[derive(Debug)]
pub enum ServerEvent<'a> {
    Listening,
    Connection(SocketId),
    Close,
    Error(&'a NetError),
    Drop {
        reason: DropReason,
        local: &'a Address,
        remote: &'a Address,
    },
    /// Of a move, on the new loop.
    Moved,
    /// Of net_server_close_cb: net_server_error_fn with ERR_SERVER_NOT_RUNNING or NULL.
    CloseCompletion(Option<&'a NetError>),
    /// Of net_server_get_connections; the error is ECANCELED when the server or loop is freed first.
    Connections(Option<&'a NetError>, usize),
}

/// What a loop of a group tells.
#[derive(Debug)]
pub enum MemberEvent<'a> {
    /// Its thread has begun; which of the group's it is.
    Start(usize),
    /// Its thread ends.
    Stop(usize),
    /// Nobody heard this.
    Error(&'a NetError),
}

/// Calls of the program's functions: filled in by abi, called from one place of the loop with nothing borrowed. `loop_id` and an id
/// make the handle that C sees.
#[derive(Clone, Copy)]
pub struct Dispatch {
    /// A socket's `data`: the busiest way, on its own, with arguments that all fit registers; the last is what
    /// [`Dispatch::sockets_of`] gave.
    pub data: fn(SocketId, &[u8], Heard, usize),
    /// What the handles of all sockets of a loop, by its slot, have in common.
    pub sockets_of: fn(u16) -> usize,
    /// A listener or completion of a socket.
    pub socket: fn(&Callback, LoopId, SocketId, &SocketEvent<'_>),
    /// What the option `onread` calls: so many bytes are in the room. False for no more.
    pub onread: fn(&Callback, LoopId, SocketId, usize, ForeignRoom) -> bool,
    /// What the option `onread` asks for room, if it is a function; None for what there was.
    pub buffer: fn(&Callback, LoopId, SocketId) -> Option<ForeignRoom>,
    /// A listener or completion of a server.
    pub server: fn(&Callback, LoopId, ServerId, &ServerEvent<'_>),
    /// A timer is due.
    pub timer: fn(&Callback, LoopId, TimerId),
    /// A posted function or the wake hook.
    pub run: fn(&Callback, LoopId),
    /// A loop of a group tells something.
    pub member: fn(&Callback, LoopId, &MemberEvent<'_>),
    /// A custom lookup is asked: host, family, hints, all.
    pub lookup: fn(&Callback, LoopId, LookupId, &str, u8, i32, bool),
    /// Something for the trace.
    pub trace: fn(&Callback, LoopId, &Note),
    /// The drop function of a user pointer.
    pub drop: fn(&Callback),
}

/// Which loop: its slot among the loops of the process and that slot's generation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoopId {
    /// Index of the slot, below 4096.
    pub slot: u16,
    /// Generation of the slot.
    pub generation: u32,
}
