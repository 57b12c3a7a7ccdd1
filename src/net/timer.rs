//! Timers of the program's.
use super::state::{Due, State};
use super::{Loop, TimerId};
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};

/// A timer: off, or set with a function.
#[derive(Debug, Default)]
pub struct Timer {
    /// The setting that will come up.
    pub setting: Option<u64>,
    callback: Option<Callback>,
    repeat: u64,
    unref: bool,
}

impl State {
    fn timer_mut(&mut self, id: TimerId) -> Result<&mut Timer> {
        self.timers.get_mut(id.0).ok_or(Code::EBADF)
    }

    fn hold_timer(&mut self, id: TimerId, before: bool) {
        let after = self.timers.get(id.0).is_some_and(|timer| timer.setting.is_some() && !timer.unref);
        match (before, after) {
            (false, true) => self.timer_holds += 1,
            (true, false) => self.timer_holds -= 1,
            _ => {}
        }
    }

    fn holds(&self, id: TimerId) -> bool {
        self.timers.get(id.0).is_some_and(|timer| timer.setting.is_some() && !timer.unref)
    }

    fn set(&mut self, id: TimerId, delay: u64) {
        let due = self.now().saturating_add(delay);
        let before = self.holds(id);
        let setting = self.due.set(due, |setting| Due::Timer(id, setting));
        if let Some(timer) = self.timers.get_mut(id.0) {
            timer.setting = Some(setting);
        }
        self.hold_timer(id, before);
    }

    fn stop(&mut self, id: TimerId) {
        let before = self.holds(id);
        let Some(timer) = self.timers.get_mut(id.0) else { return };
        timer.setting = None;
        let callback = timer.callback.take();
        self.hold_timer(id, before);
        callback.into_iter().for_each(|callback| self.drop_later(callback));
    }

    /// Takes a timer out of the loop.
    pub fn remove_timer(&mut self, id: TimerId) {
        self.stop(id);
        self.timers.remove(id.0);
    }
}

impl Loop {
    /// A setting has come up.
    pub fn timer_due(&self, id: TimerId, setting: u64) {
        let (callback, repeat) = {
            let mut state = self.state();
            let before = state.holds(id);
            let Some(timer) = state.timers.get_mut(id.0).filter(|timer| timer.setting == Some(setting)) else { return };
            let Some(callback) = timer.callback else { return };
            let repeat = timer.repeat;
            timer.setting = None;
            if repeat == 0 {
                timer.callback = None;
            }
            state.hold_timer(id, before);
            if repeat > 0 {
                state.set(id, repeat);
            }
            (callback, repeat)
        };
        self.fire(id, &callback);
        if repeat == 0 {
            self.drop_now(callback);
        }
        self.drain_ticks();
    }
}

/// Timers.
#[allow(missing_docs)]
impl Loop {
    pub fn timer_new(&self) -> Result<TimerId> {
        self.state().timers.insert(|_| Timer::default()).map(TimerId).ok_or(Code::ENOMEM)
    }

    pub fn timer_start(&self, id: TimerId, delay: u64, repeat: u64, callback: Callback) -> Result {
        let mut state = self.state();
        if state.timers.get(id.0).is_none() {
            state.drop_later(callback);
            return Err(Code::EBADF);
        }
        state.stop(id);
        let timer = state.timer_mut(id)?;
        timer.callback = Some(callback);
        timer.repeat = repeat;
        state.set(id, delay);
        Ok(())
    }

    pub fn timer_stop(&self, id: TimerId) -> Result {
        let mut state = self.state();
        state.timer_mut(id)?;
        state.stop(id);
        Ok(())
    }

    pub fn timer_active(&self, id: TimerId) -> Result<bool> {
        Ok(self.state().timer_mut(id)?.setting.is_some())
    }

    pub fn timer_ref(&self, id: TimerId) -> Result {
        self.set_timer_ref(id, true)
    }

    pub fn timer_unref(&self, id: TimerId) -> Result {
        self.set_timer_ref(id, false)
    }

    fn set_timer_ref(&self, id: TimerId, referenced: bool) -> Result {
        let mut state = self.state();
        let before = state.holds(id);
        state.timer_mut(id)?.unref = !referenced;
        state.hold_timer(id, before);
        Ok(())
    }

    pub fn timer_free(&self, id: TimerId) -> Result {
        let mut state = self.state();
        state.timer_mut(id)?;
        state.remove_timer(id);
        Ok(())
    }
}
