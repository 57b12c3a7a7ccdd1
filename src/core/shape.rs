//! What handles with the same listeners share: the list, and which list it becomes with one more.
//!
//! Shapes are a tree that grows from one root: each knows the shapes it became when a listener was added, as a JavaScript
//! engine knows what an object becomes with one more property. A handle walks down this tree as its listeners are added, and
//! owns nothing. The first way on is learned at once, others only when they are seen twice in a row, so that functions or
//! user pointers that are different each time cost no memory here.
use super::listeners::Listener;
use crate::sys::callback::{Callback, Heard, User};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

/// A list of listeners that never changes.
#[derive(Debug)]
pub struct Shape {
    list: Vec<Listener>,
    /// By event: the function that hears it, if it is the only one and stays; else one without a function.
    only: [Callback; Shape::EVENTS],
    /// By event: where that is in the list.
    place: [u8; Shape::EVENTS],
    /// By event, a bit: whether anybody hears it.
    heard: u32,
    has_drops: bool,
    /// With one more listener: the first way on, which nearly all take, and is there with one look.
    first: OnceCell<Step>,
    /// The others.
    others: RefCell<Vec<Step>>,
    /// What was added last and is not known yet.
    seen_once: Cell<Option<Added>>,
    /// With one less; nothing for the root, and for the others as long as the root lives.
    before: Weak<Shape>,
    /// How many shapes this tree may still learn.
    room: Rc<Cell<usize>>,
}

/// Longer lists, more ways on from one shape, and more shapes than this are not learned.
const LONGEST: usize = 16;
const MOST_NEXT: usize = 8;
const MOST: usize = 512;

/// A listener as it is compared, in few words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Added {
    functions: (usize, usize),
    kind: u32,
    user: User,
}

impl Added {
    /// Of the parts of a listener.
    #[inline]
    pub fn new(event: u8, once: bool, reaction: u8, callback: &Callback) -> Added {
        let kind = u32::from_ne_bytes([event, once.into(), reaction, 0]);
        Added { functions: callback.addresses(), kind, user: callback.user_pointer() }
    }

    /// Of a listener.
    #[inline]
    pub fn of(listener: &Listener) -> Added {
        Added::new(listener.event, listener.once, listener.reaction, &listener.callback)
    }

    /// Equal in all but the user pointer.
    #[inline]
    pub fn same_but_user(&self, other: &Added) -> bool {
        self.functions == other.functions && self.kind == other.kind
    }
}

/// A way on from a shape.
#[derive(Debug)]
struct Step {
    added: Added,
    to: Rc<Shape>,
}

impl Shape {
    /// Events are numbered below this.
    pub const EVENTS: usize = 24;

    /// The empty list, from which others grow.
    pub fn root() -> Rc<Shape> {
        Rc::new(Shape::new(Vec::new(), Weak::new(), Rc::new(Cell::new(MOST))))
    }

    fn new(list: Vec<Listener>, before: Weak<Shape>, room: Rc<Cell<usize>>) -> Shape {
        let mut only = [Callback::NONE; Shape::EVENTS];
        let mut place = [0; Shape::EVENTS];
        let mut heard: u32 = 0;
        for (at, listener) in (0..).zip(&list) {
            let event = usize::from(listener.event);
            let first = heard & 1 << event == 0;
            only[event] = if first && listener.stays() { listener.callback } else { Callback::NONE };
            place[event] = at;
            heard |= 1 << event;
        }
        let has_drops = list.iter().any(|listener| listener.callback.has_drop());
        let (first, others, seen_once) = (OnceCell::new(), RefCell::default(), Cell::new(None));
        Shape { list, only, place, heard, has_drops, first, others, seen_once, before, room }
    }

    /// The listeners, in the order of registration.
    #[inline]
    pub fn list(&self) -> &[Listener] {
        &self.list
    }

    /// The program's function for an event, if nobody else listens for that and it stays.
    #[inline]
    pub fn only(&self, event: u8) -> Option<Callback> {
        let only = &self.only[usize::from(event)];
        only.func().is_some().then_some(*only)
    }

    /// The same, as it is called.
    #[inline]
    pub fn heard(&self, event: u8) -> Option<Heard> {
        self.only[usize::from(event)].heard()
    }

    /// Where the one who hears an event is in the list; to be asked only if there is one.
    #[inline]
    pub fn place(&self, event: u8) -> usize {
        usize::from(self.place[usize::from(event)])
    }

    /// Whether anybody listens for an event.
    #[inline]
    pub fn is_heard(&self, event: u8) -> bool {
        self.heard & 1 << event != 0
    }

    /// Whether there is anything to drop in the end.
    #[inline]
    pub fn has_drops(&self) -> bool {
        self.has_drops
    }

    /// What it is with one more, as far as that is known from one that is alike.
    #[inline]
    pub fn known(&self, added: &Added, alike: fn(&Added, &Added) -> bool) -> Option<Rc<Shape>> {
        let first = self.first.get()?;
        if alike(&first.added, added) { Some(first.to.clone()) } else { self.known_otherwise(*added, alike) }
    }

    /// Takes a copy, so that on the usual way nothing has to lie in memory.
    #[inline(never)]
    fn known_otherwise(&self, added: Added, alike: fn(&Added, &Added) -> bool) -> Option<Rc<Shape>> {
        self.others.borrow().iter().find(|step| alike(&step.added, &added)).map(|step| step.to.clone())
    }

    /// What it is with one more: the same functions, and the same user pointer for the new one if it is known with that.
    /// None if that has not been learned, or never will be.
    pub fn with(self: &Rc<Shape>, listener: &Listener) -> Option<Rc<Shape>> {
        let added = Added::of(listener);
        if let Some(known) = self.known(&added, Added::eq) {
            return Some(known);
        }
        let similar = self.known(&added, Added::same_but_user);
        let is_first = self.first.get().is_none();
        let alike = if similar.is_some() { Added::eq } else { Added::same_but_user };
        let again = self.seen_once.replace(Some(added)).is_some_and(|seen| alike(&seen, &added));
        if again || is_first { self.learn(listener).or(similar) } else { similar }
    }

    fn learn(self: &Rc<Shape>, listener: &Listener) -> Option<Rc<Shape>> {
        let mut others = self.others.borrow_mut();
        let room = self.room.get();
        if self.list.len() >= LONGEST || others.len() + 1 >= MOST_NEXT || room == 0 {
            return None;
        }
        self.room.set(room - 1);
        let list = self.list.iter().copied().chain([*listener]).collect();
        let learned = Rc::new(Shape::new(list, Rc::downgrade(self), self.room.clone()));
        let step = Step { added: Added::of(listener), to: learned.clone() };
        if let Err(step) = self.first.set(step) {
            others.push(step);
        }
        Some(learned)
    }

    /// What `shape` was when it had only the first so many listeners; None if the root is gone.
    pub fn before(shape: &Rc<Shape>, len: usize) -> Option<Rc<Shape>> {
        let mut shape = shape.clone();
        while shape.list.len() > len {
            shape = shape.before.upgrade()?;
        }
        Some(shape)
    }
}
