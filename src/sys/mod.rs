//! The platform, behind one contract. Nothing here calls the program, and nothing above here names a platform.
//!
//! The contract, which another implementation (Windows, a simulated network in memory) has to meet:
//!
//! | item | what it promises |
//! | --- | --- |
//! | [`clock::now_ms`] | milliseconds that never go back |
//! | [`poller::Poller`] | waits for readiness, edge-triggered; [`poller::Waker`] ends the wait from any thread and from a signal handler |
//! | [`bound::Bound`] | one endpoint that is bound, to become a listener or a stream; a path is removed when it is dropped |
//! | [`stream::Stream`] | one non-blocking byte stream: open, bind, connect, read, write, shut down, options, addresses; closing is dropping |
//! | [`listener::Listener`] | one listening endpoint: bind, listen, accept; a path is removed when it is dropped |
//! | [`passing::Passed`] | one endpoint on its way between processes, with bytes of a local stream; closed when dropped |
//! | [`resolver::submit`] | names to addresses on a pool of threads, answered through a closure |
//! | [`registry::Registry`] | which loop a handle means, and whether the calling thread may use it |
//! | [`splice::Pool`] | bytes from one stream to another that the program's memory never sees; may always refuse |
//! | [`errno`] | error numbers of the platform as [`code::Code`] |
pub mod callback;
pub mod clock;
pub mod code;
pub mod errno;
pub mod poller;
pub mod registry;
pub mod resolver;
pub mod width;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::{bound, listener, passing, sockaddr, stream, thread, zone};

#[cfg(not(target_os = "linux"))]
#[path = "no_splice.rs"]
pub mod splice;
#[cfg(target_os = "linux")]
pub use unix::splice;
