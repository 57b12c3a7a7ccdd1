//! What Node means: servers, sockets, connecting, writing, errors and addresses. Safe Rust, no platform, no raw memory.
//!
//! Two kinds of functions: those of [`state::State`] change what is known and queue what follows, and never call the
//! program; those of [`Loop`] run what was queued and may call it, through [`emit`] only and with nothing borrowed.
pub mod accept;
pub mod address;
pub mod block_list;
pub mod block_list_text;
pub mod block_lists;
pub mod bound_sockets;
pub mod buffer_sizes;
pub mod closing;
pub mod condition;
pub mod connect;
pub mod defaults;
pub mod emit;
pub mod error;
pub mod event_loop;
pub mod events;
pub mod free;
pub mod gathering;
pub mod group_listen;
pub mod hand_over;
pub mod host_port;
pub mod intervals;
pub mod ip;
pub mod listen;
pub mod listen_handle;
pub mod lookup;
pub mod loop_group;
pub mod loops;
pub mod moving;
pub mod onread;
pub mod options;
pub mod passing;
pub mod pipe;
pub mod piped;
pub mod readable;
pub mod ready;
pub mod server;
pub mod server_sockets;
pub mod socket;
pub mod socket_listeners;
pub mod state;
pub mod tick;
pub mod timeout;
pub mod timer;
pub mod tracing;
pub mod writable;
pub mod write_request;

pub use event_loop::Loop;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub struct $name(pub crate::core::table::Key);
    };
}
id!(
    /// A socket of a loop.
    SocketId
);
id!(
    /// A server of a loop.
    ServerId
);
id!(
    /// A timer of a loop.
    TimerId
);
id!(
    /// A pending custom lookup of a loop.
    LookupId
);
id!(
    /// A pipe between two sockets of a loop.
    PipeId
);
id!(
    /// A block list of the process.
    BlockListId
);

id!(
    /// A group of loops of the process.
    LoopGroupId
);

id!(
    /// A bound socket of the process.
    BoundSocketId
);

/// Everything abi calls, in one place.
pub mod api {
    pub use super::Loop;
    pub use super::block_list::address;
    pub use super::block_list_text::{cidr, subnet};
    pub use super::block_lists::*;
    pub use super::bound_sockets::{
        bound_socket_address, bound_socket_close, bound_socket_fd, bound_socket_free, bound_socket_is_pipe,
        bound_socket_new,
    };
    pub use super::defaults::*;
    pub use super::event_loop::Metrics;
    pub use super::group_listen::{Share, loop_group_listen};
    pub use super::host_port::parse as parse_host_port;
    pub use super::ip::{is_ip, plain_text as ip_text};
    pub use super::loop_group::{
        GroupOptions, Told, loop_group_close, loop_group_free, loop_group_loop, loop_group_new, loop_group_size,
        loop_group_wait,
    };
    pub use super::loops::*;
    pub use super::passing::Sent;
    pub use super::socket::{Flowing, ReadyState};
    pub use super::write_request::{WriteData, WriteStatus};
}
