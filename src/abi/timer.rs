//! Timers.
use super::border::{in_loop, number, on, pointer};
use super::callbacks::{net_drop_fn, net_timer_fn};
use super::event_loop::net_loop;
use super::given::Given;
use super::handle::{InLoop, KIND_TIMER, Object, pack, pack_loop};
use crate::core::table::Key;
use crate::net::{Loop, TimerId};
use crate::sys::code::Result;
use core::ffi::{c_int, c_void};

/// A timer of a loop. Opaque, never dereferenced. Node: what `setTimeout` and `setInterval` return.
///
/// @since 0.1
pub struct net_timer {
    _opaque: [u8; 0],
}

impl Object for net_timer {
    const KIND: usize = KIND_TIMER;
    type Id = TimerId;

    #[inline]
    fn id(key: Key) -> TimerId {
        TimerId(key)
    }

    #[inline]
    fn key(id: TimerId) -> Key {
        id.0
    }
}

impl InLoop for net_timer {
    fn alive(owner: &Loop, id: TimerId) -> Result {
        owner.timer_active(id).map(|_| ())
    }
}

/// Makes a timer, which does nothing until it is started. Free it with `net_timer_free`.
///
/// Returns NULL if the loop's handle is bad, the thread is wrong, or there is no memory.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_new(r#loop: *mut net_loop) -> *mut net_timer {
    pointer(in_loop(r#loop, |owner| Ok(pack(owner.id(), owner.timer_new()?))))
}

/// Starts a timer, anew if it was started before. Node: `setTimeout` and `setInterval`.
///
/// `func` is called after `delay_ms` milliseconds, never inside this call, and then, unless `repeat_ms` is 0, every
/// `repeat_ms` milliseconds. A time counts from the loop's cached time, `net_loop_now`. A started timer keeps the
/// loop alive unless `net_timer_unref` was called.
///
/// `drop` runs after the last call: when a timer without repetition has fired, and when the timer is stopped, started
/// anew or freed; and before this function returns an error (`NET_EINVAL` if `func` is NULL).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_timer_start(
    timer: *mut net_timer,
    delay_ms: u64,
    repeat_ms: u64,
    func: net_timer_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(timer, |owner, id| owner.timer_start(id, delay_ms, repeat_ms, given.take()?)))
}

/// Stops a timer; one that does not run is left as it is. Node: `clearTimeout`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_stop(timer: *mut net_timer) -> c_int {
    number(on(timer, |owner, id| owner.timer_stop(id)))
}

/// Whether the timer is started and will still fire: 1 or 0.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_active(timer: *mut net_timer) -> c_int {
    number(on(timer, |owner, id| owner.timer_active(id)))
}

/// Lets the timer keep the loop alive while it is started, as it does from the beginning. Node: `timeout.ref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_ref(timer: *mut net_timer) -> c_int {
    number(on(timer, |owner, id| owner.timer_ref(id)))
}

/// No longer lets the timer keep the loop alive. Node: `timeout.unref`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_unref(timer: *mut net_timer) -> c_int {
    number(on(timer, |owner, id| owner.timer_unref(id)))
}

/// Stops the timer and frees it. The handle is dead at once, inside its own callback too.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_free(timer: *mut net_timer) -> c_int {
    number(on(timer, |owner, id| owner.timer_free(id)))
}

/// The loop of a timer; NULL on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_timer_loop(timer: *mut net_timer) -> *mut net_loop {
    pointer(on(timer, |owner, id| {
        net_timer::alive(owner, id)?;
        Ok(pack_loop(owner.id()))
    }))
}
