//! What other threads hand to the loop.
use crate::sys::poller::Waker;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The part of a loop that every thread may touch.
#[derive(Debug)]
pub struct Remote<M> {
    waker: Waker,
    /// The turn is to be left. Whether another thread asked for that or the loop itself is one flag, since it is looked
    /// at around every callback.
    stop: AtomicBool,
    /// Whether a wake-up is under way already.
    woken: AtomicBool,
    inbox: Mutex<Vec<M>>,
}

impl<M> Remote<M> {
    /// Empty.
    pub fn new(waker: Waker) -> Remote<M> {
        Remote { waker, stop: AtomicBool::new(false), woken: AtomicBool::new(false), inbox: Mutex::new(Vec::new()) }
    }

    /// Asks the loop to end; no lock, no allocation.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// The loop itself ends its turn.
    pub fn halt(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Whether it was asked, or does so itself.
    #[inline]
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// The turn was left.
    pub fn stopped(&self) {
        self.stop.store(false, Ordering::Release);
    }

    /// Hands a message over; wakes the loop unless somebody did.
    pub fn send(&self, message: M) {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        self.remind();
    }

    /// Whether nothing has come. May be late, never wrong for what the caller sent itself.
    #[inline]
    pub fn is_empty(&self) -> bool {
        !self.woken.load(Ordering::Acquire)
    }

    /// Wakes the loop unless somebody did: for what was sent, or taken and not looked at.
    pub fn remind(&self) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    /// All that has come; `into` gives its room in exchange.
    pub fn take(&self, into: &mut Vec<M>) {
        self.woken.store(false, Ordering::Release);
        std::mem::swap(&mut *self.inbox.lock().unwrap_or_else(PoisonError::into_inner), into);
    }
}
