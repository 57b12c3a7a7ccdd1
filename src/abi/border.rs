//! The way of every call: in from C, to the loop, and back as a number or a pointer. No panic leaves the library.
use super::event_loop::net_loop;
use super::handle::{self, InLoop, Object};
use super::net;
use crate::net::Loop;
use crate::net::events::LoopId;
use crate::sys::code::{Code, Result};
use core::any::Any;
use core::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a call answers when it succeeds: never negative.
pub(super) trait Answer {
    /// As C sees it.
    fn number(self) -> c_int;
}

impl Answer for () {
    #[inline]
    fn number(self) -> c_int {
        0
    }
}

impl Answer for bool {
    #[inline]
    fn number(self) -> c_int {
        c_int::from(self)
    }
}

impl Answer for c_int {
    #[inline]
    fn number(self) -> c_int {
        self
    }
}

/// A result as C sees it.
#[inline]
pub(super) fn number<A: Answer>(result: Result<A>) -> c_int {
    match result {
        Ok(answer) => answer.number(),
        Err(code) => code.number(),
    }
}

/// Runs `body`. A panic in it poisons the loop that `whose` names, and is `EPANIC`.
#[inline]
fn caught<T>(whose: impl FnOnce() -> Option<LoopId>, body: impl FnOnce() -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => panicked(payload, whose),
    }
}

#[cold]
#[inline(never)]
fn panicked<T>(payload: Box<dyn Any + Send>, whose: impl FnOnce() -> Option<LoopId>) -> Result<T> {
    // The payload's own drop could panic again.
    core::mem::forget(payload);
    let poison = AssertUnwindSafe(|| whose().map_or((), net::poison));
    if let Err(payload) = catch_unwind(poison) {
        core::mem::forget(payload);
    }
    Err(Code::EPANIC)
}

/// A call that concerns no loop, or finds its own.
#[inline]
pub(super) fn call<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    caught(|| None, body)
}

/// A call on a loop from any thread.
#[inline]
pub(super) fn anywhere<T>(handle: *const net_loop, body: impl FnOnce(LoopId) -> Result<T>) -> Result<T> {
    caught(|| handle::unpack_loop(handle).ok(), || body(handle::unpack_loop(handle)?))
}

/// A call on an object of a loop from any thread.
#[inline]
pub(super) fn object_anywhere<H: Object, T>(
    handle: *const H,
    body: impl FnOnce(LoopId, H::Id) -> Result<T>,
) -> Result<T> {
    caught(
        || handle::unpack(handle).ok().map(|(loop_id, _)| loop_id),
        || {
            let (loop_id, id) = handle::unpack(handle)?;
            body(loop_id, id)
        },
    )
}

/// A call on a loop from its own thread.
#[inline]
pub(super) fn in_loop<T>(handle: *const net_loop, body: impl FnOnce(&Loop) -> Result<T>) -> Result<T> {
    anywhere(handle, |id| net::with_loop(id, body))
}

/// A call on an object of a loop from the loop's own thread.
#[inline]
pub(super) fn on<H: InLoop, T>(handle: *const H, body: impl FnOnce(&Loop, H::Id) -> Result<T>) -> Result<T> {
    caught(
        || handle::unpack(handle).ok().map(|(loop_id, _)| loop_id),
        || {
            let (slot, id) = handle::unpack_in_loop(handle)?;
            net::with_loop_in(slot, |owner| match body(owner, id) {
                Ok(answer) => Ok(answer),
                Err(code) => Err(first_of_all::<H>(owner, id, code)),
            })
        },
    )
}

/// The same for a call that answers a number.
#[inline]
pub(super) fn answer<H: InLoop, A: Answer>(handle: *const H, body: impl FnOnce(&Loop, H::Id) -> Result<A>) -> c_int {
    number(on(handle, |owner, id| match body(owner, id) {
        Ok(answer) => Ok(answer.number()),
        Err(code) => Ok(first_of_all::<H>(owner, id, code).number()),
    }))
}

/// What a second handle of a call names in the same loop: `EINVAL` if it lives in another one.
pub(super) fn beside<H: InLoop>(owner: &Loop, handle: *const H) -> Result<H::Id> {
    let (slot, id) = handle::unpack_in_loop(handle)?;
    if slot == owner.id().slot {
        H::alive(owner, id)?;
        return Ok(id);
    }
    net::with_loop_in(slot, |other| H::alive(other, id))?;
    Err(Code::EINVAL)
}

/// The short way for a call that is nearly always made inside a callback of the loop: nothing is counted on the way in, and
/// nothing looked after on the way out. None if it was not taken, by the loop or by `body`, which then has done nothing.
#[inline]
pub(super) fn short_cut<H: InLoop, T>(handle: *const H, body: impl FnOnce(&Loop, H::Id) -> Option<T>) -> Option<T> {
    let (slot, id) = handle::unpack_quickly(handle)?;
    let short = || net::with_loop_around(slot, |owner| body(owner, id)).ok_or(Code::EBADF);
    // After a panic the long way finds a poisoned loop.
    // By value: else the handle would have to lie in memory, for a panic to find it there.
    caught(move || handle::unpack(handle).ok().map(|(loop_id, _)| loop_id), short).unwrap_or(None)
}

/// A dead handle is told before what else is wrong with a call, though arguments are looked at first.
#[cold]
#[inline(never)]
fn first_of_all<H: InLoop>(owner: &Loop, id: H::Id, code: Code) -> Code {
    H::alive(owner, id).err().unwrap_or(code)
}

/// A pointer as C sees it: NULL says that the call failed.
#[inline]
pub(super) fn pointer<T>(result: Result<*mut T>) -> *mut T {
    result.unwrap_or(core::ptr::null_mut())
}

/// A pointer as C sees it, and the reason for a NULL in `error`, which may be NULL itself.
///
/// # Safety
/// `error` is NULL or writable.
pub(super) unsafe fn pointer_or<T>(result: Result<*mut T>, error: *mut c_int) -> *mut T {
    if !error.is_null() {
        // SAFETY: not NULL, writable by the caller's promise.
        unsafe { error.write_unaligned(result.err().map_or(0, Code::number)) };
    }
    pointer(result)
}

/// A place of C's for one plain value, checked before the call does anything.
pub(super) struct Out<T>(*mut T);

impl<T: Copy> Out<T> {
    /// # Safety
    /// `to` is NULL or writable as long as the place lives.
    #[inline]
    pub unsafe fn new(to: *mut T) -> Result<Out<T>> {
        if to.is_null() { Err(Code::EINVAL) } else { Ok(Out(to)) }
    }

    /// Hands the value out.
    #[inline]
    pub fn put(self, value: T) {
        // SAFETY: `new` was promised that it is writable.
        unsafe { self.0.write_unaligned(value) }
    }

    /// Hands out a value that can be absent: whether it was there, and `absent` in its place if not.
    #[inline]
    pub fn put_or(self, value: Option<T>, absent: T) -> bool {
        self.put(value.unwrap_or(absent));
        value.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_codes_become_numbers() {
        assert_eq!(number(Ok(())), 0);
        assert_eq!((number(Ok(true)), number(Ok(false))), (1, 0));
        assert_eq!(number(Ok(7)), 7);
        assert_eq!(number::<()>(Err(Code::EINVAL)), -1);
    }

    #[test]
    fn a_panic_becomes_a_code() {
        // Without the message that panic! would print.
        let result: Result = call(|| std::panic::resume_unwind(Box::new(())));
        assert_eq!(result, Err(Code::EPANIC));
    }

    #[test]
    fn an_out_parameter_must_be_there() {
        // SAFETY: NULL is allowed.
        assert!(unsafe { Out::<u64>::new(core::ptr::null_mut()) }.is_err());
        let mut value = 1_u64;
        // SAFETY: a local.
        assert!(!unsafe { Out::new(&raw mut value) }.unwrap().put_or(None, 0));
        assert_eq!(value, 0);
    }

    #[test]
    fn the_reason_of_a_null_is_handed_out() {
        let mut error = 99;
        // SAFETY: a local, or NULL.
        unsafe {
            assert!(pointer_or::<u8>(Err(Code::EBADF), &raw mut error).is_null());
            assert_eq!(error, -2);
            let mut byte = 0_u8;
            assert!(!pointer_or(Ok(&raw mut byte), &raw mut error).is_null());
            assert_eq!(error, 0);
            assert!(pointer_or::<u8>(Err(Code::EBADF), core::ptr::null_mut()).is_null());
        }
    }
}
