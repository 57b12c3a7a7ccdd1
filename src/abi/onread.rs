//! The option `onread` of a socket.
use super::callbacks::{Erase, net_drop_fn, net_onread_buffer_fn, net_onread_fn};
use super::given::Given;
use super::sized::{self, Versioned};
use crate::net::options::{OnReadOptions, OwnBuffer};
use crate::sys::callback::{Callback, ForeignRoom};
use crate::sys::code::{Code, Result};
use core::ffi::c_void;
use core::ptr::null_mut;

/// Reading into a buffer of the program's, without a copy: for `net_socket_options.onread`. Begin with `NET_ONREAD_INIT`.
///
/// Such a socket has no event `data`, and `net_socket_read` gives nothing; `end` and all other events come as ever.
/// `net_socket_pause` stops reading at once, `net_socket_resume` or `net_socket_read` begin again. What was read counts in
/// `net_socket_bytes_read` and as activity for the timeout. Piped into another socket it hands on nothing but its end.
///
/// Node: the option `onread`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_onread {
    /// `sizeof(net_onread)`.
    pub size: usize,
    /// Node: `buffer`. What every read fills from its beginning. It belongs to the library inside `net_loop_run` and
    /// `net_loop_poll`, but for the time in which `callback` runs, until the socket has closed; sockets of one loop may share
    /// it. NULL if `buffer_fn` is given. Default NULL.
    pub buffer: *mut c_void,
    /// Bytes in `buffer`. With 0, as soon as there is something to read, the socket's error is `NET_ENOBUFS`. Default 0.
    pub len: usize,
    /// Node: `buffer`. Gives a buffer for each read instead. Default NULL.
    pub buffer_fn: net_onread_buffer_fn,
    /// Node: `callback`. Told of what was read. Not optional. Default NULL.
    pub callback: net_onread_fn,
    /// `user` of `callback` and `buffer_fn`. Default NULL.
    pub user: *mut c_void,
    /// Runs with `user` at the end of the socket, after all its callbacks; also if the call is refused, unless a `size` is
    /// wrong. Default NULL.
    pub drop: net_drop_fn,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_onread {
    const FIRST: usize = size_of::<net_onread>();
    const INIT: net_onread = net_onread {
        size: size_of::<net_onread>(),
        buffer: null_mut(),
        len: 0,
        buffer_fn: None,
        callback: None,
        user: null_mut(),
        drop: None,
    };
}

/// What a call was given, until a socket has it.
pub(super) struct GivenOnRead {
    user: Given,
    options: Result<Option<OnReadOptions>>,
}

impl GivenOnRead {
    /// # Safety
    /// `onread` is NULL or readable for the size it says, and its buffer is what the header asks for.
    pub unsafe fn new(onread: *const net_onread) -> GivenOnRead {
        // SAFETY: passed on; NULL is none.
        let given = unsafe { sized::read(onread) };
        let all = given.unwrap_or(net_onread::INIT);
        let user = Given::new(all.callback, all.user, all.drop);
        let options = match given {
            Ok(_) if onread.is_null() => Ok(None),
            // SAFETY: passed on.
            Ok(_) => unsafe { checked(&all, user.callback()) }.map(Some),
            Err(code) => Err(code),
        };
        GivenOnRead { user, options }
    }

    /// For a call that may yet be refused.
    pub fn seen(&self) -> Result<Option<OnReadOptions>> {
        self.options
    }

    /// A socket has it.
    pub fn take(&mut self) {
        self.user.take_anyway();
    }
}

/// # Safety
/// As `GivenOnRead::new`.
unsafe fn checked(given: &net_onread, callback: Callback) -> Result<OnReadOptions> {
    let asked = given.buffer_fn.erase();
    if callback.func().is_none() || asked.is_some() != given.buffer.is_null() {
        return Err(Code::EINVAL);
    }
    let buffer = match asked {
        Some(func) => OwnBuffer::AskedFor(Callback::new(Some(func), given.user, None)),
        None => {
            super::text::check_extent(given.buffer, given.len)?;
            // SAFETY: passed on.
            OwnBuffer::Same(unsafe { ForeignRoom::new(given.buffer, given.len) })
        }
    };
    Ok(OnReadOptions { buffer, callback })
}

#[cfg(test)]
mod tests {
    use super::super::socket::net_socket;
    use super::*;
    use core::cell::Cell;
    use core::ffi::c_int;

    unsafe extern "C" fn told(_: *mut net_socket, _: usize, _: *mut c_void, _: *mut c_void) -> c_int {
        1
    }

    unsafe extern "C" fn gives(_: *mut net_socket, _: *mut usize, _: *mut c_void) -> *mut c_void {
        null_mut()
    }

    unsafe extern "C" fn count(user: *mut c_void) {
        // SAFETY: the address of this test's Cell.
        let counter = unsafe { &*user.cast::<Cell<u32>>() };
        counter.set(counter.get() + 1);
    }

    fn seen(onread: &net_onread) -> Result<Option<OnReadOptions>> {
        // SAFETY: a whole struct, whose buffer nobody reads into.
        unsafe { GivenOnRead::new(onread) }.seen()
    }

    #[test]
    fn one_buffer_or_a_function_and_something_to_call() {
        let mut room = [0_u8; 4];
        let buffer = room.as_mut_ptr().cast();
        let good = net_onread { callback: Some(told), buffer, len: 4, ..net_onread::INIT };
        assert!(
            matches!(seen(&good), Ok(Some(OnReadOptions { buffer: OwnBuffer::Same(room), .. })) if room.len() == 4)
        );
        let asks = net_onread { callback: Some(told), buffer_fn: Some(gives), ..net_onread::INIT };
        assert!(matches!(seen(&asks), Ok(Some(OnReadOptions { buffer: OwnBuffer::AskedFor(_), .. }))));
        let bad = [
            net_onread { callback: None, ..good },
            net_onread { buffer: null_mut(), len: 0, ..good },
            net_onread { buffer_fn: Some(gives), ..good },
            net_onread { len: usize::MAX, ..good },
            net_onread { size: 1, ..good },
        ];
        for onread in bad {
            assert_eq!(seen(&onread).unwrap_err(), Code::EINVAL, "{onread:?}");
        }
    }

    #[test]
    fn what_no_socket_has_is_dropped_once() {
        let counter = Cell::new(0);
        let user = core::ptr::from_ref(&counter).cast_mut().cast();
        let onread = net_onread { user, drop: Some(count), ..net_onread::INIT };
        assert!(seen(&onread).is_err());
        assert_eq!(counter.get(), 1);
        // SAFETY: as above.
        let mut given = unsafe { GivenOnRead::new(&raw const onread) };
        given.take();
        drop(given);
        assert_eq!(counter.get(), 1);
        // SAFETY: NULL is allowed.
        assert!(matches!(unsafe { GivenOnRead::new(core::ptr::null()) }.seen(), Ok(None)));
    }
}
