//! Which loop a handle means, and whether the calling thread may use it.
//!
//! A slot lives for ever; what is in it comes and goes. Only the owning thread reaches the loop itself. Every thread reaches
//! its remote part (inbox and waker), guarded by a count of those who are inside, so that freeing waits for them.
use super::code::{Code, Result};
use super::{thread, width};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// How many loops a process may have at a time.
pub const SLOTS: usize = 1 << width::SLOT;
/// A slot that has used its generations up is not used again.
pub const MAX_GENERATION: u32 = (1 << width::GENERATION) - 1;
const OWNER_NONE: usize = 0;
const OWNER_DETACHED: usize = 1;
const GATE_SHUT: usize = 0;

/// As large as a power of two, so that finding one by its number is a shift.
#[repr(align(64))]
struct Slot<T, R> {
    /// The thread that may enter: the owner of a loop that lives and is not poisoned; else 0. Only the owner opens it, for
    /// itself, so whoever finds itself here needs no other check.
    gate: AtomicUsize,
    /// The gate as long as a call of the owner is inside, else 0: one look tells both.
    inside: AtomicUsize,
    /// The owning thread, or one of the two constants.
    owner: AtomicUsize,
    /// Of the loop that lives here; 0 while none does.
    generation: AtomicU32,
    /// The generation the next loop gets; never 0 once used.
    next_generation: AtomicU32,
    /// Calls of other threads that are inside the remote part.
    visitors: AtomicU32,
    /// Calls of the owner that are inside the loop.
    pins: AtomicU32,
    doomed: AtomicBool,
    poisoned: AtomicBool,
    value: UnsafeCell<Option<Box<T>>>,
    remote: UnsafeCell<Option<Box<R>>>,
}

impl<T, R> Slot<T, R> {
    const fn empty() -> Slot<T, R> {
        Slot {
            gate: AtomicUsize::new(GATE_SHUT),
            inside: AtomicUsize::new(GATE_SHUT),
            owner: AtomicUsize::new(OWNER_NONE),
            generation: AtomicU32::new(0),
            next_generation: AtomicU32::new(1),
            visitors: AtomicU32::new(0),
            pins: AtomicU32::new(0),
            doomed: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
            value: UnsafeCell::new(None),
            remote: UnsafeCell::new(None),
        }
    }
}

/// All loops of the process: `T` is the owner's part, `R` the part every thread may touch.
pub struct Registry<T: 'static, R: Sync + 'static> {
    slots: [Slot<T, R>; SLOTS],
}

// SAFETY: `value` is reached by the owning thread only, which `owner` decides; it changes hands through detach and attach,
// whose release and acquire order everything before, and a loop shares nothing with the thread it leaves. `remote` is Sync.
unsafe impl<T: 'static, R: Sync + 'static> Sync for Registry<T, R> {}

/// Why a loop was left, told to the last one out.
pub enum Leave<T> {
    /// Somebody asked to free it while it was in use, and this was the last use.
    Free(Box<T>, usize),
    /// Nothing to do.
    Stay,
}

/// A loop in use by its own thread: it is not freed before this ends.
pub struct Pin<'a, T: 'static, R: Sync + 'static>(&'a Slot<T, R>, &'a T);

impl<T, R: Sync> std::ops::Deref for Pin<'_, T, R> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.1
    }
}

impl<T, R: Sync> Drop for Pin<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        let pins = self.0.pins.load(Ordering::Relaxed) - 1;
        self.0.pins.store(pins, Ordering::Relaxed);
        if pins == 0 {
            self.0.inside.store(GATE_SHUT, Ordering::Relaxed);
        }
    }
}

impl<T, R: Sync> Pin<'_, T, R> {
    /// Whether this is the last use of a loop that is to be freed.
    #[inline]
    pub fn is_last_of_doomed(&self) -> bool {
        self.0.doomed.load(Ordering::Relaxed) && self.0.pins.load(Ordering::Relaxed) == 1
    }
}

impl<T, R: Sync> Default for Registry<T, R> {
    fn default() -> Self {
        Registry::new()
    }
}

impl<T, R: Sync> Registry<T, R> {
    /// With nothing in it.
    pub const fn new() -> Registry<T, R> {
        Registry { slots: [const { Slot::empty() }; SLOTS] }
    }

    /// Puts a loop in, owned by the calling thread. `make` is told its slot and generation.
    pub fn insert(&self, make: impl FnOnce(u16, u32) -> Result<(Box<T>, Box<R>)>) -> Result<(u16, u32)> {
        for (index, slot) in self.slots.iter().enumerate() {
            let generation = slot.next_generation.load(Ordering::Relaxed);
            if generation > MAX_GENERATION {
                continue;
            }
            if slot.owner.compare_exchange(OWNER_NONE, OWNER_DETACHED, Ordering::AcqRel, Ordering::Relaxed).is_err() {
                continue;
            }
            let generation = slot.next_generation.load(Ordering::Acquire);
            let made = if generation > MAX_GENERATION { Err(Code::ENOMEM) } else { make(index as u16, generation) };
            let (value, remote) = match made {
                Ok(made) => made,
                Err(code) => {
                    slot.owner.store(OWNER_NONE, Ordering::Release);
                    return Err(code);
                }
            };
            // SAFETY: the exchange above made this thread the only one that may touch the slot's cells: generation is 0.
            unsafe {
                *slot.value.get() = Some(value);
                *slot.remote.get() = Some(remote);
            }
            slot.doomed.store(false, Ordering::Relaxed);
            slot.poisoned.store(false, Ordering::Relaxed);
            slot.pins.store(0, Ordering::Relaxed);
            slot.next_generation.store(generation + 1, Ordering::Relaxed);
            slot.generation.store(generation, Ordering::SeqCst);
            slot.owner.store(thread::current(), Ordering::Release);
            slot.gate.store(thread::current(), Ordering::Relaxed);
            self.orphan_at_thread_end(index);
            return Ok((index as u16, generation));
        }
        Err(Code::ENOMEM)
    }

    fn orphan_at_thread_end(&self, index: usize) {
        let (gate, owner): (&'static AtomicUsize, &'static AtomicUsize) = {
            let slot: *const Slot<T, R> = &self.slots[index];
            // SAFETY: registries are statics (the only way to have one is `const fn new` in a static of net); slots never move.
            unsafe { (&(*slot).gate, &(*slot).owner) }
        };
        let me = thread::current();
        thread::at_end(
            index,
            Box::new(move || {
                // The gate first: once the owner has gone, the next one may open it.
                if gate.load(Ordering::Relaxed) == me {
                    gate.store(GATE_SHUT, Ordering::Relaxed);
                }
                let _ = owner.compare_exchange(me, OWNER_DETACHED, Ordering::AcqRel, Ordering::Relaxed);
            }),
        );
    }

    #[inline]
    fn slot(&self, slot: u16) -> Result<&Slot<T, R>> {
        self.slots.get(slot as usize).ok_or(Code::EBADF)
    }

    /// The generation of the loop in a slot, if one lives there.
    #[inline]
    pub fn generation(&self, slot: u16) -> Option<u32> {
        match self.slots.get(slot as usize)?.generation.load(Ordering::Acquire) {
            0 => None,
            generation => Some(generation),
        }
    }

    /// The loop, if it lives, is the calling thread's and has not been poisoned.
    #[inline]
    pub fn pin(&self, slot: u16, generation: u32) -> Result<Pin<'_, T, R>> {
        let found = self.slot(slot)?;
        let mine = found.gate.load(Ordering::Relaxed) == thread::current();
        if !mine || found.generation.load(Ordering::Relaxed) != generation {
            return Err(self.refusal(found, Some(generation)));
        }
        Ok(Self::pin_own(found))
    }

    /// The loop that lives in the slot, if it is the calling thread's and has not been poisoned.
    #[inline]
    pub fn pin_any(&self, slot: u16) -> Result<Pin<'_, T, R>> {
        let found = self.slot(slot)?;
        if found.gate.load(Ordering::Relaxed) != thread::current() {
            return Err(self.refusal(found, None));
        }
        Ok(Self::pin_own(found))
    }

    /// The gate of the slot has let this thread in.
    #[inline]
    fn pin_own(found: &Slot<T, R>) -> Pin<'_, T, R> {
        found.pins.store(found.pins.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        found.inside.store(found.gate.load(Ordering::Relaxed), Ordering::Relaxed);
        // SAFETY: the pin keeps `free` from taking it out.
        Pin(found, unsafe { Self::value_of(found) })
    }

    /// # Safety
    /// The gate has let this thread in, and what is returned is not used longer than a pin of this thread lasts.
    #[inline]
    unsafe fn value_of(found: &Slot<T, R>) -> &T {
        // SAFETY: the gate is open only while a loop is there, and only its owner, this thread, could take it out.
        unsafe { (*found.value.get()).as_deref().unwrap_unchecked() }
    }

    /// Calls with the loop that lives in the slot if another call of this thread is inside it already, which then keeps
    /// it from being freed: nothing is counted, and nothing to be done on leaving. None otherwise.
    #[inline]
    pub fn inside<A>(&self, slot: u16, call: impl FnOnce(&T) -> A) -> Option<A> {
        let found = self.slots.get(slot as usize)?;
        if found.inside.load(Ordering::Relaxed) != thread::current() {
            return None;
        }
        // SAFETY: checked above; the pin of that other call, further up on the stack of this thread, outlasts this one.
        Some(call(unsafe { Self::value_of(found) }))
    }

    /// Frees a doomed loop after its last use.
    #[cold]
    pub fn free_doomed(&self, slot: u16) -> Leave<T> {
        match self.slot(slot) {
            Ok(found) if found.owner.load(Ordering::Acquire) == thread::current() => self.take(found, slot),
            _ => Leave::Stay,
        }
    }

    #[cold]
    #[inline(never)]
    fn refusal(&self, slot: &Slot<T, R>, generation: Option<u32>) -> Code {
        match slot.generation.load(Ordering::Acquire) {
            0 => Code::EBADF,
            live if generation.is_some_and(|g| g != live) => Code::EBADF,
            _ if slot.owner.load(Ordering::Acquire) != thread::current() => Code::EWRONGTHREAD,
            _ if slot.poisoned.load(Ordering::Relaxed) => Code::EPANIC,
            _ => Code::EBADF,
        }
    }

    fn take(&self, found: &Slot<T, R>, slot: u16) -> Leave<T> {
        found.gate.store(GATE_SHUT, Ordering::Relaxed);
        found.generation.store(0, Ordering::SeqCst);
        while found.visitors.load(Ordering::SeqCst) != 0 {
            std::hint::spin_loop();
        }
        // SAFETY: this thread owns the loop, nobody of it is inside (pins), no visitor is (above), none can come (generation 0).
        let (value, remote) = unsafe { ((*found.value.get()).take(), (*found.remote.get()).take()) };
        drop(remote);
        match value {
            Some(value) => Leave::Free(value, slot as usize),
            None => Leave::Stay,
        }
    }

    /// The loop taken out by [`Leave::Free`] is gone; its slot may be used again by loops whose things begin with this generation.
    pub fn vacate(&self, slot: usize, next_generation: u32) {
        if let Some(found) = self.slots.get(slot) {
            found.next_generation.store(next_generation, Ordering::Release);
            found.owner.store(OWNER_NONE, Ordering::Release);
        }
    }

    /// Frees the loop, at once or, if it is in use by its own thread, when that use ends.
    pub fn free(&self, slot: u16, generation: u32) -> Result<Leave<T>> {
        let found = self.slot(slot)?;
        if found.owner.load(Ordering::Acquire) != thread::current() {
            return Err(self.refusal(found, Some(generation)));
        }
        if generation != found.generation.load(Ordering::Relaxed) {
            return Err(Code::EBADF);
        }
        if found.pins.load(Ordering::Relaxed) > 0 {
            found.doomed.store(true, Ordering::Relaxed);
            return Ok(Leave::Stay);
        }
        Ok(self.take(found, slot))
    }

    /// Runs `call` with the remote part. Any thread; safe in a signal handler if `call` is.
    pub fn visit<A>(&self, slot: u16, generation: u32, call: impl FnOnce(&R) -> A) -> Result<A> {
        let found = self.slot(slot)?;
        found.visitors.fetch_add(1, Ordering::SeqCst);
        let answer = if generation != 0 && found.generation.load(Ordering::SeqCst) == generation {
            // SAFETY: the generation was seen live after this visit was counted, so `take` waits for it to end.
            unsafe { (*found.remote.get()).as_deref() }.map(call).ok_or(Code::EBADF)
        } else {
            Err(Code::EBADF)
        };
        found.visitors.fetch_sub(1, Ordering::SeqCst);
        answer
    }

    /// The owner gives the loop up.
    pub fn detach(&self, slot: u16, generation: u32) -> Result {
        let found = self.slot(slot)?;
        if found.owner.load(Ordering::Acquire) != thread::current() {
            return Err(self.refusal(found, Some(generation)));
        }
        found.gate.store(GATE_SHUT, Ordering::Relaxed);
        found.inside.store(GATE_SHUT, Ordering::Relaxed);
        found.owner.store(OWNER_DETACHED, Ordering::Release);
        Ok(())
    }

    /// The calling thread takes a detached loop.
    pub fn attach(&self, slot: u16, generation: u32) -> Result {
        let found = self.slot(slot)?;
        if generation == 0 || found.generation.load(Ordering::Acquire) != generation {
            return Err(Code::EBADF);
        }
        let me = thread::current();
        match found.owner.compare_exchange(OWNER_DETACHED, me, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                found.gate.store(me, Ordering::SeqCst);
                if found.poisoned.load(Ordering::SeqCst) {
                    found.gate.store(GATE_SHUT, Ordering::SeqCst);
                }
                self.orphan_at_thread_end(slot as usize);
                Ok(())
            }
            Err(owner) if owner == me => Ok(()),
            Err(_) => Err(Code::EWRONGTHREAD),
        }
    }

    /// A panic left the loop in an unknown state: from now on it can only be freed.
    pub fn poison(&self, slot: u16) {
        if let Some(found) = self.slots.get(slot as usize) {
            // In this order, and attach in the other: whichever comes first, the gate ends up shut.
            found.poisoned.store(true, Ordering::SeqCst);
            found.gate.store(GATE_SHUT, Ordering::SeqCst);
            found.inside.store(GATE_SHUT, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(registry: &Registry<u32, ()>) -> (u16, u32) {
        registry.insert(|_, _| Ok((Box::new(7), Box::new(())))).unwrap()
    }

    #[test]
    fn only_a_call_around_it_opens_the_short_cut() {
        static LOOPS: Registry<u32, ()> = Registry::new();
        let (slot, generation) = added(&LOOPS);
        assert_eq!(LOOPS.inside(slot, |value| *value), None);
        let pin = LOOPS.pin(slot, generation).unwrap();
        assert_eq!(LOOPS.inside(slot, |value| *value), Some(7));
        let elsewhere = std::thread::spawn(move || (LOOPS.inside(slot, |value| *value), LOOPS.pin_any(slot).err()));
        assert_eq!(elsewhere.join().unwrap(), (None, Some(Code::EWRONGTHREAD)));
        assert_eq!(LOOPS.inside(slot + 1, |value| *value), None);
        drop(pin);
        assert_eq!(LOOPS.inside(slot, |value| *value), None);
    }

    #[test]
    fn the_gate_is_open_for_the_owner_only() {
        static LOOPS: Registry<u32, ()> = Registry::new();
        let (slot, generation) = added(&LOOPS);
        LOOPS.detach(slot, generation).unwrap();
        assert_eq!(LOOPS.pin(slot, generation).err(), Some(Code::EWRONGTHREAD));
        let taken = std::thread::spawn(move || {
            LOOPS.attach(slot, generation).unwrap();
            LOOPS.pin(slot, generation).map(|pin| *pin)
        });
        assert_eq!(taken.join().unwrap(), Ok(7));
        // That thread has ended, so anybody may take the loop.
        assert_eq!(LOOPS.pin(slot, generation).err(), Some(Code::EWRONGTHREAD));
        LOOPS.attach(slot, generation).unwrap();
        assert_eq!(LOOPS.pin_any(slot).map(|pin| *pin).ok(), Some(7));
    }

    #[test]
    fn a_poisoned_loop_lets_nobody_in_and_can_be_freed() {
        static LOOPS: Registry<u32, ()> = Registry::new();
        let (slot, generation) = added(&LOOPS);
        let pin = LOOPS.pin(slot, generation).unwrap();
        LOOPS.poison(slot);
        assert_eq!(LOOPS.inside(slot, |value| *value), None);
        assert_eq!(LOOPS.pin(slot, generation).err(), Some(Code::EPANIC));
        drop(pin);
        LOOPS.detach(slot, generation).unwrap();
        LOOPS.attach(slot, generation).unwrap();
        assert_eq!(LOOPS.pin_any(slot).err(), Some(Code::EPANIC));
        assert!(matches!(LOOPS.free(slot, generation), Ok(Leave::Free(..))));
        assert_eq!(LOOPS.pin(slot, generation).err(), Some(Code::EBADF));
    }
}
