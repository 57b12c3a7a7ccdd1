//! The handle table.

/// Names one entry of a table: 24 bits of index, 24 bits of generation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Key {
    /// Which slot.
    pub index: u32,
    /// Which life of that slot; never 0.
    pub generation: u32,
}
