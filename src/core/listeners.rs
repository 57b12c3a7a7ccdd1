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
    /// Kept by [`Listeners`]: no other is registered for this event. It ends every search at the first find.
    alone: bool,
    /// The program's function.
    pub callback: Callback,
}

impl Listener {
    /// One of the program's, or of the library's own if `reaction` is not 0.
    pub fn new(event: u8, once: bool, reaction: u8, callback: Callback) -> Listener {
        Listener { event, once, reaction, alone: true, callback }
    }

    fn same_as(&self, other: &Listener) -> bool {
        self.event == other.event && self.reaction == other.reaction && self.callback.matches(&other.callback)
    }
}

/// Who would hear of an event: the usual answers need no copy of the list.
#[derive(Clone, Copy, Debug)]
pub enum Hearing {
    /// Nobody.
    Nobody,
    /// One function of the program's, which stays.
    Only(Callback),
    /// More, or one that is taken off as it is called, or a reaction of the library's.
    Several,
}

/// Room for as many at first; a socket is rarely listened to for fewer events than `data`, `end`, `error` and `close`.
const USUAL: usize = 4;

/// In the order of registration.
#[derive(Debug, Default)]
pub struct Listeners(Vec<Listener>);

impl Listeners {
    fn list(&self) -> &[Listener] {
        &self.0
    }

    /// Registers at the end.
    pub fn add(&mut self, mut listener: Listener) {
        for other in &mut self.0 {
            if other.event == listener.event {
                other.alone = false;
                listener.alone = false;
            }
        }
        if self.0.capacity() == 0 {
            self.0 = Vec::with_capacity(USUAL);
        }
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
        let taken = self.0.remove(at);
        self.see_who_is_alone(taken.event);
        Some(taken)
    }

    fn see_who_is_alone(&mut self, event: u8) {
        let alone = self.list().iter().filter(|l| l.event == event).count() == 1;
        self.0.iter_mut().filter(|l| l.event == event).for_each(|l| l.alone = alone);
    }

    /// The program's function for an event, if nobody else listens for that and it stays.
    #[inline]
    pub fn only(&self, event: u8) -> Option<&Callback> {
        let first = self.list().iter().find(|l| l.event == event)?;
        (first.alone && !first.once && first.reaction == 0).then_some(&first.callback)
    }

    /// How many the program has for an event.
    pub fn count(&self, event: u8) -> usize {
        self.list().iter().filter(|l| l.event == event && l.reaction == 0).count()
    }

    /// Whether a reaction is registered.
    pub fn has_reaction(&self, event: u8, reaction: u8) -> bool {
        self.list().iter().any(|l| l.event == event && l.reaction == reaction)
    }

    /// Who would hear of an event.
    #[inline]
    pub fn hearing(&self, event: u8) -> Hearing {
        match self.list().iter().find(|l| l.event == event) {
            None => Hearing::Nobody,
            Some(first) if first.alone && !first.once && first.reaction == 0 => Hearing::Only(first.callback),
            Some(_) => Hearing::Several,
        }
    }

    /// Copies those for an event: one added later does not see this emit, one removed still does.
    pub fn snapshot(&self, event: u8, into: &mut Vec<Listener>) {
        into.extend(self.list().iter().filter(|l| l.event == event));
    }

    /// Takes out the functions that reactions of the library carry.
    pub fn take_reactions(&mut self) -> Vec<Callback> {
        let taken = self.0.iter().filter(|l| l.reaction != 0).map(|l| l.callback).collect();
        self.0.retain(|l| l.reaction == 0);
        for at in 0..self.0.len() {
            self.see_who_is_alone(self.0[at].event);
        }
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
        Listener::new(event, once, 0, Callback::new(Some(noop), user as *mut c_void, None))
    }

    fn users(listeners: &Listeners, event: u8) -> Vec<usize> {
        let mut out = Vec::new();
        listeners.snapshot(event, &mut out);
        out.iter().map(|l| l.callback.user() as usize).collect()
    }

    #[test]
    fn one_that_stays_and_is_alone_is_told_from_others() {
        let only = |listeners: &Listeners, event| match listeners.hearing(event) {
            Hearing::Only(callback) => Some(callback.user() as usize),
            _ => None,
        };
        let mut listeners = Listeners::default();
        assert!(matches!(listeners.hearing(1), Hearing::Nobody));
        listeners.add(listener(1, 10, false));
        listeners.add(listener(2, 20, true));
        assert_eq!((only(&listeners, 1), only(&listeners, 2)), (Some(10), None));
        listeners.add(listener(1, 11, false));
        assert!(only(&listeners, 1).is_none() && listeners.only(1).is_none());
        assert!(listeners.remove(1, &listener(1, 10, false).callback).is_some());
        assert_eq!(only(&listeners, 1), Some(11));
        assert_eq!(listeners.only(1).map(|callback| callback.user() as usize), Some(11));
        listeners.add(Listener::new(1, true, 3, listener(1, 12, true).callback));
        assert!(only(&listeners, 1).is_none());
        listeners.take_reactions();
        assert_eq!(only(&listeners, 1), Some(11));
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
