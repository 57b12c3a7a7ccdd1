//! Unix: TCP and Unix domain sockets by file descriptor.
pub mod bound;
mod fifo;
pub mod listener;
pub mod passing;
mod sigpipe;
pub mod sockaddr;
pub mod socket;
#[cfg(target_os = "linux")]
pub mod splice;
pub mod stream;
pub mod thread;
pub mod zone;
