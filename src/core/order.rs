//! The order in which those that are ready are served: that of a level-triggered wait, which Node's is.
//!
//! The kernel keeps a list of what may be ready. Level-triggered, whatever a wait has given stays in the list, in its place,
//! and the next wait looks at it first; what becomes ready meanwhile is put behind; and what begins to be watched is put
//! behind that, since this is done right before the wait. Edge-triggered, the list holds nothing but what is new. So what
//! the last turn served is remembered here, and what began to be watched.
use crate::sys::poller::Readiness;

/// Something that began to be watched.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Begun {
    token: usize,
    /// As a new descriptor, which has no place yet whatever had its token before.
    new: bool,
}

/// What is to be served in a turn, and what has to be known for the next.
#[derive(Default)]
pub struct Order {
    /// Found in this turn, in the order in which the wait gave it.
    found: Vec<Readiness>,
    /// Where in `found` something stands, by the number of its slot; only true if it does stand there.
    places: Vec<u32>,
    /// Served in the turn before.
    carried: Vec<usize>,
    /// Served in this turn.
    served: Vec<usize>,
    /// Began to be watched since the last wait.
    begun: Vec<Begun>,
    /// What is to be served, in its order.
    arranged: Vec<Readiness>,
    /// What is to be served last, with when it began to be watched.
    late: Vec<(usize, Readiness)>,
}

impl Order {
    /// A turn begins: nothing is found yet.
    #[inline]
    pub fn clear(&mut self) {
        self.found.clear();
    }

    /// Something is ready. What was found already, being ready for two reasons, is found once.
    #[inline]
    pub fn found(&mut self, ready: Readiness, slot: usize) {
        match self.place(ready.token(), slot) {
            Some(place) => self.found[place] = self.found[place].and(ready),
            None => {
                if slot >= self.places.len() {
                    self.places.resize(slot + 1, 0);
                }
                self.places[slot] = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
                self.found.push(ready);
            }
        }
    }

    #[inline]
    fn place(&self, token: usize, slot: usize) -> Option<usize> {
        let place = *self.places.get(slot)? as usize;
        self.found.get(place).is_some_and(|found| found.token() == token).then_some(place)
    }

    /// A new descriptor begins to be watched.
    #[inline]
    pub fn begins(&mut self, token: usize) {
        self.begun.push(Begun { token, new: true });
    }

    /// A descriptor is watched anew, which puts it behind the others unless it still has its place.
    pub fn begins_anew(&mut self, token: usize) {
        let new = self.has_begun(token);
        self.begun.push(Begun { token, new });
    }

    /// Whether a new descriptor began to be watched since the last wait.
    pub fn has_begun(&self, token: usize) -> bool {
        self.begun.contains(&Begun { token, new: true })
    }

    /// It is served, or would have been: a level-triggered wait keeps its place.
    #[inline]
    pub fn served(&mut self, token: usize) {
        self.served.push(token);
    }

    /// What was found, in the order in which it is to be served. Given back by [`Order::give_back`].
    pub fn arrange(&mut self, slot_of: impl Fn(usize) -> usize) -> Vec<Readiness> {
        std::mem::swap(&mut self.carried, &mut self.served);
        self.served.clear();
        let mut arranged = std::mem::take(&mut self.arranged);
        arranged.clear();
        if self.found.len() < 2 || (self.carried.is_empty() && self.begun.is_empty()) {
            arranged.append(&mut self.found);
        } else {
            self.arrange_several(&mut arranged, slot_of);
        }
        self.begun.clear();
        arranged
    }

    fn arrange_several(&mut self, arranged: &mut Vec<Readiness>, slot_of: impl Fn(usize) -> usize) {
        let mut late = std::mem::take(&mut self.late);
        self.take_begun(true, &mut late, &slot_of);
        for i in 0..self.carried.len() {
            let token = self.carried[i];
            if let Some(place) = self.place(token, slot_of(token)) {
                arranged.push(self.found[place]);
                self.found[place] = Readiness::NONE;
            }
        }
        self.take_begun(false, &mut late, &slot_of);
        late.sort_unstable_by_key(|&(at, _)| at);
        arranged.extend(self.found.drain(..).filter(|ready| !ready.is_none()));
        arranged.extend(late.drain(..).map(|(_, ready)| ready));
        self.late = late;
    }

    /// Takes out what began to be watched, with when. From the last on, so that of two times the last is found.
    fn take_begun(&mut self, new: bool, late: &mut Vec<(usize, Readiness)>, slot_of: &impl Fn(usize) -> usize) {
        for at in (0..self.begun.len()).rev() {
            let begun = self.begun[at];
            if begun.new != new {
                continue;
            }
            if let Some(place) = self.place(begun.token, slot_of(begun.token)) {
                late.push((at, self.found[place]));
                self.found[place] = Readiness::NONE;
            }
        }
    }

    /// Gives back the room of what was arranged.
    #[inline]
    pub fn give_back(&mut self, arranged: Vec<Readiness>) {
        self.arranged = arranged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(order: &mut Order, found: &[usize]) -> Vec<usize> {
        order.clear();
        for &token in found {
            order.found(Readiness::to_read(token), token % 100);
        }
        let arranged = order.arrange(|token| token % 100);
        let tokens: Vec<usize> = arranged.iter().map(|ready| ready.token()).collect();
        order.give_back(arranged);
        for &token in &tokens {
            order.served(token);
        }
        tokens
    }

    #[test]
    fn what_was_served_before_keeps_its_place() {
        let mut order = Order::default();
        assert_eq!(order_of(&mut order, &[3, 1, 2]), [3, 1, 2]);
        assert_eq!(order_of(&mut order, &[1, 4, 2, 3]), [3, 1, 2, 4]);
        assert_eq!(order_of(&mut order, &[4, 2]), [2, 4]);
        // 1 and 3 were not ready in between.
        assert_eq!(order_of(&mut order, &[1, 3, 4]), [4, 1, 3]);
    }

    #[test]
    fn what_begins_comes_last_in_the_order_of_its_last_beginning() {
        let mut order = Order::default();
        [5, 6, 7].into_iter().for_each(|token| order.begins(token));
        order.begins_anew(5);
        assert!(order.has_begun(6) && !order.has_begun(1));
        assert_eq!(order_of(&mut order, &[5, 1, 7, 6]), [1, 6, 7, 5]);
        assert_eq!(order_of(&mut order, &[5, 1, 7, 6, 2]), [1, 6, 7, 5, 2]);
    }

    #[test]
    fn what_is_watched_anew_keeps_its_place_unless_the_descriptor_is_new() {
        let mut order = Order::default();
        order_of(&mut order, &[1, 2]);
        [1, 8].into_iter().for_each(|token| order.begins_anew(token));
        assert_eq!(order_of(&mut order, &[9, 8, 2, 1]), [1, 2, 9, 8]);
        order.begins(1);
        assert_eq!(order_of(&mut order, &[1, 2, 9, 8]), [2, 9, 8, 1]);
    }

    #[test]
    fn a_slot_in_use_again_is_another() {
        let mut order = Order::default();
        order_of(&mut order, &[1, 2]);
        assert_eq!(order_of(&mut order, &[3, 102, 1]), [1, 3, 102]);
    }

    #[test]
    fn two_reasons_are_found_once() {
        let mut order = Order::default();
        order.clear();
        order.found(Readiness::to_read(1), 1);
        order.found(Readiness::to_write(1), 1);
        let arranged = order.arrange(|token| token);
        assert!(arranged.len() == 1 && arranged[0].readable() && arranged[0].writable());
    }
}
