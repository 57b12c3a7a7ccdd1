//! setTimeout of a socket: tells when nothing happened for a while, once per idle time.
//!
//! Activity only notes the time; the timer that is set looks at the note when it comes up and is set again for the rest.
use super::events::SocketEvent;
use super::socket::{Flags, Socket};
use super::state::{Due, State};
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
    /// When something happened last.
    active_at: u64,
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
        let now = self.now();
        let Some(timeout) = self.timeout(id) else { return };
        timeout.active_at = now;
        if timeout.setting.is_none() && !mutated!(TimeoutNotRefreshed) {
            let due = now.saturating_add(timeout.limit);
            self.set_timer(id, due);
        }
    }

    fn timeout(&mut self, id: SocketId) -> Option<&mut IdleTimeout> {
        Some(&mut self.sockets.get_mut(id.0)?.cold.as_mut()?.timeout)
    }

    fn set_timer(&mut self, id: SocketId, due: u64) {
        let setting = self.due.set(due, |setting| Due::SocketTimeout(id, setting));
        if let Some(timeout) = self.timeout(id) {
            timeout.setting = Some(setting);
            timeout.due = due;
        }
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
            if due > now {
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
        let now = state.now();
        let timeout = &mut state.socket_mut(id)?.cold().timeout;
        timeout.shown = Some(ms);
        timeout.limit = ms;
        timeout.active_at = now;
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
