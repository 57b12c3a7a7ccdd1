//! Waiting for readiness.
use super::errno::Errno;
pub use found::{Found, LISTENERS_STAY, Readiness};
use mio::event::Source;
use std::io;

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "found_epoll.rs"]
mod found;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[path = "found_mio.rs"]
mod found;

/// Wakes a poller; may be used from any thread and from a signal handler.
#[derive(Debug)]
pub struct Waker(mio::Waker);

impl Waker {
    /// Ends the present or the next wait.
    pub fn wake(&self) {
        // A full counter already wakes, and nothing else can fail in a way the caller could mend.
        let _ = self.0.wake();
    }
}

/// The set of descriptors a loop waits for.
pub struct Poller {
    poll: mio::Poll,
}

/// The token of the waker; no handle has it.
pub const WAKE_TOKEN: usize = usize::MAX;
/// How many descriptors one wait tells of at most.
const EVENTS_PER_WAIT: usize = 1024;

impl Poller {
    /// A poller and what wakes it.
    pub fn new() -> io::Result<(Poller, Waker)> {
        let poll = mio::Poll::new()?;
        let waker = mio::Waker::new(poll.registry(), mio::Token(WAKE_TOKEN))?;
        Ok((Poller { poll }, Waker(waker)))
    }

    /// Waits for descriptors to be ready; None waits for ever. A wait that is interrupted or fails finds nothing.
    #[inline]
    pub fn wait(&mut self, timeout_ms: Option<u64>, found: &mut Found) -> Result<(), Errno> {
        match found.wait(&mut self.poll, timeout_ms) {
            Err(errno) if !errno.interrupted() => Err(errno),
            _ => Ok(()),
        }
    }

    /// Watches a source in both directions until it is closed.
    pub fn register(&self, source: &mut impl Source, token: usize) -> Result<(), Errno> {
        let interest = mio::Interest::READABLE | mio::Interest::WRITABLE;
        self.poll
            .registry()
            .register(source, mio::Token(token), Self::with_priority(interest))
            .map_err(|e| Errno::of(&e))
    }

    /// Watches a listening descriptor. It is told of once for each wait as long as there are connections if
    /// [`LISTENERS_STAY`], else when there is one more.
    #[cfg(unix)]
    pub fn register_listener(&self, fd: i32, token: usize) -> Result<(), Errno> {
        found::watch_listener(&self.poll, fd, token)
    }

    /// Watches a source no longer, though it stays open.
    pub fn forget(&self, source: &mut impl Source) -> Result<(), Errno> {
        self.poll.registry().deregister(source).map_err(|e| Errno::of(&e))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn with_priority(interest: mio::Interest) -> mio::Interest {
        interest | mio::Interest::PRIORITY
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn with_priority(interest: mio::Interest) -> mio::Interest {
        interest
    }

    /// The descriptor another loop may wait on; None where the platform has none.
    #[cfg(unix)]
    pub fn fd(&self) -> Option<i32> {
        use std::os::fd::AsRawFd;
        Some(self.poll.as_raw_fd())
    }

    /// The descriptor another loop may wait on; None where the platform has none.
    #[cfg(not(unix))]
    pub fn fd(&self) -> Option<i32> {
        None
    }
}
