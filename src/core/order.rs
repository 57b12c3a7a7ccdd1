//! The order in which those that are ready are served: that of a level-triggered wait, which Node's is.
//!
//! The kernel keeps a list of what may be ready. Level-triggered, whatever a wait has given stays in the list, in its place,
//! and the next wait looks at it first; what becomes ready meanwhile is put behind; and what begins to be watched is put
//! behind that, since this is done right before the wait. Edge-triggered, the list holds nothing but what is new. So each
//! handle carries a stamp that says when it was served, or began to be watched; what a wait finds is told apart by that,
//! into three lists that follow each other and are nearly always in order by themselves. Most often all of it is, and then
//! nothing has to be told apart.
use crate::sys::poller::Readiness;

/// When a handle was served or, with a bit of its own, began to be watched. 0 is long ago.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Stamp(u32);

const BEGUN: u32 = 1 << 31;

/// How what was found lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outlook {
    /// As it is to be served.
    InOrder,
    /// But that from here on some come before others that are to be served before them: fresh ones before some that were
    /// served in the turn before, or of those, as long as all are ready in each turn, the later before the earlier.
    Turned {
        /// Where those begin that are found too early.
        from: usize,
        /// How many they are.
        early: usize,
        /// How many of those behind them come before them.
        late: usize,
    },
    /// In some other way.
    Mixed,
}

/// What is to be served in a turn, and what has to be known for the next.
pub struct Order {
    /// The number of the last stamp.
    number: u32,
    /// What that was at the last wait: a stamp that is not later counts for nothing any more.
    at_wait: u32,
    /// A stamp above this began to be watched after the last wait.
    begun_before: Stamp,
    /// By the stamps since the last wait: what was found with each, counted from 1, and whether it has begun.
    places: Vec<u32>,
    /// What was found for the first time.
    fresh: Vec<Readiness>,
    /// Room for what is in order.
    arranged: Vec<Readiness>,
}

impl Default for Order {
    fn default() -> Order {
        Order {
            number: 0,
            at_wait: 0,
            begun_before: Stamp(BEGUN),
            places: Vec::new(),
            fresh: Vec::new(),
            arranged: Vec::new(),
        }
    }
}

impl Order {
    /// How far what was found with these stamps is in order as it is.
    #[inline]
    pub fn look(&self, stamps: impl Iterator<Item = Stamp>) -> Outlook {
        let mut stamps = stamps;
        let Some(lead) = stamps.next() else { return Outlook::InOrder };
        let mut latest = Stamp(self.at_wait);
        let mut carried = 0;
        let mut next = Some(lead);
        // One comparison each: what is carried was served after the last wait, and a beginning is later than that.
        let after_rise = loop {
            match next {
                Some(stamp) if stamp > latest => latest = stamp,
                other => break other,
            }
            carried += 1;
            next = stamps.next();
        };
        match after_rise {
            None => Outlook::InOrder,
            Some(_) if latest >= Stamp(BEGUN) => Outlook::Mixed,
            Some(first) if self.counts(first) => self.look_at_earlier(carried, lead, first, stamps),
            Some(first) => self.look_on(carried, latest, first, stamps),
        }
    }

    /// Behind what is carried: what is carried too and was served before all of that. Once the order has come to begin
    /// elsewhere than the system's, this is how it lies in each turn.
    #[inline]
    fn look_at_earlier(
        &self,
        carried: usize,
        lead: Stamp,
        first: Stamp,
        stamps: impl Iterator<Item = Stamp>,
    ) -> Outlook {
        let mut stamps = stamps;
        let (mut late, mut latest, mut next) = (0, Stamp(self.at_wait), Some(first));
        while let Some(stamp) = next.filter(|stamp| *stamp > latest && *stamp < lead) {
            (latest, late) = (stamp, late + 1);
            next = stamps.next();
        }
        while next.is_some_and(|stamp| !self.counts(stamp)) {
            next = stamps.next();
        }
        self.end_of_look(next, stamps, Outlook::Turned { from: 0, early: carried, late })
    }

    /// Behind what is carried: what is fresh, and then more that is carried, as it comes when not all are ready in each turn.
    #[inline]
    fn look_on(&self, carried: usize, last: Stamp, first: Stamp, stamps: impl Iterator<Item = Stamp>) -> Outlook {
        let mut stamps = stamps;
        let (mut fresh, mut late, mut latest, mut next) = (0, 0, last, Some(first));
        while next.is_some_and(|stamp| !self.counts(stamp)) {
            fresh += 1;
            next = stamps.next();
        }
        while let Some(stamp) = next.filter(|stamp| *stamp > latest && *stamp < Stamp(BEGUN)) {
            (latest, late) = (stamp, late + 1);
            next = stamps.next();
        }
        let outlook = if late == 0 { Outlook::InOrder } else { Outlook::Turned { from: carried, early: fresh, late } };
        self.end_of_look(next, stamps, outlook)
    }

    /// It lies so if nothing follows but what has begun since.
    #[inline]
    fn end_of_look(&self, next: Option<Stamp>, stamps: impl Iterator<Item = Stamp>, outlook: Outlook) -> Outlook {
        let (mut stamps, mut next, mut latest) = (stamps, next, self.begun_before);
        while let Some(stamp) = next.filter(|stamp| *stamp > latest) {
            latest = stamp;
            next = stamps.next();
        }
        if next.is_none() { outlook } else { Outlook::Mixed }
    }

    #[inline]
    fn counts(&self, stamp: Stamp) -> bool {
        stamp.0 & !BEGUN > self.at_wait
    }

    /// For what begins to be watched.
    #[inline]
    pub fn begins(&mut self) -> Stamp {
        self.number += 1;
        Stamp(self.number | BEGUN)
    }

    /// For what begins to be watched anew: what is served in this turn keeps its place.
    pub fn begins_anew(&mut self, stamp: Stamp) -> Stamp {
        if self.counts(stamp) && stamp.0 & BEGUN == 0 { stamp } else { self.begins() }
    }

    /// Whether it began to be watched since the last wait.
    #[inline]
    pub fn has_begun(&self, stamp: Stamp) -> bool {
        stamp > self.begun_before
    }

    /// For what is served, or would have been: a level-triggered wait keeps its place.
    #[inline]
    pub fn served(&mut self) -> Stamp {
        self.number += 1;
        Stamp(self.number)
    }

    /// Whether the numbers are nearly used up: then all stamps are to be forgotten.
    #[inline]
    pub fn is_used_up(&self) -> bool {
        self.number >= BEGUN / 2
    }

    /// All stamps were forgotten.
    pub fn begin_anew(&mut self) {
        self.number = 0;
        self.begin_serving();
    }

    /// What was found is served now.
    #[inline]
    pub fn begin_serving(&mut self) {
        self.at_wait = self.number;
        self.begun_before = Stamp(self.number | BEGUN);
    }

    /// Puts what was found in the order in which it is to be served, without what has no stamp.
    pub fn arrange(&mut self, found: &mut Vec<Readiness>, stamp_of: impl Fn(Readiness) -> Option<Stamp>) {
        // No two have the same stamp, and those that count are few and follow each other: each has its place.
        self.places.clear();
        self.places.resize((self.number - self.at_wait) as usize, 0);
        let mut any_begun = false;
        for (&ready, number) in found.iter().zip(1..) {
            let Some(stamp) = stamp_of(ready) else { continue };
            let place = (stamp.0 & !BEGUN).checked_sub(self.at_wait + 1);
            match place.and_then(|place| self.places.get_mut(place as usize)) {
                Some(place) => {
                    *place = number | stamp.0 & BEGUN;
                    any_begun |= stamp.0 & BEGUN != 0;
                }
                None => self.fresh.push(ready),
            }
        }
        let carried = self.places.iter().filter(|&&place| place != 0 && place & BEGUN == 0);
        self.arranged.extend(carried.map(|place| found[(place - 1) as usize]));
        self.arranged.append(&mut self.fresh);
        if any_begun {
            let begun = self.places.iter().filter(|&&place| place & BEGUN != 0);
            self.arranged.extend(begun.map(|place| found[((place & !BEGUN) - 1) as usize]));
        }
        std::mem::swap(found, &mut self.arranged);
        self.arranged.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct World {
        order: Order,
        stamps: [Stamp; 16],
        /// How often what was found lay in each way.
        seen: [usize; 3],
    }

    impl World {
        fn turn(&mut self, found: &[usize]) -> Vec<usize> {
            let stamps = self.stamps;
            let outlook = self.order.look(found.iter().map(|&token| stamps[token]));
            let mut arranged: Vec<Readiness> = found.iter().map(|&token| Readiness::to_read(token)).collect();
            self.order.arrange(&mut arranged, |ready| Some(stamps[ready.token()]));
            self.order.begin_serving();
            let tokens: Vec<usize> = arranged.iter().map(|ready| ready.token()).collect();
            let mut seen = found.to_vec();
            match outlook {
                Outlook::InOrder => {
                    self.seen[0] += 1;
                    assert_eq!(seen, tokens, "{stamps:?}");
                }
                Outlook::Turned { from, early, late } => {
                    self.seen[1] += 1;
                    seen[from..from + early + late].rotate_left(early);
                    assert_eq!(seen, tokens, "{found:?} {stamps:?}");
                }
                // It may be in order all the same.
                Outlook::Mixed => self.seen[2] += 1,
            }
            for &token in &tokens {
                self.stamps[token] = self.order.served();
            }
            tokens
        }

        fn begins(&mut self, token: usize) {
            self.stamps[token] = self.order.begins();
        }
    }

    #[test]
    fn what_was_served_before_keeps_its_place() {
        let mut world = World::default();
        assert_eq!(world.turn(&[3, 1, 2]), [3, 1, 2]);
        assert_eq!(world.turn(&[1, 4, 2, 3]), [3, 1, 2, 4]);
        assert_eq!(world.turn(&[4, 2]), [2, 4]);
        // 1 and 3 were not ready in between.
        assert_eq!(world.turn(&[1, 3, 4]), [4, 1, 3]);
        assert_eq!(world.turn(&[]), []);
        assert_eq!(world.turn(&[4, 1]), [4, 1]);
    }

    #[test]
    fn what_begins_comes_last_in_the_order_of_its_last_beginning() {
        let mut world = World::default();
        for token in [5, 6, 7, 5] {
            world.begins(token);
        }
        assert!(world.order.has_begun(world.stamps[6]) && !world.order.has_begun(world.stamps[1]));
        assert_eq!(world.turn(&[5, 1, 7, 6]), [1, 6, 7, 5]);
        assert!(!world.order.has_begun(world.stamps[6]));
        assert_eq!(world.turn(&[5, 1, 7, 6, 2]), [1, 6, 7, 5, 2]);
    }

    #[test]
    fn what_is_served_keeps_its_place_though_it_begins_anew() {
        let mut world = World::default();
        world.turn(&[1, 2]);
        world.stamps[1] = world.order.begins_anew(world.stamps[1]);
        world.stamps[3] = world.order.begins_anew(world.stamps[3]);
        assert_eq!(world.turn(&[3, 4, 2, 1]), [1, 2, 4, 3]);
    }

    /// Whatever has been served or has begun before: what is said to be in order is what the lists would give.
    #[test]
    fn what_is_in_order_is_known_without_the_lists() {
        let mut world = World::default();
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below) as usize
        };
        for _ in 0..20_000 {
            let mut found: Vec<usize> = Vec::new();
            for _ in 0..random(5) {
                let token = random(16);
                if !found.contains(&token) {
                    found.push(token);
                }
            }
            world.turn(&found);
            for _ in 0..random(3) {
                world.begins(random(16));
            }
        }
        assert!(world.seen.iter().all(|&times| times > 500), "{:?}", world.seen);
    }

    #[test]
    fn stamps_can_be_forgotten() {
        let mut world = World::default();
        world.turn(&[1, 2]);
        assert!(!world.order.is_used_up());
        world.stamps = Default::default();
        world.order.begin_anew();
        assert_eq!(world.turn(&[2, 1]), [2, 1]);
        assert_eq!(world.turn(&[1, 2]), [2, 1]);
    }
}
