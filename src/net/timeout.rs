//! setTimeout of a socket: tells when nothing happened for a while, once per idle time.
//!
//! Activity only notes the time; the timer that is set looks at the note when it comes up and is set again for the rest.
use super::events::SocketEvent;
use super::socket::{Flags, Socket};
use super::state::{Due, State};
use super::tracing::{Note, NoteKind};
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::sys::code::Result;

/// The idle time of a socket.
#[derive(Debug, Default)]
pub struct IdleTimeout {
    /// What setTimeout was given last; None before the first call.
    shown: Option<u64>,
    /// Milliseconds, 0 = off.
    limit: u64,
    /// When something happened last, and its number among all that happened: of what is idle equally long, what was
    /// active first is told first.
    active_at: u64,
    active_number: u64,
    /// The setting that will come up.
    setting: Option<u64>,
    /// When it will.
    due: u64,
}

impl Socket {
    /// Whether this setting of the timer still means something.
    pub fn has_timeout(&self, setting: u64) -> bool {
        self.cold.as_ref().is_some_and(|cold| cold.timeout.setting == Some(setting))
    }
}

impl State {
    /// Something happened: the idle time begins anew.
    #[inline(never)]
    pub fn touch(&mut self, id: SocketId) {
        let limited = |socket: &Socket| socket.cold.as_ref().is_some_and(|cold| cold.timeout.limit > 0);
        if self.sockets.get(id.0).is_some_and(limited) {
            self.touch_limited(id);
        }
    }

    #[inline(never)]
    fn touch_limited(&mut self, id: SocketId) {
        let (now, number) = (self.now(), self.due.number());
        let Some(timeout) = self.timeout(id) else { return };
        (timeout.active_at, timeout.active_number) = (now, number);
        if timeout.setting.is_none() && !mutated!(TimeoutNotRefreshed) {
            let due = now.saturating_add(timeout.limit);
            self.set_timer(id, due);
        }
    }

    fn timeout(&mut self, id: SocketId) -> Option<&mut IdleTimeout> {
        Some(&mut self.sockets.get_mut(id.0)?.cold.as_mut()?.timeout)
    }

    fn set_timer(&mut self, id: SocketId, due: u64) {
        let Some(timeout) = self.timeout(id) else { return };
        let number = timeout.active_number;
        timeout.setting = Some(number);
        timeout.due = due;
        self.due.set_as(number, due, Due::SocketTimeout(id, number));
    }

    /// No timeout any more.
    pub fn clear_timeout(&mut self, id: SocketId) {
        if let Some(timeout) = self.timeout(id) {
            timeout.limit = 0;
            timeout.setting = None;
        }
    }
}

impl Loop {
    /// A setting has come up.
    pub fn timeout_due(&self, id: SocketId, setting: u64) {
        {
            let mut state = self.state();
            let now = state.now();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            if !socket.has_timeout(setting) {
                return;
            }
            let has_handle = socket.flags.contains(Flags::HANDLE);
            let cold = socket.cold();
            cold.timeout.setting = None;
            let due = cold.timeout.active_at.saturating_add(cold.timeout.limit);
            // Even if it is due already, so that it takes its place among the others that are.
            if due > now || cold.timeout.active_number != setting {
                state.set_timer(id, due);
                return;
            }
            // A write that makes progress is activity too.
            let queue_size = cold.writes.request.as_ref().map_or(0, |request| request.pieces.left());
            if cold.writes.last_queue_size > 0 && has_handle && cold.writes.last_queue_size != queue_size {
                cold.writes.last_queue_size = queue_size;
                state.touch(id);
                return;
            }
        }
        self.state().note(|_| Note::of(id, NoteKind::Timeout, "timeout"));
        self.emit(id, &SocketEvent::Timeout);
        self.drain_ticks();
    }
}

/// setTimeout, timeout.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_set_timeout(&self, id: SocketId, ms: u64) -> Result {
        let mut state = self.state();
        if state.socket(id)?.destroyed() {
            return Ok(());
        }
        let (now, number) = (state.now(), state.due.number());
        let timeout = &mut state.socket_mut(id)?.cold().timeout;
        timeout.shown = Some(ms);
        timeout.limit = ms;
        (timeout.active_at, timeout.active_number) = (now, number);
        let due = now.saturating_add(ms);
        if ms == 0 {
            timeout.setting = timeout.setting.filter(|_| mutated!(TimeoutNotCleared));
        } else if timeout.setting.is_none() || timeout.due > due {
            state.set_timer(id, due);
        }
        Ok(())
    }

    pub fn socket_timeout(&self, id: SocketId) -> Result<Option<u64>> {
        Ok(self.state().socket(id)?.cold.as_ref().and_then(|cold| cold.timeout.shown))
    }
}
