//! Pointers with lengths to slices, texts and paths; numbers to flags.
use super::address::NET_CSTR;
use crate::sys::code::{Code, Result};
use core::ffi::{CStr, c_char, c_int, c_void};

/// Whether a slice may be made of it: NULL has no bytes, and no object is larger than half the address space.
#[inline]
pub(super) fn check_extent(data: *const c_void, len: usize) -> Result {
    if (data.is_null() && len != 0) || len > isize::MAX as usize { Err(Code::EINVAL) } else { Ok(()) }
}

/// # Safety
/// `data` is readable for `len` bytes as long as the answer is used.
#[inline]
pub(super) unsafe fn bytes<'a>(data: *const c_void, len: usize) -> Result<&'a [u8]> {
    if data.is_null() || len > isize::MAX as usize {
        return check_extent(data, len).map(|()| &[][..]);
    }
    // SAFETY: checked above, the rest promised by the caller.
    Ok(unsafe { core::slice::from_raw_parts(data.cast(), len) })
}

/// # Safety
/// `data` is writable for `len` bytes, by nobody else, as long as the answer is used.
pub(super) unsafe fn buffer<'a>(data: *mut c_void, len: usize) -> Result<&'a mut [u8]> {
    check_extent(data, len)?;
    if data.is_null() {
        return Ok(&mut []);
    }
    // SAFETY: checked above, the rest promised by the caller.
    Ok(unsafe { core::slice::from_raw_parts_mut(data.cast(), len) })
}

/// Bytes of a text with its length or `NET_CSTR`; NULL is `None`.
///
/// # Safety
/// `text` is NULL, or readable for `len` bytes, or NUL-terminated if `len` is `NET_CSTR`.
pub(super) unsafe fn counted<'a>(text: *const c_char, len: usize) -> Result<Option<&'a [u8]>> {
    if text.is_null() {
        return if len == 0 || len == NET_CSTR { Ok(None) } else { Err(Code::EINVAL) };
    }
    if len == NET_CSTR {
        // SAFETY: promised by the caller.
        return Ok(Some(unsafe { CStr::from_ptr(text) }.to_bytes()));
    }
    // SAFETY: promised by the caller.
    unsafe { bytes(text.cast(), len) }.map(Some)
}

/// A text that must be UTF-8 without NUL; NULL is `None`.
///
/// # Safety
/// As [`counted`].
pub(super) unsafe fn utf8<'a>(text: *const c_char, len: usize) -> Result<Option<&'a str>> {
    // SAFETY: promised by the caller.
    let Some(found) = (unsafe { counted(text, len) })? else { return Ok(None) };
    if found.contains(&0) {
        return Err(Code::EINVAL);
    }
    core::str::from_utf8(found).map(Some).map_err(|_| Code::EINVAL)
}

/// A host; an empty one counts as absent, as in Node.
///
/// # Safety
/// As [`counted`].
pub(super) unsafe fn host<'a>(text: *const c_char, len: usize) -> Result<Option<&'a str>> {
    // SAFETY: promised by the caller.
    Ok(unsafe { utf8(text, len) }?.filter(|host| !host.is_empty()))
}

/// The path of a local socket, its leading NUL included if it is abstract; NULL is `None`.
///
/// # Safety
/// As [`counted`].
pub(super) unsafe fn path<'a>(text: *const c_char, len: usize) -> Result<Option<&'a [u8]>> {
    // SAFETY: promised by the caller.
    match unsafe { counted(text, len) }? {
        Some([]) => Err(Code::EINVAL),
        path => Ok(path),
    }
}

/// 0 or 1.
#[inline]
pub(super) fn flag(value: c_int) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Code::EINVAL),
    }
}

/// -1, 0 or 1.
pub(super) fn tristate(value: c_int) -> Result<Option<bool>> {
    if value == -1 { Ok(None) } else { flag(value).map(Some) }
}

/// -1 for none, or a descriptor.
pub(super) fn descriptor(value: c_int) -> Result<Option<i32>> {
    match value {
        -1 => Ok(None),
        0.. => Ok(Some(value)),
        _ => Err(Code::EINVAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr::null;

    #[test]
    fn null_is_empty_only_with_no_length() {
        // SAFETY: nothing is readable, and nothing is read.
        unsafe {
            assert_eq!(bytes(null(), 0), Ok(&[][..]));
            assert_eq!(bytes(null(), 1), Err(Code::EINVAL));
            assert_eq!(counted(null(), 0), Ok(None));
            assert_eq!(counted(null(), NET_CSTR), Ok(None));
            assert_eq!(counted(null(), 1), Err(Code::EINVAL));
        }
    }

    #[test]
    fn lengths_beyond_any_object_are_refused() {
        let byte = 0_u8;
        // SAFETY: refused before anything is read.
        unsafe {
            assert_eq!(bytes((&raw const byte).cast(), isize::MAX as usize + 1), Err(Code::EINVAL));
            assert_eq!(bytes((&raw const byte).cast(), usize::MAX), Err(Code::EINVAL));
        }
    }

    #[test]
    fn texts_end_at_their_nul_or_at_their_length() {
        let text = c"local\xff";
        // SAFETY: a C string, and lengths within it.
        unsafe {
            assert_eq!(counted(text.as_ptr(), NET_CSTR), Ok(Some(&b"local\xff"[..])));
            assert_eq!(counted(text.as_ptr(), 3), Ok(Some(&b"loc"[..])));
            assert_eq!(utf8(text.as_ptr(), 5), Ok(Some("local")));
            assert_eq!(utf8(text.as_ptr(), NET_CSTR), Err(Code::EINVAL));
            assert_eq!(utf8(c"a".as_ptr(), 2), Err(Code::EINVAL));
        }
    }

    #[test]
    fn an_empty_host_is_absent_and_an_empty_path_is_refused() {
        // SAFETY: C strings.
        unsafe {
            assert_eq!(host(c"".as_ptr(), NET_CSTR), Ok(None));
            assert_eq!(host(c"h".as_ptr(), NET_CSTR), Ok(Some("h")));
            assert_eq!(path(c"".as_ptr(), NET_CSTR), Err(Code::EINVAL));
            assert_eq!(path(c"p".as_ptr(), 0), Err(Code::EINVAL));
            assert_eq!(path(null(), NET_CSTR), Ok(None));
        }
    }

    #[test]
    fn a_path_with_a_length_may_hold_nul() {
        let abstract_name = b"\0na\0me";
        // SAFETY: the length of the array.
        unsafe {
            assert_eq!(path(abstract_name.as_ptr().cast(), 6), Ok(Some(&abstract_name[..])));
        }
    }

    #[test]
    fn numbers_that_mean_nothing_are_refused() {
        assert_eq!((flag(0), flag(1), flag(2), flag(-1)), (Ok(false), Ok(true), Err(Code::EINVAL), Err(Code::EINVAL)));
        assert_eq!((tristate(-1), tristate(1), tristate(-2)), (Ok(None), Ok(Some(true)), Err(Code::EINVAL)));
        assert_eq!((descriptor(-1), descriptor(0), descriptor(-2)), (Ok(None), Ok(Some(0)), Err(Code::EINVAL)));
    }
}
