//! Sets of numbers as intervals that do not overlap: what a block list looks an address up in.
use std::collections::BTreeMap;

/// Both ends belong to it.
pub type Interval<T> = (T, T);

/// The union of intervals.
#[derive(Debug, Default)]
pub struct Intervals<T> {
    /// First to last. No two overlap.
    united: BTreeMap<T, T>,
}

impl<T: Ord + Copy> Intervals<T> {
    /// Whether one of them has this number.
    #[inline]
    pub fn contains(&self, number: T) -> bool {
        self.united.range(..=number).next_back().is_some_and(|(_, last)| *last >= number)
    }

    /// Unites with one more.
    pub fn add(&mut self, (first, last): Interval<T>) {
        let (first, last) = match self.take_overlapping((first, last)) {
            Some((lowest, highest)) => (lowest.min(first), highest.max(last)),
            None => (first, last),
        };
        self.united.insert(first, last);
    }

    /// Takes out every united interval that overlaps this one, whole; gives the hull of what was taken.
    pub fn take_overlapping(&mut self, (first, last): Interval<T>) -> Option<Interval<T>> {
        let mut hull: Option<Interval<T>> = None;
        while let Some((&from, &to)) = self.united.range(..=last).next_back().filter(|(_, to)| **to >= first) {
            self.united.remove(&from);
            hull = Some(hull.map_or((from, to), |(_, highest)| (from, highest)));
        }
        hull
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.united.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[Interval<u32>]) -> Intervals<u32> {
        let mut all = Intervals::default();
        list.iter().for_each(|interval| all.add(*interval));
        all
    }

    #[test]
    fn both_ends_belong_to_it() {
        let all = of(&[(3, 5), (0, 0), (u32::MAX, u32::MAX)]);
        let inside: Vec<u32> = (0..8).filter(|n| all.contains(*n)).collect();
        assert_eq!(inside, [0, 3, 4, 5]);
        assert!(all.contains(u32::MAX) && !all.contains(u32::MAX - 1));
    }

    #[test]
    fn overlapping_ones_become_one() {
        let all = of(&[(1, 3), (7, 9), (3, 7)]);
        assert_eq!(all.united.into_iter().collect::<Vec<_>>(), [(1, 9)]);
        let all = of(&[(5, 6), (0, 9), (2, 3)]);
        assert_eq!(all.united.into_iter().collect::<Vec<_>>(), [(0, 9)]);
    }

    #[test]
    fn what_overlaps_is_taken_whole() {
        let mut all = of(&[(1, 3), (5, 6), (8, 9)]);
        assert_eq!(all.take_overlapping((3, 5)), Some((1, 6)));
        assert_eq!(all.take_overlapping((3, 7)), None);
        assert_eq!(all.united.into_iter().collect::<Vec<_>>(), [(8, 9)]);
    }
}
