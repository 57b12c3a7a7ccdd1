//! What Node means: servers, sockets, connecting, writing, errors and addresses. Safe Rust, no platform, no raw memory.
pub mod address;
pub mod api;
pub mod error;
pub mod events;
pub mod options;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub struct $name(pub crate::core::table::Key);
    };
}
id!(/// A socket of a loop.
    SocketId);
id!(/// A server of a loop.
    ServerId);
id!(/// A timer of a loop.
    TimerId);
id!(/// A pending custom lookup of a loop.
    LookupId);

/// PLACEHOLDER
pub struct Loop;
