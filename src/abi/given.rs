//! What the program handed over with a call, until the loop has taken it: on every way out before that, its drop or
//! release function still runs, exactly once.
use super::callbacks::{Erase, net_drop_fn};
use crate::sys::callback::{Callback, ForeignBytes, ReleaseFn};
use crate::sys::code::{Code, Result};
use core::ffi::c_void;

/// (function, user, drop) of a call. Made first of all, so that whatever refuses the call leaves it to run `drop`.
pub(super) struct Given {
    callback: Callback,
    taken: bool,
}

impl Given {
    #[inline]
    pub fn new<F: Erase>(func: F, user: *mut c_void, drop: net_drop_fn) -> Given {
        Given::of(Callback::new(func.erase(), user, drop))
    }

    /// The same, put together by the call.
    #[inline]
    pub fn of(callback: Callback) -> Given {
        Given { callback, taken: false }
    }

    /// A user pointer with its drop and no function.
    pub fn data(user: *mut c_void, drop: net_drop_fn) -> Given {
        Given { callback: Callback::new(None, user, drop), taken: false }
    }

    /// For a call that needs the function.
    #[inline]
    pub fn take(&mut self) -> Result<Callback> {
        if self.callback.func().is_none() {
            return Err(Code::EINVAL);
        }
        Ok(self.take_anyway())
    }

    /// Whether there is something to call.
    #[inline]
    pub fn has_function(&self) -> bool {
        self.callback.func().is_some()
    }

    /// For a call that goes without the function too: `user` is then still held until its completion, if there is a
    /// drop that waits for it.
    #[inline]
    pub fn take_optional(&mut self) -> Option<Callback> {
        if self.callback.func().is_none() && !self.callback.has_drop() {
            return None;
        }
        Some(self.take_anyway())
    }

    /// The callback itself, whoever will take it.
    #[inline]
    pub fn callback(&self) -> Callback {
        self.callback
    }

    /// For a data slot, where there is no function.
    #[inline]
    pub fn take_anyway(&mut self) -> Callback {
        self.taken = true;
        self.callback
    }
}

impl Drop for Given {
    #[inline]
    fn drop(&mut self) {
        if !self.taken {
            super::dispatch::drop_user(&self.callback);
        }
    }
}

/// The bytes of an owned write.
pub(super) struct GivenBytes {
    data: *mut c_void,
    len: usize,
    release: Option<ReleaseFn>,
    user: *mut c_void,
}

impl GivenBytes {
    pub fn new(data: *const c_void, len: usize, release: Option<ReleaseFn>, user: *mut c_void) -> GivenBytes {
        GivenBytes { data: data.cast_mut(), len, release, user }
    }

    /// # Safety
    /// `data` must be readable for `len` bytes until it is released.
    pub unsafe fn take(&mut self) -> Result<ForeignBytes> {
        super::text::check_extent(self.data, self.len)?;
        let release = self.release.take().ok_or(Code::EINVAL)?;
        // SAFETY: promised to us in the same words.
        Ok(unsafe { ForeignBytes::new(self.data, self.len, release, self.user) })
    }
}

impl Drop for GivenBytes {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            // SAFETY: the program gave the function for this call with these arguments; take() would have removed it.
            unsafe { release(self.data, self.len, self.user) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::callbacks::net_loop_fn;
    use crate::abi::event_loop::net_loop;
    use core::cell::Cell;

    unsafe extern "C" fn count(user: *mut c_void) {
        // SAFETY: every test gives the address of its own Cell.
        let counter = unsafe { &*user.cast::<Cell<u32>>() };
        counter.set(counter.get() + 1);
    }

    unsafe extern "C" fn count_release(_data: *mut c_void, len: usize, user: *mut c_void) {
        // SAFETY: as above.
        let counter = unsafe { &*user.cast::<Cell<u32>>() };
        counter.set(counter.get() + len as u32);
    }

    unsafe extern "C" fn nothing(_loop: *mut net_loop, _user: *mut c_void) {}

    fn user(counter: &Cell<u32>) -> *mut c_void {
        core::ptr::from_ref(counter).cast_mut().cast()
    }

    #[test]
    fn not_taken_drops_once() {
        let counter = Cell::new(0);
        drop(Given::new(Some(nothing as unsafe extern "C" fn(_, _)), user(&counter), Some(count)));
        assert_eq!(counter.get(), 1);
    }

    #[test]
    fn taken_leaves_the_drop_to_the_taker() {
        let counter = Cell::new(0);
        let mut given = Given::new(Some(nothing as unsafe extern "C" fn(_, _)), user(&counter), Some(count));
        let callback = given.take().unwrap();
        drop(given);
        assert_eq!(counter.get(), 0);
        assert_eq!(callback.user(), user(&counter));
    }

    #[test]
    fn no_function_is_refused_and_dropped() {
        let counter = Cell::new(0);
        let none: net_loop_fn = None;
        let mut given = Given::new(none, user(&counter), Some(count));
        assert_eq!(given.take().unwrap_err(), Code::EINVAL);
        drop(given);
        assert_eq!(counter.get(), 1);
    }

    #[test]
    fn an_optional_function_keeps_the_drop_for_the_completion() {
        let counter = Cell::new(0);
        let none: net_loop_fn = None;
        let mut given = Given::new(none, user(&counter), Some(count));
        assert!(given.take_optional().is_some_and(|callback| callback.has_drop()));
        drop(given);
        assert_eq!(counter.get(), 0);
        assert!(Given::new(none, user(&counter), None).take_optional().is_none());
    }

    #[test]
    fn bytes_are_released_once_when_refused() {
        let counter = Cell::new(0);
        let data = [0_u8; 3];
        let mut bytes = GivenBytes::new(data.as_ptr().cast(), usize::MAX, Some(count_release), user(&counter));
        // SAFETY: refused before anything is read.
        assert!(unsafe { bytes.take() }.is_err());
        bytes.len = 3;
        drop(bytes);
        assert_eq!(counter.get(), 3);
    }

    #[test]
    fn bytes_that_were_taken_are_released_by_the_taker() {
        let counter = Cell::new(0);
        let data = [0_u8; 3];
        let mut bytes = GivenBytes::new(data.as_ptr().cast(), 3, Some(count_release), user(&counter));
        // SAFETY: `data` outlives the release below.
        let foreign = unsafe { bytes.take() }.unwrap();
        drop(bytes);
        assert_eq!(counter.get(), 0);
        foreign.release();
        assert_eq!(counter.get(), 3);
    }
}
