//! The handle table: entries that are named by index and generation, so that a stale name never finds a new entry.

use crate::sys::width;

/// A slot whose generations are used up retires.
pub const MAX_GENERATION: u32 = (1 << width::GENERATION) - 1;
/// More entries no handle could name.
pub const MAX_ENTRIES: usize = 1 << width::INDEX;
const NONE: u32 = u32::MAX;

/// Names one entry of a table: which slot, and which life of it, which is never 0. One word, laid out as in a handle, so
/// that it travels in a register, and one comparison finds out whether the name still holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(usize);

impl Key {
    /// How many of its bits are used.
    pub const WIDTH: u32 = width::INDEX + width::GENERATION;

    /// Names nothing.
    pub const NONE: Key = Key(0);

    /// Of its two parts.
    #[inline]
    pub const fn new(index: u32, generation: u32) -> Key {
        Key((index as usize) << width::GENERATION | generation as usize)
    }

    /// Of the bits that [`Key::bits`] gave; those above are left out.
    #[inline]
    pub const fn from_bits(bits: usize) -> Key {
        Key(bits & ((1 << Key::WIDTH) - 1))
    }

    /// Of the bits that [`Key::bits`] gave, and nothing else.
    #[inline]
    pub const fn from_all_bits(bits: usize) -> Option<Key> {
        if bits >> Key::WIDTH == 0 { Some(Key(bits)) } else { None }
    }

    /// Of bits that may be more than [`Key::bits`] gives: then it is the name of nothing, as comparing it tells.
    #[inline]
    pub const fn from_any_bits(bits: usize) -> Key {
        Key(bits)
    }

    /// Which slot, as long as the name is one.
    #[inline]
    const fn place(self) -> usize {
        self.0 >> width::GENERATION
    }

    /// Both parts as a number of [`Key::WIDTH`] bits.
    #[inline]
    pub const fn bits(self) -> usize {
        self.0
    }

    /// Which slot.
    #[inline]
    pub const fn index(self) -> u32 {
        (self.0 >> width::GENERATION) as u32
    }

    /// Which life of it.
    #[inline]
    pub const fn generation(self) -> u32 {
        (self.0 & MAX_GENERATION as usize) as u32
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.index(), self.generation())
    }
}

#[derive(Debug)]
enum Slot<T> {
    Full {
        key: Key,
        entry: T,
    },
    /// `next` in the queue of free slots.
    Free {
        generation: u32,
        next: u32,
    },
}

/// Slots are used again first in, first out, so that a generation lasts as long as it can.
#[derive(Debug)]
pub struct Table<T> {
    slots: Vec<Slot<T>>,
    free_head: u32,
    free_tail: u32,
    first_generation: u32,
    highest_generation: u32,
    len: usize,
}

impl<T> Table<T> {
    /// Empty; entries begin with this generation.
    pub fn new(first_generation: u32) -> Table<T> {
        Table {
            slots: Vec::new(),
            free_head: NONE,
            free_tail: NONE,
            first_generation,
            highest_generation: first_generation,
            len: 0,
        }
    }

    /// The entry, if it is still the one that was named.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.place()) {
            Some(Slot::Full { key: own, entry }) if *own == key => Some(entry),
            _ => None,
        }
    }

    /// Whatever entry is now at the place that such bits of a name say, be it another; none for bits that are no name's.
    #[inline]
    pub fn at_place_of(&self, bits: usize) -> Option<&T> {
        match self.slots.get(bits >> width::GENERATION) {
            Some(Slot::Full { entry, .. }) => Some(entry),
            _ => None,
        }
    }

    /// The entry, to be changed.
    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.place()) {
            Some(Slot::Full { key: own, entry }) if *own == key => Some(entry),
            _ => None,
        }
    }

    /// Puts an entry in; None if the table is full. `make` is told its name.
    #[inline]
    pub fn insert(&mut self, make: impl FnOnce(Key) -> T) -> Option<Key> {
        if self.free_head == NONE {
            self.grow();
        }
        let index = self.free_head;
        let slot = self.slots.get_mut(index as usize)?;
        let Slot::Free { generation, next } = *slot else { return None };
        self.free_head = next;
        if next == NONE {
            self.free_tail = NONE;
        }
        let key = Key::new(index, generation);
        // A free slot has nothing to be dropped, which an assignment would look for.
        std::mem::forget(std::mem::replace(slot, Slot::Full { key, entry: make(key) }));
        self.len += 1;
        Some(key)
    }

    /// One more free slot where there was none, if there may be one.
    #[inline(never)]
    fn grow(&mut self) {
        if self.slots.len() < MAX_ENTRIES && self.first_generation <= MAX_GENERATION {
            let index = self.slots.len() as u32;
            self.slots.push(Slot::Free { generation: self.first_generation, next: NONE });
            (self.free_head, self.free_tail) = (index, index);
        }
    }

    /// Takes an entry out; its name is dead from now on.
    #[inline]
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let slot = self.slots.get_mut(key.index() as usize)?;
        if !matches!(slot, Slot::Full { key: own, .. } if *own == key) {
            return None;
        }
        let generation = key.generation() + 1;
        let old = std::mem::replace(slot, Slot::Free { generation, next: NONE });
        self.highest_generation = self.highest_generation.max(generation);
        self.len -= 1;
        if generation <= MAX_GENERATION {
            match self.free_tail {
                NONE => self.free_head = key.index(),
                tail => {
                    if let Slot::Free { next, .. } = &mut self.slots[tail as usize] {
                        *next = key.index();
                    }
                }
            }
            self.free_tail = key.index();
        }
        match old {
            Slot::Full { entry, .. } => Some(entry),
            Slot::Free { .. } => None,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The names of all entries.
    pub fn keys(&self) -> Vec<Key> {
        self.keys_from(0).collect()
    }

    /// The names of the entries from this place on.
    pub fn keys_from(&self, index: u32) -> impl Iterator<Item = Key> {
        self.slots.iter().skip(index as usize).filter_map(|slot| match slot {
            Slot::Full { key, .. } => Some(*key),
            Slot::Free { .. } => None,
        })
    }

    /// A generation that no name of this table has had.
    pub fn unused_generation(&self) -> u32 {
        self.highest_generation + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_name_finds_nothing() {
        let mut table = Table::new(1);
        let first = table.insert(|_| 'a').unwrap();
        assert_eq!(table.remove(first), Some('a'));
        let second = table.insert(|_| 'b').unwrap();
        assert_eq!(second.index(), first.index());
        assert_eq!(table.get(first), None);
        assert_eq!(table.remove(first), None);
        assert_eq!(table.get(second), Some(&'b'));
    }

    #[test]
    fn slots_are_used_again_in_the_order_they_were_freed() {
        let mut table = Table::new(1);
        let keys: Vec<Key> = (0..4).map(|i| table.insert(|_| i).unwrap()).collect();
        for i in [2usize, 0, 3] {
            table.remove(keys[i]);
        }
        let reused: Vec<u32> = (0..4).map(|i| table.insert(|_| i).unwrap().index()).collect();
        assert_eq!(reused, [2, 0, 3, 4]);
    }

    #[test]
    fn a_slot_retires_when_its_generations_are_used_up() {
        let mut table = Table::new(MAX_GENERATION);
        let last = table.insert(|_| ()).unwrap();
        table.remove(last);
        assert_eq!(table.insert(|_| ()).unwrap().index(), 1);
        assert!(table.unused_generation() > MAX_GENERATION);
    }
}
