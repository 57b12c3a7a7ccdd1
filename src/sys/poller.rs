//! Waiting for readiness.
use super::errno::Errno;
use mio::event::Source;
use std::io;
use std::time::Duration;

/// What was seen on one descriptor.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    token: usize,
    seen: u8,
}

const BYTES: u8 = 1;
const ROOM: u8 = 2;
const STICKY: u8 = 4;
const HUNG_UP: u8 = 8;

impl Readiness {
    /// Bytes were there to read before.
    pub fn to_read(token: usize) -> Readiness {
        Readiness { token, seen: BYTES }
    }

    /// There was room before, or an attempt to connect was decided.
    pub fn to_write(token: usize) -> Readiness {
        Readiness { token, seen: ROOM }
    }

    #[inline]
    fn of(event: &mio::event::Event) -> Readiness {
        let sticky = event.is_read_closed() || event.is_error() || event.is_priority();
        let seen = if event.is_readable() { BYTES } else { 0 }
            | if event.is_writable() { ROOM } else { 0 }
            | if sticky { STICKY } else { 0 }
            | if event.is_write_closed() || event.is_error() { HUNG_UP } else { 0 };
        Readiness { token: event.token().0, seen }
    }

    /// Both.
    #[inline]
    pub fn and(self, other: Readiness) -> Readiness {
        Readiness { token: self.token, seen: self.seen | other.seen }
    }

    /// Given at registration.
    #[inline]
    pub fn token(self) -> usize {
        self.token
    }

    /// Bytes, an end or an error may be read.
    #[inline]
    pub fn readable(self) -> bool {
        self.seen & (BYTES | STICKY) != 0
    }

    /// Bytes and nothing else may be read.
    #[inline]
    pub fn bytes_only(self) -> bool {
        self.seen & (BYTES | STICKY) == BYTES
    }

    /// Bytes may be written, or a connection has been made or refused.
    #[inline]
    pub fn writable(self) -> bool {
        self.seen & (ROOM | HUNG_UP) != 0
    }

    /// Neither side can be used any more: nothing needs to be waited for to write.
    #[inline]
    pub fn hung_up(self) -> bool {
        self.seen & HUNG_UP != 0
    }

    /// Urgent data, the peer's end or an error is there: a short read then does not mean that nothing is left.
    #[inline]
    pub fn sticky(self) -> bool {
        self.seen & STICKY != 0
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
    /// What was seen if it was seen on one descriptor only.
    #[inline]
    pub fn only(&self) -> Option<Readiness> {
        let mut all = self.0.iter();
        let first = all.next()?;
        if all.next().is_none() { Some(Readiness::of(first)) } else { None }
    }

    /// What was seen on each descriptor, the waker's among them.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Readiness> {
        self.0.iter().map(Readiness::of)
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

    /// Watches a source no longer; nothing if it was not watched.
    pub fn deregister(&self, source: &mut impl Source) {
        let _ = self.poll.registry().deregister(source);
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
