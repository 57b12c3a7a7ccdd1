//! Handles: numbers dressed as pointers, never dereferenced.
//!
//! From the top bit down: kind, slot of the loop, index in the loop's table, generation of that index. A loop's own
//! handle has index 0 and the generation of its slot; what belongs to no loop has the number of its table in the process
//! for a slot.
//! Bits that name nothing living give `EBADF`, whatever they are.
//!
//! The promise on 64 bits: 15 kinds, 4096 loops, 16,777,216 handles per loop, and an index is used 16,777,215 times
//! before it retires, so a stale handle is always recognised. Kind 0 does not exist, so no address of a user-space
//! object is a handle. On 32 bits: 7 kinds, 8 loops, 16,384 handles per loop, 4,095 uses of an index before it retires;
//! an address may look like a handle there.
use super::event_loop::net_loop;
use super::net;
use crate::core::table::{Key, MAX_ENTRIES, MAX_GENERATION};
use crate::net::Loop;
use crate::net::events::LoopId;
use crate::sys::code::{Code, Result};
use crate::sys::registry::SLOTS;
use crate::sys::width;

/// The kind has what the widths of [`width`] leave.
const KIND_WIDTH: u32 = usize::BITS - width::SLOT - width::INDEX - width::GENERATION;

/// Below it lies a [`Key`], as it is.
const SLOT_SHIFT: u32 = Key::WIDTH;
const KIND_SHIFT: u32 = SLOT_SHIFT + width::SLOT;

/// The kind of a loop; the kinds of its objects are those of [`Object`].
const KIND_LOOP: usize = 1;
pub(super) const KIND_SERVER: usize = 2;
pub(super) const KIND_SOCKET: usize = 3;
pub(super) const KIND_TIMER: usize = 4;
pub(super) const KIND_LOOKUP: usize = 5;
/// Not in a loop, but of the process: see [`Free`].
pub(super) const KIND_FREE: usize = 6;

/// The opaque type of something that lives in a loop's table.
pub(super) trait Object {
    /// Its number in the handle.
    const KIND: usize;
    /// What the net layer calls it.
    type Id: Copy;
    /// The net layer's id for a key that a handle of this kind carried.
    fn id(key: Key) -> Self::Id;
    /// The key inside the id.
    fn key(id: Self::Id) -> Key;
}

/// An object that only its loop's thread uses.
pub(super) trait InLoop: Object {
    /// EBADF if the loop knows it no longer.
    fn alive(owner: &Loop, id: Self::Id) -> Result;
}

/// An object of the process, which belongs to no loop.
pub(super) trait Free: Object {
    /// Tells it from the others of [`KIND_FREE`], where the handle of another object has the slot of its loop: kinds are few
    /// on 32 bits.
    const TABLE: u16;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Parts {
    slot: u16,
    key: Key,
}

#[inline]
fn field(bits: usize, shift: u32, width: u32) -> usize {
    (bits >> shift) & ((1 << width) - 1)
}

#[inline]
fn truncated(generation: u32) -> u32 {
    field(generation as usize, 0, width::GENERATION) as u32
}

#[inline]
fn join(kind: usize, parts: Parts) -> usize {
    kind << KIND_SHIFT | usize::from(parts.slot) << SLOT_SHIFT | parts.key.bits()
}

#[inline]
fn split(bits: usize, kind: usize) -> Result<Parts> {
    let key = Key::from_bits(bits);
    if field(bits, KIND_SHIFT, KIND_WIDTH) != kind || key.generation() == 0 {
        return Err(if bits == 0 { Code::EINVAL } else { Code::EBADF });
    }
    Ok(Parts { slot: field(bits, SLOT_SHIFT, width::SLOT) as u16, key })
}

/// Whether the widths can say whatever tables and the registry give out.
const ALL_FIT: bool =
    MAX_ENTRIES <= 1 << width::INDEX && (MAX_GENERATION as usize) < 1 << width::GENERATION && SLOTS <= 1 << width::SLOT;

fn fits(parts: Parts) -> bool {
    usize::from(parts.slot) < 1 << width::SLOT && parts.key.bits() < 1 << Key::WIDTH && parts.key.generation() != 0
}

/// The handle that C sees. What the widths cannot say becomes NULL, which every call refuses.
#[inline]
pub(super) fn pack<H: Object>(loop_id: LoopId, id: H::Id) -> *mut H {
    let parts = Parts { slot: loop_id.slot, key: H::key(id) };
    debug_assert!(fits(parts), "the table gave out a key that no handle can carry: {parts:?}");
    if !ALL_FIT && !fits(parts) {
        return core::ptr::null_mut();
    }
    core::ptr::without_provenance_mut(join(H::KIND, parts))
}

/// What all handles of a kind in the loop of a slot have in common.
pub(super) fn handle_of_all<H: Object>(slot: u16) -> usize {
    join(H::KIND, Parts { slot, key: Key::NONE })
}

/// The handle of one of them: the rest is its key.
#[inline]
pub(super) fn pack_among<H: Object>(all: usize, id: H::Id) -> *mut H {
    core::ptr::without_provenance_mut(all | H::key(id).bits())
}

/// What an object's handle names. Its loop lives; whether the object does is for the loop to say.
#[inline]
pub(super) fn unpack<H: Object>(handle: *const H) -> Result<(LoopId, H::Id)> {
    let parts = split(handle.addr(), H::KIND)?;
    let loop_id = net::loop_in_slot(parts.slot).ok_or(Code::EBADF)?;
    Ok((loop_id, H::id(parts.key)))
}

/// The handle of an object that belongs to no loop.
pub(super) fn pack_free<H: Free>(id: H::Id) -> *mut H {
    pack(LoopId { slot: H::TABLE, generation: 0 }, id)
}

/// What the handle of an object that belongs to no loop names; whether that lives is for its owner to say.
pub(super) fn unpack_free<H: Free>(handle: *const H) -> Result<H::Id> {
    match unpack_in_loop(handle)? {
        (table, id) if table == H::TABLE => Ok(id),
        _ => Err(Code::EBADF),
    }
}

/// The slot of the loop and what the handle names there, for a call that finds out itself whether a loop lives in it.
#[inline]
pub(super) fn unpack_in_loop<H: Object>(handle: *const H) -> Result<(u16, H::Id)> {
    let parts = split(handle.addr(), H::KIND)?;
    Ok((parts.slot, H::id(parts.key)))
}

/// The same for a call that has a longer way to turn to, which tells what is wrong with the handle: whatever is wrong,
/// this finds nothing that lives. One comparison looks at the kind and the slot at once.
#[inline]
pub(super) fn unpack_quickly<H: Object>(handle: *const H) -> Option<(u16, H::Id)> {
    let first_of_kind = H::KIND << width::SLOT;
    let slot = (handle.addr() >> SLOT_SHIFT).wrapping_sub(first_of_kind);
    (slot < 1 << width::SLOT).then(|| (slot as u16, H::id(Key::from_bits(handle.addr()))))
}

/// The handle of a loop.
pub(super) fn pack_loop(id: LoopId) -> *mut net_loop {
    let parts = Parts { slot: id.slot, key: Key::new(0, truncated(id.generation)) };
    debug_assert!(fits(parts), "the registry gave out a loop that no handle can carry: {id:?}");
    if !fits(parts) {
        return core::ptr::null_mut();
    }
    core::ptr::without_provenance_mut(join(KIND_LOOP, parts))
}

/// The living loop that a handle names. Takes no lock and no memory of its own: `net_loop_stop` comes through here.
#[inline]
pub(super) fn unpack_loop(handle: *const net_loop) -> Result<LoopId> {
    let parts = split(handle.addr(), KIND_LOOP)?;
    if parts.key.index() != 0 {
        return Err(Code::EBADF);
    }
    let id = net::loop_in_slot(parts.slot).ok_or(Code::EBADF)?;
    if truncated(id.generation) != parts.key.generation() {
        return Err(Code::EBADF);
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator of random bits (xorshift), seeded so that a failure can be repeated.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }
    }

    fn random_parts(random: &mut Random) -> Parts {
        Parts {
            slot: field(random.next() as usize, 0, width::SLOT) as u16,
            key: Key::new(
                field(random.next() as usize, 0, width::INDEX) as u32,
                (field(random.next() as usize, 0, width::GENERATION) as u32).max(1),
            ),
        }
    }

    #[test]
    fn what_was_joined_splits_into_the_same_parts() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..100_000 {
            let parts = random_parts(&mut random);
            assert!(fits(parts));
            for kind in 1..1 << KIND_WIDTH {
                assert_eq!(split(join(kind, parts), kind), Ok(parts));
            }
        }
    }

    #[test]
    fn both_ways_of_packing_agree() {
        let mut random = Random(0x0fed_cba9_8765_4321);
        for _ in 0..100_000 {
            let parts = random_parts(&mut random);
            let id = crate::net::SocketId(parts.key);
            let handle = pack::<super::super::socket::net_socket>(LoopId { slot: parts.slot, generation: 1 }, id);
            assert_eq!(pack_among(handle_of_all::<super::super::socket::net_socket>(parts.slot), id), handle);
        }
    }

    #[test]
    fn both_ways_of_unpacking_agree() {
        let mut random = Random(0x0123_4567_89ab_cdef);
        for _ in 0..100_000 {
            let bits = random.next() as usize;
            let handle: *const super::super::socket::net_socket = core::ptr::without_provenance(bits);
            let (slowly, quickly) = (unpack_in_loop(handle), unpack_quickly(handle));
            if let Ok(parts) = slowly {
                assert_eq!(quickly, Some(parts));
            } else if let Some((_, id)) = quickly {
                assert_eq!(id.0.generation(), 0);
            }
        }
    }

    #[test]
    fn the_extremes_survive() {
        let most = Parts {
            slot: ((1_usize << width::SLOT) - 1) as u16,
            key: Key::new(((1_usize << width::INDEX) - 1) as u32, ((1_usize << width::GENERATION) - 1) as u32),
        };
        assert_eq!(split(join(KIND_SOCKET, most), KIND_SOCKET), Ok(most));
        assert_eq!(join((1 << KIND_WIDTH) - 1, most), usize::MAX);
        let least = Parts { slot: 0, key: Key::new(0, 1) };
        assert_eq!(split(join(KIND_LOOP, least), KIND_LOOP), Ok(least));
    }

    #[test]
    fn no_two_handles_share_their_bits() {
        let parts = Parts { slot: 3, key: Key::new(7, 9) };
        let others = [
            Parts { slot: 4, ..parts },
            Parts { key: Key::new(8, 9), ..parts },
            Parts { key: Key::new(7, 10), ..parts },
            Parts { slot: 7, key: Key::new(3, 9) },
        ];
        for other in others {
            assert_ne!(join(KIND_SOCKET, parts), join(KIND_SOCKET, other));
        }
        assert_ne!(join(KIND_SOCKET, parts), join(KIND_SERVER, parts));
    }

    #[test]
    fn null_is_no_handle_and_a_wrong_kind_is_a_bad_one() {
        assert_eq!(split(0, KIND_SOCKET), Err(Code::EINVAL));
        let socket = join(KIND_SOCKET, Parts { slot: 1, key: Key::new(2, 3) });
        for kind in (1..1 << KIND_WIDTH).filter(|kind| *kind != KIND_SOCKET) {
            assert_eq!(split(socket, kind), Err(Code::EBADF));
        }
    }

    #[test]
    fn generation_zero_is_never_valid() {
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        for _ in 0..10_000 {
            let parts = Parts { key: Key::new(field(random.next() as usize, 0, width::INDEX) as u32, 0), slot: 1 };
            assert!(!fits(parts));
            assert_eq!(split(join(KIND_TIMER, parts), KIND_TIMER), Err(Code::EBADF));
        }
    }

    #[test]
    fn random_bits_are_a_handle_only_of_the_kind_they_say() {
        let mut random = Random(0xd1b5_4a32_d192_ed03);
        for _ in 0..100_000 {
            let bits = random.next() as usize;
            for kind in 1..1 << KIND_WIDTH {
                match split(bits, kind) {
                    Ok(parts) => assert_eq!(join(kind, parts), bits),
                    Err(code) => assert_eq!(code, Code::EBADF),
                }
            }
        }
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn an_address_of_this_process_is_never_a_handle() {
        let on_stack = 0_u8;
        let on_heap = Box::new(0_u8);
        let in_text = split as *const ();
        for bits in [(&raw const on_stack).addr(), (&raw const *on_heap).addr(), in_text.addr(), 1, 7] {
            for kind in 1..1 << KIND_WIDTH {
                assert_eq!(split(bits, kind), Err(Code::EBADF));
            }
        }
    }

    #[test]
    fn a_loop_handle_with_index_bits_is_refused() {
        let bits = join(KIND_LOOP, Parts { slot: 0, key: Key::new(1, 1) });
        assert_eq!(unpack_loop(core::ptr::without_provenance(bits)), Err(Code::EBADF));
    }
}
