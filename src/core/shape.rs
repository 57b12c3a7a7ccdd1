//! What handles with the same listeners share: the list, and which list it becomes with one more.
//!
//! Shapes are a tree that grows from one root: each knows the shapes it became when a listener was added, as a JavaScript
//! engine knows what an object becomes with one more property. A handle walks down this tree as its listeners are added, and
//! owns nothing. The first way on is learned at once, others only when they are seen twice in a row, so that functions or
//! user pointers that are different each time cost no memory here.
use super::listeners::Listener;
use crate::sys::callback::{Callback, Heard};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// A list of listeners that never changes.
#[derive(Debug)]
pub struct Shape {
    list: Vec<Listener>,
    /// By event: the function that hears it, if it is the only one and stays; else one without a function.
    only: [Callback; Shape::EVENTS],
    /// By event, a bit: whether anybody hears it.
    heard: u16,
    has_drops: bool,
    /// With one more listener.
    next: RefCell<Vec<Rc<Shape>>>,
    /// What was added last and is not known yet.
    seen_once: Cell<Option<Listener>>,
    /// With one less; nothing for the root, and for the others as long as the root lives.
    before: Weak<Shape>,
    /// How many shapes this tree may still learn.
    room: Rc<Cell<usize>>,
}

/// Longer lists, more ways on from one shape, and more shapes than this are not learned.
const LONGEST: usize = 16;
const MOST_NEXT: usize = 8;
const MOST: usize = 512;

impl Listener {
    fn same_but_user(&self, other: &Listener) -> bool {
        (self.event, self.once, self.reaction) == (other.event, other.once, other.reaction)
            && self.callback.same_but_user(&other.callback)
    }

    fn same_as(&self, other: &Listener) -> bool {
        self.same_but_user(other) && self.callback.user_pointer() == other.callback.user_pointer()
    }
}

impl Shape {
    /// Events are numbered below this.
    pub const EVENTS: usize = 16;

    /// The empty list, from which others grow.
    pub fn root() -> Rc<Shape> {
        Rc::new(Shape::new(Vec::new(), Weak::new(), Rc::new(Cell::new(MOST))))
    }

    fn new(list: Vec<Listener>, before: Weak<Shape>, room: Rc<Cell<usize>>) -> Shape {
        let mut only = [Callback::NONE; Shape::EVENTS];
        let mut heard: u16 = 0;
        for listener in &list {
            let event = usize::from(listener.event);
            let first = heard & 1 << event == 0;
            only[event] = if first && listener.stays() { listener.callback } else { Callback::NONE };
            heard |= 1 << event;
        }
        let has_drops = list.iter().any(|listener| listener.callback.has_drop());
        let (next, seen_once) = (RefCell::default(), Cell::new(None));
        Shape { list, only, heard, has_drops, next, seen_once, before, room }
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

    /// What it is with one more: the same functions, and the same user pointer for the new one if it is known with that.
    /// None if that has not been learned, or never will be.
    pub fn with(self: &Rc<Shape>, listener: &Listener) -> Option<Rc<Shape>> {
        let next = self.next.borrow();
        let ends_in = |alike: fn(&Listener, &Listener) -> bool| {
            next.iter().find(|shape| shape.list.last().is_some_and(|last| alike(last, listener)))
        };
        if let Some(known) = ends_in(Listener::same_as) {
            return Some(known.clone());
        }
        let similar = ends_in(Listener::same_but_user).cloned();
        let is_first = next.is_empty();
        drop(next);
        let alike = if similar.is_some() { Listener::same_as } else { Listener::same_but_user };
        let again = self.seen_once.replace(Some(*listener)).is_some_and(|seen| alike(&seen, listener));
        if again || is_first { self.learn(listener).or(similar) } else { similar }
    }

    fn learn(self: &Rc<Shape>, listener: &Listener) -> Option<Rc<Shape>> {
        let mut next = self.next.borrow_mut();
        let room = self.room.get();
        if self.list.len() >= LONGEST || next.len() >= MOST_NEXT || room == 0 {
            return None;
        }
        self.room.set(room - 1);
        let list = self.list.iter().copied().chain([*listener]).collect();
        let learned = Rc::new(Shape::new(list, Rc::downgrade(self), self.room.clone()));
        next.push(learned.clone());
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
