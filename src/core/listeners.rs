//! Listeners of one handle: who is called for which event, with the meaning of an EventEmitter.
use crate::sys::callback::Callback;

/// One registration.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The event's number.
    pub event: u8,
    /// Removed when it is first called.
    pub once: bool,
    /// 0 for the program's; else a reaction of the library itself, which takes its place in the order like any other.
    pub reaction: u8,
    /// The program's function.
    pub callback: Callback,
}

impl Listener {
    fn same_as(&self, other: &Listener) -> bool {
        self.event == other.event && self.reaction == other.reaction && self.callback.matches(&other.callback)
    }
}

/// In the order of registration.
#[derive(Debug, Default)]
pub struct Listeners(Vec<Listener>);

impl Listeners {
    fn list(&self) -> &[Listener] {
        &self.0
    }

    /// Registers at the end.
    pub fn add(&mut self, listener: Listener) {
        self.0.push(listener);
    }

    /// Removes the newest match of the program's and returns it.
    pub fn remove(&mut self, event: u8, callback: &Callback) -> Option<Listener> {
        let matches = |l: &Listener| l.event == event && l.reaction == 0 && l.callback.matches(callback);
        let at = self.list().iter().rposition(matches)?;
        self.take(at)
    }

    /// Removes the oldest registration equal to this one: a once-listener that is about to be called.
    pub fn remove_called(&mut self, called: &Listener) -> Option<Listener> {
        let at = self.list().iter().position(|l| l.once && l.same_as(called))?;
        self.take(at)
    }

    /// Removes the newest reaction of the library.
    pub fn remove_reaction(&mut self, event: u8, reaction: u8) {
        if let Some(at) = self.list().iter().rposition(|l| l.event == event && l.reaction == reaction) {
            self.take(at);
        }
    }

    fn take(&mut self, at: usize) -> Option<Listener> {
        Some(self.0.remove(at))
    }

    /// The program's function for an event, if it has exactly one there and that stays.
    #[inline]
    pub fn only(&self, event: u8) -> Option<Callback> {
        let mut found = None;
        for listener in self.list() {
            if listener.event == event {
                if found.is_some() || listener.once || listener.reaction != 0 {
                    return None;
                }
                found = Some(listener.callback);
            }
        }
        found
    }

    /// How many the program has for an event.
    pub fn count(&self, event: u8) -> usize {
        self.list().iter().filter(|l| l.event == event && l.reaction == 0).count()
    }

    /// Whether a reaction is registered.
    pub fn has_reaction(&self, event: u8, reaction: u8) -> bool {
        self.list().iter().any(|l| l.event == event && l.reaction == reaction)
    }

    /// Copies those for an event: one added later does not see this emit, one removed still does. If there is exactly one
    /// and it stays, it is returned instead, without a copy of the list.
    #[inline]
    pub fn snapshot(&self, event: u8, into: &mut Vec<Listener>) -> Option<Callback> {
        let mut only: Option<&Listener> = None;
        for listener in self.list() {
            if listener.event != event {
                continue;
            }
            match only {
                None if into.is_empty() => only = Some(listener),
                _ => {
                    if let Some(first) = only.take() {
                        into.push(*first);
                    }
                    into.push(*listener);
                }
            }
        }
        let only = only?;
        if only.once || only.reaction != 0 {
            into.push(*only);
            return None;
        }
        Some(only.callback)
    }

    /// Takes out the functions that reactions of the library carry.
    pub fn take_reactions(&mut self) -> Vec<Callback> {
        let taken = self.0.iter().filter(|l| l.reaction != 0).map(|l| l.callback).collect();
        self.0.retain(|l| l.reaction == 0);
        taken
    }

    /// Ends them all; what has to be dropped goes to `drops`.
    pub fn clear(&mut self, drops: &mut impl Extend<Callback>) {
        drops.extend(std::mem::take(&mut self.0).iter().map(|l| l.callback).filter(Callback::has_drop));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::c_void;

    unsafe extern "C" fn noop() {}

    fn listener(event: u8, user: usize, once: bool) -> Listener {
        Listener { event, once, reaction: 0, callback: Callback::new(Some(noop), user as *mut c_void, None) }
    }

    fn users(listeners: &Listeners, event: u8) -> Vec<usize> {
        let mut out = Vec::new();
        match listeners.snapshot(event, &mut out) {
            Some(only) => vec![only.user() as usize],
            None => out.iter().map(|l| l.callback.user() as usize).collect(),
        }
    }

    #[test]
    fn order_is_that_of_registration_and_off_takes_the_newest() {
        let mut listeners = Listeners::default();
        for (event, user) in [(1, 10), (2, 20), (1, 11), (1, 10)] {
            listeners.add(listener(event, user, false));
        }
        assert_eq!(users(&listeners, 1), [10, 11, 10]);
        assert!(listeners.remove(1, &listener(1, 10, false).callback).is_some());
        assert_eq!(users(&listeners, 1), [10, 11]);
        assert!(listeners.remove(1, &listener(1, 99, false).callback).is_none());
        assert_eq!(users(&listeners, 2), [20]);
        assert_eq!(listeners.count(1), 2);
    }

    #[test]
    fn a_called_once_listener_leaves() {
        let mut listeners = Listeners::default();
        listeners.add(listener(1, 1, false));
        listeners.add(listener(1, 1, true));
        assert!(listeners.remove_called(&listener(1, 1, true)).unwrap().once);
        assert_eq!(listeners.count(1), 1);
        assert!(listeners.remove_called(&listener(1, 1, true)).is_none());
    }
}
