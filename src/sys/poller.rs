//! Waiting for readiness.
use super::errno::Errno;
use mio::event::Source;
use std::io;
use std::time::Duration;

/// What was seen on one descriptor.
#[derive(Clone, Copy)]
pub struct Readiness<'a>(&'a mio::event::Event);

impl Readiness<'_> {
    /// Given at registration.
    #[inline]
    pub fn token(self) -> usize {
        self.0.token().0
    }

    /// Bytes, an end or an error may be read.
    #[inline]
    pub fn readable(self) -> bool {
        self.0.is_readable() || self.sticky()
    }

    /// Bytes and nothing else may be read.
    #[inline]
    pub fn bytes_only(self) -> bool {
        self.0.is_readable() && !self.sticky()
    }

    /// Bytes may be written, or a connection has been made or refused.
    #[inline]
    pub fn writable(self) -> bool {
        self.0.is_writable() || self.sticky()
    }

    /// Urgent data, the peer's end or an error is there: a short read then does not mean that nothing is left.
    #[inline]
    pub fn sticky(self) -> bool {
        self.0.is_read_closed() || self.0.is_error() || self.0.is_priority()
    }
}

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

/// What one wait found.
pub struct Found(mio::Events);

impl Default for Found {
    fn default() -> Found {
        Found(mio::Events::with_capacity(EVENTS_PER_WAIT))
    }
}

impl Found {
    /// What was seen on each descriptor, the waker's among them.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Readiness<'_>> {
        self.0.iter().map(Readiness)
    }
}

/// The set of descriptors a loop waits for.
pub struct Poller {
    poll: mio::Poll,
}

/// The token of the waker; no handle has it.
pub const WAKE_TOKEN: usize = usize::MAX;
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
        // poll empties `found` before anything else.
        match self.poll.poll(&mut found.0, timeout_ms.map(Duration::from_millis)).map_err(|error| Errno::of(&error)) {
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

    /// Watches a listening source.
    pub fn register_listener(&self, source: &mut impl Source, token: usize) -> Result<(), Errno> {
        self.poll.registry().register(source, mio::Token(token), mio::Interest::READABLE).map_err(|e| Errno::of(&e))
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
