//! What Node means: servers, sockets, connecting, writing, errors and addresses. Safe Rust, no platform, no raw memory.
//!
//! Two kinds of functions: those of [`state::State`] change what is known and queue what follows, and never call the
//! program; those of [`Loop`] run what was queued and may call it, through [`emit`] only and with nothing borrowed.
pub mod accept;
pub mod address;
pub mod closing;
pub mod condition;
pub mod connect;
pub mod defaults;
pub mod emit;
pub mod error;
pub mod event_loop;
pub mod events;
pub mod free;
pub mod ip;
pub mod listen;
pub mod lookup;
pub mod loops;
pub mod options;
pub mod readable;
pub mod ready;
pub mod server;
pub mod socket;
pub mod socket_listeners;
pub mod state;
pub mod tick;
pub mod timeout;
pub mod timer;
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

/// Everything abi calls, in one place.
pub mod api {
    pub use super::Loop;
    pub use super::defaults::*;
    pub use super::event_loop::Metrics;
    pub use super::ip::is_ip;
    pub use super::loops::*;
    pub use super::socket::{Flowing, ReadyState};
    pub use super::write_request::{WriteData, WriteStatus};
}
