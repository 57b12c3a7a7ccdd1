//! What a wait finds, as epoll tells it.
//!
//! The wait is done here and not by mio, on mio's descriptor: its events are then looked at where the system has put them. What is
//! asked of an event is one mask over its bits.
use super::EVENTS_PER_WAIT;
use crate::sys::errno::Errno;
use crate::sys::unix::socket::last_errno;
use std::os::fd::AsRawFd;

const BYTES: u32 = libc::EPOLLIN as u32;
const ROOM: u32 = libc::EPOLLOUT as u32;
const HUNG_UP: u32 = (libc::EPOLLHUP | libc::EPOLLERR) as u32;
const STICKY: u32 = (libc::EPOLLRDHUP | libc::EPOLLPRI) as u32 | HUNG_UP;

/// What was seen on one descriptor.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Readiness(libc::epoll_event);

impl Readiness {
    fn new(token: usize, events: u32) -> Readiness {
        Readiness(libc::epoll_event { events, u64: token as u64 })
    }

    /// Bytes were there to read before.
    pub fn to_read(token: usize) -> Readiness {
        Readiness::new(token, BYTES)
    }

    /// There was room before, or an attempt to connect was decided.
    pub fn to_write(token: usize) -> Readiness {
        Readiness::new(token, ROOM)
    }

    /// Both.
    #[inline]
    pub fn and(self, other: Readiness) -> Readiness {
        Readiness::new(self.token(), self.0.events | other.0.events)
    }

    /// Given at registration.
    #[inline]
    pub fn token(&self) -> usize {
        self.0.u64 as usize
    }

    #[inline]
    fn has(&self, any: u32) -> bool {
        self.0.events & any != 0
    }

    /// Bytes, an end or an error may be read.
    #[inline]
    pub fn readable(&self) -> bool {
        self.has(BYTES | STICKY)
    }

    /// Bytes and nothing else may be read.
    #[inline]
    pub fn bytes_only(&self) -> bool {
        self.0.events & (BYTES | STICKY) == BYTES
    }

    /// Bytes may be written, or a connection has been made or refused.
    #[inline]
    pub fn writable(&self) -> bool {
        self.has(ROOM | HUNG_UP)
    }

    /// Neither side can be used any more: nothing needs to be waited for to write.
    #[inline]
    pub fn hung_up(&self) -> bool {
        self.has(HUNG_UP)
    }

    /// Urgent data, the peer's end or an error is there: a short read then does not mean that nothing is left.
    #[inline]
    pub fn sticky(&self) -> bool {
        self.has(STICKY)
    }
}

/// A listener with connections that nobody has accepted is found by each wait.
pub const LISTENERS_STAY: bool = true;

/// Watches for connections by the level and not, as mio would, by the edge: one of them is accepted in a turn, and so the
/// last of them needs no second call to be told that it was the last.
pub fn watch_listener(poll: &mio::Poll, fd: i32, token: usize) -> Result<(), Errno> {
    let mut wanted = libc::epoll_event { events: BYTES, u64: token as u64 };
    // SAFETY: the event is looked at within the call only.
    let done = unsafe { libc::epoll_ctl(poll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &raw mut wanted) };
    if done < 0 { Err(last_errno()) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn capped(ms: u64) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}

/// What one wait found.
#[derive(Default)]
pub struct Found(Vec<Readiness>);

impl Found {
    /// Waits; what was found before is forgotten.
    #[inline]
    pub fn wait(&mut self, poll: &mut mio::Poll, timeout_ms: Option<u64>) -> Result<(), Errno> {
        self.0.clear();
        if self.0.capacity() < EVENTS_PER_WAIT {
            self.0.reserve(EVENTS_PER_WAIT);
        }
        // Most often for ever.
        let timeout = if let Some(ms) = timeout_ms { capped(ms) } else { -1 };
        let room = EVENTS_PER_WAIT as i32;
        // SAFETY: Readiness is an epoll_event, and there is room for so many.
        let n = unsafe { libc::epoll_wait(poll.as_raw_fd(), self.0.as_mut_ptr().cast(), room, timeout) };
        if n < 0 {
            return Err(last_errno());
        }
        // SAFETY: the system has written so many.
        unsafe { self.0.set_len(n as usize) };
        Ok(())
    }

    /// What was seen on each descriptor, the waker's among them.
    #[inline]
    pub fn list(&self) -> &[Readiness] {
        &self.0
    }

    /// The same, to be put in another order, with more or with less.
    #[inline]
    pub fn list_mut(&mut self) -> &mut Vec<Readiness> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_is_about_its_bits() {
        let seen = |events: i32| {
            let one = Readiness::new(7, events as u32);
            (one.readable(), one.bytes_only(), one.writable(), one.hung_up(), one.sticky())
        };
        assert_eq!(seen(libc::EPOLLIN), (true, true, false, false, false));
        assert_eq!(seen(libc::EPOLLIN | libc::EPOLLOUT), (true, true, true, false, false));
        assert_eq!(seen(libc::EPOLLOUT), (false, false, true, false, false));
        assert_eq!(seen(libc::EPOLLIN | libc::EPOLLRDHUP), (true, false, false, false, true));
        assert_eq!(seen(libc::EPOLLIN | libc::EPOLLPRI), (true, false, false, false, true));
        assert_eq!(seen(libc::EPOLLHUP), (true, false, true, true, true));
        assert_eq!(seen(libc::EPOLLERR), (true, false, true, true, true));
        let both = Readiness::to_read(7).and(Readiness::to_write(7));
        assert!(both.token() == 7 && both.bytes_only() && both.writable());
    }
}
