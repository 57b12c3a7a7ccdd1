//! Listeners of one handle: who is called for which event, with the meaning of an EventEmitter.
//!
//! Programs give the same few functions to thousands of sockets. So the list itself is shared, see [`Shape`], and a handle
//! has no more of its own than is different: nothing, its user pointers, or all of it.
use super::shape::{Added, Shape};
use crate::sys::callback::{Callback, Heard, User};
use std::rc::Rc;

/// One registration.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The event's number, below [`Shape::EVENTS`].
    pub event: u8,
    /// Removed when it is first called.
    pub once: bool,
    /// 0 for the program's; else a reaction of the library itself, which takes its place in the order like any other.
    pub reaction: u8,
    /// The program's function.
    pub callback: Callback,
}

impl Listener {
    /// One of the program's, or of the library's own if `reaction` is not 0.
    pub fn new(event: u8, once: bool, reaction: u8, callback: Callback) -> Listener {
        Listener { event, once, reaction, callback }
    }

    /// One of the program's that is not taken off as it is called.
    pub fn stays(&self) -> bool {
        !self.once && self.reaction == 0
    }

    fn heard_as(&self, other: &Listener) -> bool {
        self.event == other.event && self.reaction == other.reaction && self.callback.matches(&other.callback)
    }

    fn with_user(mut self, user: User) -> Listener {
        self.callback = self.callback.with_user(user);
        self
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

/// In the order of registration.
#[derive(Debug)]
pub struct Listeners {
    shape: Rc<Shape>,
    own: Option<Box<Own>>,
}

/// What differs from the shape.
#[derive(Debug)]
enum Own {
    /// The user pointers, one for each function of the shape.
    Users(Vec<User>),
    /// All of it: the shape is not looked at.
    List(Vec<Listener>),
}

impl Default for Listeners {
    /// None, sharing with nobody.
    fn default() -> Listeners {
        Listeners::new(&Shape::root())
    }
}

impl Listeners {
    /// None yet; those that come are shared with others of the same root.
    pub fn new(root: &Rc<Shape>) -> Listeners {
        Listeners { shape: root.clone(), own: None }
    }

    fn len(&self) -> usize {
        match self.own.as_deref() {
            Some(Own::List(list)) => list.len(),
            _ => self.shape.list().len(),
        }
    }

    fn at(&self, at: usize) -> Listener {
        match self.own.as_deref() {
            None => self.shape.list()[at],
            Some(Own::Users(users)) => self.shape.list()[at].with_user(users[at]),
            Some(Own::List(list)) => list[at],
        }
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = Listener> + ExactSizeIterator + '_ {
        (0..self.len()).map(|at| self.at(at))
    }

    /// Registers at the end if that makes a list that others have too, as it nearly always does; else nothing is done.
    #[inline]
    pub fn add_known(&mut self, event: u8, once: bool, callback: &Callback) -> Option<()> {
        if self.own.is_some() {
            return None;
        }
        self.shape = self.shape.known(&Added::new(event, once, 0, callback), Added::eq)?;
        Some(())
    }

    /// Registers at the end.
    #[inline(always)]
    pub fn add(&mut self, listener: Listener) {
        // Nearly always what others did before.
        let added = Added::of(&listener);
        let known = match self.own.as_deref_mut() {
            None => self.shape.known(&added, Added::eq),
            Some(Own::Users(users)) => {
                let known = self.shape.known(&added, Added::same_but_user);
                if known.is_some() {
                    users.push(listener.callback.user_pointer());
                }
                known
            }
            Some(Own::List(_)) => None,
        };
        match known {
            Some(next) => self.shape = next,
            None => self.add_unknown(listener),
        }
    }

    /// Registers before all others. Rare, so that such a list is not shared.
    pub fn add_first(&mut self, listener: Listener) {
        let list = std::iter::once(listener).chain(self.iter()).collect();
        self.own = Some(Box::new(Own::List(list)));
    }

    #[inline(never)]
    fn add_unknown(&mut self, listener: Listener) {
        if let Some(Own::List(list)) = self.own.as_deref_mut() {
            list.push(listener);
            return;
        }
        let Some(next) = self.shape.with(&listener) else {
            let list = self.iter().chain([listener]).collect();
            self.own = Some(Box::new(Own::List(list)));
            return;
        };
        let user = listener.callback.user_pointer();
        if let Some(Own::Users(users)) = self.own.as_deref_mut() {
            users.push(user);
        } else if next.list().last().is_none_or(|last| last.callback.user_pointer() != user) {
            let users = self.iter().map(|listener| listener.callback.user_pointer()).chain([user]).collect();
            self.own = Some(Box::new(Own::Users(users)));
        }
        self.shape = next;
    }

    /// Removes the newest match of the program's and returns it.
    pub fn remove(&mut self, event: u8, callback: &Callback) -> Option<Listener> {
        let matches = |l: Listener| l.event == event && l.reaction == 0 && l.callback.matches(callback);
        let at = self.iter().rposition(matches)?;
        Some(self.take(at))
    }

    /// Removes the oldest registration equal to this one: a once-listener that is about to be called.
    pub fn remove_called(&mut self, called: &Listener) -> Option<Listener> {
        let at = self.iter().position(|l| l.once && l.heard_as(called))?;
        Some(self.take(at))
    }

    /// Removes the reaction of the library that is equal to this one.
    pub fn remove_equal(&mut self, reaction: &Listener) {
        let found = self.iter().position(|l| l.reaction != 0 && l.heard_as(reaction));
        if let Some(at) = found {
            self.take(at);
        }
    }

    /// Removes the newest reaction of the library.
    pub fn remove_reaction(&mut self, event: u8, reaction: u8) {
        let found = self.iter().rposition(|l| l.event == event && l.reaction == reaction);
        if let Some(at) = found {
            self.take(at);
        }
    }

    fn take(&mut self, at: usize) -> Listener {
        if let Some(Own::List(list)) = self.own.as_deref_mut() {
            return list.remove(at);
        }
        let taken = self.at(at);
        let later: Vec<Listener> = self.iter().skip(at + 1).collect();
        // Back to the shape before it, and from there on as if it had never been added.
        let Some(shape) = Shape::before(&self.shape, at) else {
            let list = self.iter().take(at).chain(later).collect();
            self.own = Some(Box::new(Own::List(list)));
            return taken;
        };
        self.shape = shape;
        match self.own.as_deref_mut() {
            Some(Own::Users(users)) if at > 0 => users.truncate(at),
            _ => self.own = None,
        }
        later.into_iter().for_each(|listener| self.add(listener));
        taken
    }

    /// The program's function for an event, if nobody else listens for that and it stays.
    #[inline]
    pub fn only(&self, event: u8) -> Option<Callback> {
        match self.own.as_deref() {
            None => self.shape.only(event),
            Some(Own::Users(users)) => {
                let only = self.shape.only(event)?;
                Some(only.with_user(users[self.shape.place(event)]))
            }
            Some(Own::List(list)) => Self::only_of(list, event),
        }
    }

    /// The same, as it is called.
    #[inline]
    pub fn heard(&self, event: u8) -> Option<Heard> {
        if self.own.is_none() { self.shape.heard(event) } else { self.only(event)?.heard() }
    }

    #[inline(never)]
    fn only_of(list: &[Listener], event: u8) -> Option<Callback> {
        let mut heard = list.iter().filter(|l| l.event == event);
        let first = heard.next()?;
        (first.stays() && heard.next().is_none()).then_some(first.callback)
    }

    /// How many the program has for an event.
    pub fn count(&self, event: u8) -> usize {
        self.iter().filter(|l| l.event == event && l.reaction == 0).count()
    }

    /// How often a reaction is registered.
    pub fn reactions(&self, event: u8, reaction: u8) -> usize {
        self.iter().filter(|l| l.event == event && l.reaction == reaction).count()
    }

    /// How many there are for an event, the library's own included.
    pub fn len_of(&self, event: u8) -> usize {
        self.iter().filter(|l| l.event == event).count()
    }

    /// Who would hear of an event.
    #[inline]
    pub fn hearing(&self, event: u8) -> Hearing {
        match self.only(event) {
            Some(only) => Hearing::Only(only),
            None if self.is_heard(event) => Hearing::Several,
            None => Hearing::Nobody,
        }
    }

    /// Whether anybody would hear of an event, the library's reactions included.
    pub fn is_heard(&self, event: u8) -> bool {
        match self.own.as_deref() {
            Some(Own::List(list)) => list.iter().any(|l| l.event == event),
            _ => self.shape.is_heard(event),
        }
    }

    /// Copies those for an event: one added later does not see this emit, one removed still does.
    pub fn snapshot(&self, event: u8, into: &mut Vec<Listener>) {
        into.extend(self.iter().filter(|l| l.event == event));
    }

    /// Takes out the functions that reactions of the library carry.
    pub fn take_reactions(&mut self) -> Vec<Callback> {
        let (own, programs): (Vec<Listener>, Vec<Listener>) = self.iter().partition(|l| l.reaction != 0);
        self.own = Some(Box::new(Own::List(programs)));
        own.into_iter().map(|l| l.callback).collect()
    }

    /// Ends them all; what has to be dropped goes to `drops`.
    pub fn end(self, drops: &mut impl Extend<Callback>) {
        if self.own.is_some() || self.shape.has_drops() {
            drops.extend(self.iter().map(|l| l.callback).filter(Callback::has_drop));
        }
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

    /// Whatever is shared, and by whom: what is seen of a list is what a plain list would show.
    #[test]
    fn shared_or_not_they_behave_like_a_plain_list() {
        let root = Shape::root();
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below) as usize
        };
        for _ in 0..500 {
            let mut listeners = Listeners::new(&root);
            let mut plain: Vec<Listener> = Vec::new();
            for _ in 0..random(50) {
                // Few different ones, so that lists meet; now and then a user pointer of its own.
                let user = if random(5) == 0 { 100 + random(1000) } else { random(2) };
                let one = listener(random(3) as u8, user, random(6) == 0);
                match random(5) {
                    0 => {
                        let at = plain.iter().rposition(|l| l.event == one.event && l.callback.matches(&one.callback));
                        let gone = at.map(|at| plain.remove(at));
                        assert_eq!(listeners.remove(one.event, &one.callback).is_some(), gone.is_some());
                    }
                    1 => {
                        let at = plain.iter().position(|l| l.once && l.heard_as(&one));
                        let gone = at.map(|at| plain.remove(at));
                        assert_eq!(listeners.remove_called(&one).is_some(), gone.is_some());
                    }
                    _ => {
                        listeners.add(one);
                        plain.push(one);
                    }
                }
                for event in 0..3 {
                    let expected: Vec<&Listener> = plain.iter().filter(|l| l.event == event).collect();
                    let users_of_plain: Vec<usize> = expected.iter().map(|l| l.callback.user() as usize).collect();
                    assert_eq!(users(&listeners, event), users_of_plain);
                    assert_eq!(listeners.count(event), expected.len());
                    let sole = expected.len() == 1 && expected[0].stays();
                    assert_eq!(listeners.only(event).is_some(), sole);
                    assert_eq!(matches!(listeners.hearing(event), Hearing::Nobody), expected.is_empty());
                }
            }
        }
    }

    #[test]
    fn handles_with_the_same_functions_share_their_list() {
        let root = Shape::root();
        let with = |users: [usize; 3]| {
            let mut listeners = Listeners::new(&root);
            (1..).zip(users).for_each(|(event, user)| listeners.add(listener(event, user, false)));
            listeners
        };
        let mut all: Vec<Listeners> = (0..10).map(|_| with([7, 8, 9])).collect();
        all.extend((10..20).map(|i| with([7, 100 + i, 9])));
        assert!(all[9].own.is_none() && Rc::ptr_eq(&all[8].shape, &all[9].shape));
        assert!(matches!(all[19].own.as_deref(), Some(Own::Users(users)) if users.len() == 3));
        assert_eq!(users(&all[19], 2), [119]);
        // A second user pointer that comes again is learned too.
        let again: Vec<Listeners> = (0..6).map(|_| with([1, 1, 1])).collect();
        assert!(again[0].own.is_some() && again[5].own.is_none());
    }
}
