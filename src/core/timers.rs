//! What is due when. Entries are never taken out: one that means nothing any more is passed over when it comes up.
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Entries in the order of their time, and of their setting where that is equal.
#[derive(Debug)]
pub struct Timers<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    /// The last number given out.
    numbered: u64,
    /// The highest number of what was set.
    latest: u64,
}

#[derive(Debug)]
struct Entry<T> {
    due: u64,
    set: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}
impl<T> Eq for Entry<T> {}
impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.set).cmp(&(other.due, other.set))
    }
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Timers { heap: BinaryHeap::new(), numbered: 0, latest: 0 }
    }
}

impl<T> Timers<T> {
    /// Sets one; the number tells this setting from others of the same thing.
    pub fn set(&mut self, due: u64, what: impl FnOnce(u64) -> T) -> u64 {
        let number = self.number();
        self.set_as(number, due, what(number));
        number
    }

    /// A number for a later [`Timers::set_as`]: of what is due at the same time the lower number comes first.
    pub fn number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }

    /// Sets one with a number that was taken before, which nothing else has been set with.
    pub fn set_as(&mut self, number: u64, due: u64, what: T) {
        self.heap.push(Reverse(Entry { due, set: number, what }));
        self.latest = self.latest.max(number);
    }

    /// The next that is due at `now`, if it was set at or before `until`.
    pub fn due(&mut self, now: u64, until: u64) -> Option<T> {
        let next = self.heap.peek()?;
        if next.0.due > now || next.0.set > until {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry.what)
    }

    /// Whether none is set.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// How many are set, those that mean nothing any more among them.
    #[inline]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// The number of the latest setting.
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// When the next is due that `means` something; drops those that do not.
    pub fn next(&mut self, means: impl Fn(&T) -> bool) -> Option<u64> {
        while let Some(Reverse(entry)) = self.heap.peek() {
            if means(&entry.what) {
                return Some(entry.due);
            }
            self.heap.pop();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_in_order_of_time_then_of_setting() {
        let mut timers = Timers::default();
        for (due, name) in [(5, 'b'), (5, 'c'), (1, 'a'), (9, 'd')] {
            timers.set(due, |_| name);
        }
        let all = timers.latest();
        assert_eq!(timers.due(0, all), None);
        let due: Vec<char> = std::iter::from_fn(|| timers.due(5, all)).collect();
        assert_eq!(due, ['a', 'b', 'c']);
        assert_eq!(timers.next(|_| true), Some(9));
        let number = timers.number();
        timers.set(9, |_| 'f');
        timers.set_as(number, 9, 'e');
        let all = timers.latest();
        let due: Vec<char> = std::iter::from_fn(|| timers.due(9, all)).collect();
        assert_eq!(due, ['d', 'e', 'f']);
        assert_eq!(timers.next(|_| false), None);
    }
}
