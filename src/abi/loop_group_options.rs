//! Options of groups of loops.
use super::callbacks::{Erase, net_drop_fn, net_loop_error_fn, net_loop_group_fn};
use super::given::Given;
use super::sized::{self, Versioned};
use crate::net::api::{GroupOptions, Told};
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::registry::SLOTS;
use core::ffi::c_void;
use core::ptr::null_mut;

/// Options of `net_loop_group_new`. Begin with `NET_LOOP_GROUP_OPTIONS_INIT`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_loop_group_options {
    /// `sizeof(net_loop_group_options)`.
    pub size: usize,
    /// How many loops, each in a thread of its own; 0: as many as the machine can run at a time. Default 0.
    pub loops: usize,
    /// Called in each thread before its loop runs: the place for what every thread needs of its own. Default NULL.
    pub on_start: net_loop_group_fn,
    /// Called in each thread when its loop has run for the last time, and is freed thereafter. Not for a loop that the
    /// program has freed. Default NULL.
    pub on_stop: net_loop_group_fn,
    /// Called with an `error` event that had no listener, and the loop runs on. NULL: such an error ends the whole group, as
    /// an uncaught exception ends a process of Node's, and `net_loop_group_wait` returns its number. Default NULL.
    pub on_error: net_loop_error_fn,
    /// `user` of all three. Default NULL.
    pub user: *mut c_void,
    /// Runs with `user` when the group has been freed, after all threads have ended, in the thread that freed it; also if
    /// the call is refused, unless `size` is wrong. Default NULL.
    pub drop: net_drop_fn,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_loop_group_options {
    const FIRST: usize = size_of::<net_loop_group_options>();
    const INIT: net_loop_group_options = net_loop_group_options {
        size: size_of::<net_loop_group_options>(),
        loops: 0,
        on_start: None,
        on_stop: None,
        on_error: None,
        user: null_mut(),
        drop: None,
    };
}

/// The user pointer with its drop, before anything can refuse the call.
///
/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn lent(options: *const net_loop_group_options) -> Given {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }.unwrap_or(net_loop_group_options::INIT);
    Given::data(given.user, given.drop)
}

/// All but the drop, which [`lent`] takes.
///
/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn take(options: *const net_loop_group_options) -> Result<GroupOptions> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    if given.loops > SLOTS {
        return Err(Code::EINVAL);
    }
    Ok(GroupOptions {
        loops: given.loops,
        told: Told {
            on_start: callback(given.on_start, given.user),
            on_stop: callback(given.on_stop, given.user),
            on_error: callback(given.on_error, given.user),
        },
    })
}

fn callback(func: impl Erase, user: *mut c_void) -> Option<Callback> {
    func.erase().map(|func| Callback::new(Some(func), user, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_init_are_one_loop_for_each_core_and_nobody_told() {
        let init = net_loop_group_options::INIT;
        // SAFETY: NULL, and a whole struct.
        for taken in unsafe { [take(core::ptr::null()), take(&raw const init)] } {
            let taken = taken.unwrap();
            assert_eq!(taken.loops, 0);
            let told = taken.told;
            assert!(told.on_start.is_none() && told.on_stop.is_none() && told.on_error.is_none());
        }
    }

    #[test]
    fn more_loops_than_a_process_may_have_are_refused() {
        let many = net_loop_group_options { loops: SLOTS + 1, ..net_loop_group_options::INIT };
        // SAFETY: a whole struct.
        assert_eq!(unsafe { take(&raw const many) }.unwrap_err(), Code::EINVAL);
    }
}
