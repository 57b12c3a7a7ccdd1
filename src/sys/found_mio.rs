//! What a wait finds, as mio tells it.
use super::EVENTS_PER_WAIT;
use crate::sys::errno::Errno;
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
    pub fn token(&self) -> usize {
        self.token
    }

    /// Bytes, an end or an error may be read.
    #[inline]
    pub fn readable(&self) -> bool {
        self.seen & (BYTES | STICKY) != 0
    }

    /// Bytes and nothing else may be read.
    #[inline]
    pub fn bytes_only(&self) -> bool {
        self.seen & (BYTES | STICKY) == BYTES
    }

    /// Bytes may be written, or a connection has been made or refused.
    #[inline]
    pub fn writable(&self) -> bool {
        self.seen & (ROOM | HUNG_UP) != 0
    }

    /// Neither side can be used any more: nothing needs to be waited for to write.
    #[inline]
    pub fn hung_up(&self) -> bool {
        self.seen & HUNG_UP != 0
    }

    /// Urgent data, the peer's end or an error is there: a short read then does not mean that nothing is left.
    #[inline]
    pub fn sticky(&self) -> bool {
        self.seen & STICKY != 0
    }
}

/// A listener is found when one more connection comes.
pub const LISTENERS_STAY: bool = false;

/// Watches for connections.
#[cfg(unix)]
pub fn watch_listener(poll: &mio::Poll, fd: i32, token: usize) -> Result<(), Errno> {
    let mut source = mio::unix::SourceFd(&fd);
    let watched = poll.registry().register(&mut source, mio::Token(token), mio::Interest::READABLE);
    watched.map_err(|error| Errno::of(&error))
}

/// What one wait found.
pub struct Found {
    events: mio::Events,
    list: Vec<Readiness>,
}

impl Default for Found {
    fn default() -> Found {
        Found { events: mio::Events::with_capacity(EVENTS_PER_WAIT), list: Vec::new() }
    }
}

impl Found {
    /// Waits; what was found before is forgotten.
    pub fn wait(&mut self, poll: &mut mio::Poll, timeout_ms: Option<u64>) -> Result<(), Errno> {
        self.list.clear();
        let waited = poll.poll(&mut self.events, timeout_ms.map(Duration::from_millis));
        waited.map_err(|error| Errno::of(&error))?;
        self.list.extend(self.events.iter().map(Readiness::of));
        Ok(())
    }

    /// What was seen on each descriptor, the waker's among them.
    pub fn list(&self) -> &[Readiness] {
        &self.list
    }

    /// The same, to be put in another order, with more or with less.
    pub fn list_mut(&mut self) -> &mut Vec<Readiness> {
        &mut self.list
    }
}
