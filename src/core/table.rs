//! The handle table: entries that are named by index and generation, so that a stale name never finds a new entry.

use crate::sys::width;

/// A slot whose generations are used up retires.
pub const MAX_GENERATION: u32 = (1 << width::GENERATION) - 1;
/// More entries no handle could name.
pub const MAX_ENTRIES: usize = 1 << width::INDEX;
const NONE: u32 = u32::MAX;

/// Names one entry of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which slot.
    pub index: u32,
    /// Which life of that slot; never 0.
    pub generation: u32,
}

#[derive(Debug)]
enum Slot<T> {
    Full {
        generation: u32,
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
        match self.slots.get(key.index as usize) {
            Some(Slot::Full { generation, entry }) if *generation == key.generation => Some(entry),
            _ => None,
        }
    }

    /// The entry, to be changed.
    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.index as usize) {
            Some(Slot::Full { generation, entry }) if *generation == key.generation => Some(entry),
            _ => None,
        }
    }

    /// Puts an entry in; None if the table is full. `make` is told its name.
    pub fn insert(&mut self, make: impl FnOnce(Key) -> T) -> Option<Key> {
        if self.free_head != NONE {
            let index = self.free_head;
            let Slot::Free { generation, next } = self.slots[index as usize] else { return None };
            self.free_head = next;
            if next == NONE {
                self.free_tail = NONE;
            }
            let key = Key { index, generation };
            self.slots[index as usize] = Slot::Full { generation, entry: make(key) };
            self.len += 1;
            return Some(key);
        }
        if self.slots.len() >= MAX_ENTRIES || self.first_generation > MAX_GENERATION {
            return None;
        }
        let key = Key { index: self.slots.len() as u32, generation: self.first_generation };
        let entry = make(key);
        self.slots.push(Slot::Full { generation: key.generation, entry });
        self.len += 1;
        Some(key)
    }

    /// Takes an entry out; its name is dead from now on.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let generation = key.generation + 1;
        let old = std::mem::replace(&mut self.slots[key.index as usize], Slot::Free { generation, next: NONE });
        self.highest_generation = self.highest_generation.max(generation);
        self.len -= 1;
        if generation <= MAX_GENERATION {
            match self.free_tail {
                NONE => self.free_head = key.index,
                tail => {
                    if let Slot::Free { next, .. } = &mut self.slots[tail as usize] {
                        *next = key.index;
                    }
                }
            }
            self.free_tail = key.index;
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
        let name = |(index, slot): (usize, &Slot<T>)| match slot {
            Slot::Full { generation, .. } => Some(Key { index: index as u32, generation: *generation }),
            Slot::Free { .. } => None,
        };
        self.slots.iter().enumerate().filter_map(name).collect()
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
        assert_eq!(second.index, first.index);
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
        let reused: Vec<u32> = (0..4).map(|i| table.insert(|_| i).unwrap().index).collect();
        assert_eq!(reused, [2, 0, 3, 4]);
    }

    #[test]
    fn a_slot_retires_when_its_generations_are_used_up() {
        let mut table = Table::new(MAX_GENERATION);
        let last = table.insert(|_| ()).unwrap();
        table.remove(last);
        assert_eq!(table.insert(|_| ()).unwrap().index, 1);
        assert!(table.unused_generation() > MAX_GENERATION);
    }
}
