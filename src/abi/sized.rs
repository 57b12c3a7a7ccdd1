//! Structs that begin with their own size, so that programs and libraries of different versions understand each other.
//!
//! A struct grows at its end only, and never into its padding: what an older header calls padding an older program may
//! leave unset.
use crate::sys::code::{Code, Result};

/// No version of any struct is larger: what claims more was never initialised, and is not read to its end.
const LARGEST: usize = 4096;

/// # Safety
/// The type is `repr(C)`, its first field is its size as a `usize`, and any bytes are a value of it.
pub(super) unsafe trait Versioned: Copy {
    /// Its size in the first version of the library that had it.
    const FIRST: usize;
    /// Its INIT macro.
    const INIT: Self;
}

fn check_size(size: usize, first: usize) -> Result {
    if size < first || size > LARGEST { Err(Code::EINVAL) } else { Ok(()) }
}

/// What C handed in, with the defaults for what its version does not know. NULL is all defaults.
///
/// # Safety
/// `from` is NULL or readable for the size it says.
pub(super) unsafe fn read<T: Versioned>(from: *const T) -> Result<T> {
    let mut value = T::INIT;
    if from.is_null() {
        return Ok(value);
    }
    // SAFETY: not NULL, and the size is the first field.
    let size = unsafe { from.cast::<usize>().read_unaligned() };
    check_size(size, T::FIRST)?;
    let known = size.min(size_of::<T>());
    // SAFETY: readable for `size` bytes, of which `value` has room for `known`.
    unsafe { core::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut value).cast::<u8>(), known) };
    // SAFETY: as above; the tail lies within `size`.
    let tail = unsafe { core::slice::from_raw_parts(from.cast::<u8>().add(known), size - known) };
    if tail.iter().any(|byte| *byte != 0) {
        return Err(Code::EINVAL);
    }
    Ok(value)
}

/// A place of C's for an out struct, checked before the call that fills it does anything.
pub(super) struct Place<T> {
    to: *mut T,
    size: usize,
}

impl<T: Versioned> Place<T> {
    /// # Safety
    /// `to` is NULL or writable for the size it says, as long as the place lives.
    pub unsafe fn new(to: *mut T) -> Result<Place<T>> {
        if to.is_null() {
            return Err(Code::EINVAL);
        }
        // SAFETY: not NULL, and the size is the first field.
        let size = unsafe { to.cast::<usize>().read_unaligned() };
        check_size(size, T::FIRST)?;
        Ok(Place { to, size })
    }

    /// Fills what the program's version knows, and leaves its size as it is, so that the struct can be used again.
    pub fn fill(self, value: &T) {
        let known = self.size.min(size_of::<T>());
        let head = size_of::<usize>();
        let from = core::ptr::from_ref(value).cast::<u8>();
        // SAFETY: `new` checked that `known` bytes are writable; both are at least `head` long, and `value` is ours.
        unsafe { core::ptr::copy_nonoverlapping(from.add(head), self.to.cast::<u8>().add(head), known - head) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Old {
        size: usize,
        a: u64,
    }

    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct New {
        size: usize,
        a: u64,
        b: u64,
    }

    // SAFETY: integers only, size first.
    unsafe impl Versioned for Old {
        const FIRST: usize = size_of::<Old>();
        const INIT: Old = Old { size: size_of::<Old>(), a: 1 };
    }

    // SAFETY: integers only, size first.
    unsafe impl Versioned for New {
        const FIRST: usize = size_of::<Old>();
        const INIT: New = New { size: size_of::<New>(), a: 1, b: 2 };
    }

    #[test]
    fn null_is_all_defaults() {
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { read::<New>(core::ptr::null()) }, Ok(New::INIT));
    }

    #[test]
    fn an_older_program_gets_the_defaults_for_what_it_does_not_know() {
        let old = Old { size: size_of::<Old>(), a: 7 };
        // SAFETY: only size_of::<Old>() bytes are read.
        let value = unsafe { read::<New>((&raw const old).cast()) }.unwrap();
        assert_eq!((value.a, value.b), (7, 2));
    }

    #[test]
    fn a_newer_program_is_understood_if_it_asks_for_nothing_new() {
        let mut new = New { size: size_of::<New>(), a: 7, b: 0 };
        // SAFETY: a whole New is there.
        let value = unsafe { read::<Old>((&raw const new).cast()) }.unwrap();
        assert_eq!(value.a, 7);
        for byte in 0..8 {
            new.b = 1 << (8 * byte);
            // SAFETY: as above.
            assert_eq!(unsafe { read::<Old>((&raw const new).cast()) }, Err(Code::EINVAL));
        }
    }

    #[test]
    fn sizes_that_no_version_had_are_refused() {
        for size in [0, 1, size_of::<Old>() - 1, LARGEST + 1, usize::MAX] {
            let mut old = Old { size, a: 7 };
            // SAFETY: refused by the size alone.
            assert_eq!(unsafe { read(&raw const old) }, Err(Code::EINVAL));
            // SAFETY: as above.
            assert!(unsafe { Place::new(&raw mut old) }.is_err());
        }
    }

    #[test]
    fn an_out_struct_is_filled_as_far_as_the_program_knows_it() {
        let mut small = New { size: size_of::<Old>(), a: 0, b: 99 };
        let full = New { size: 0, a: 5, b: 6 };
        // SAFETY: a whole New is there.
        unsafe { Place::new(&raw mut small) }.unwrap().fill(&full);
        assert_eq!(small, New { size: size_of::<Old>(), a: 5, b: 99 });

        let mut large = New { size: size_of::<New>(), a: 0, b: 99 };
        // SAFETY: a New begins with an Old.
        unsafe { Place::<Old>::new((&raw mut large).cast()) }.unwrap().fill(&Old { size: 0, a: 5 });
        assert_eq!(large, New { size: size_of::<New>(), a: 5, b: 99 });
    }

    #[test]
    fn an_out_struct_must_be_there() {
        // SAFETY: NULL is allowed.
        assert!(unsafe { Place::<Old>::new(core::ptr::null_mut()) }.is_err());
    }
}
