//! How many bits of a handle each part of it has: the promise that a stale handle is recognised rests on them.

/// Which loop of the process.
#[cfg(target_pointer_width = "64")]
pub const SLOT: u32 = 12;
/// Which entry of the loop's table.
#[cfg(target_pointer_width = "64")]
pub const INDEX: u32 = 24;
/// Which life of that entry.
#[cfg(target_pointer_width = "64")]
pub const GENERATION: u32 = 24;

/// Which loop of the process.
#[cfg(target_pointer_width = "32")]
pub const SLOT: u32 = 3;
/// Which entry of the loop's table.
#[cfg(target_pointer_width = "32")]
pub const INDEX: u32 = 14;
/// Which life of that entry.
#[cfg(target_pointer_width = "32")]
pub const GENERATION: u32 = 12;
