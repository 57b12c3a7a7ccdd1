//! Loops.
use super::border::{anywhere, call, in_loop, number, pointer};
use super::callbacks::{net_drop_fn, net_loop_fn};
use super::connect_options::attempt_timeout;
use super::dispatch::DISPATCH;
use super::error::net_error;
use super::error_kept;
use super::given::Given;
use super::handle::pack_loop;
use super::net;
use super::sized::{Place, Versioned};
use super::text::flag;
use crate::sys::code::Code;
use core::ffi::{c_int, c_void};

/// A loop: what waits for events and calls the program's functions. Opaque, never dereferenced.
///
/// It belongs to the thread that made it, until `net_loop_detach`.
///
/// @since 0.1
pub struct net_loop {
    _opaque: [u8; 0],
}

/// Figures of a loop, since it was made. Begin with `NET_LOOP_METRICS_INIT`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_loop_metrics {
    /// `sizeof(net_loop_metrics)`.
    pub size: usize,
    /// Turns begun.
    pub turns: u64,
    /// Events of sockets and servers, heard or not, and calls of timers and of `onread`.
    pub events: u64,
    /// Servers, sockets and timers alive now.
    pub handles: u64,
    /// Bytes read from sockets.
    pub bytes_read: u64,
    /// Bytes that the system took from writes.
    pub bytes_written: u64,
}

// SAFETY: integers only, size first.
unsafe impl Versioned for net_loop_metrics {
    const FIRST: usize = size_of::<net_loop_metrics>();
    const INIT: net_loop_metrics = net_loop_metrics {
        size: size_of::<net_loop_metrics>(),
        turns: 0,
        events: 0,
        handles: 0,
        bytes_read: 0,
        bytes_written: 0,
    };
}

/// Makes a loop, which belongs to the calling thread. Node: every thread has one.
///
/// Returns NULL without memory or descriptors, or if there are too many loops (4096). Free it with `net_loop_free`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_new() -> *mut net_loop {
    pointer(call(|| net::loop_new(DISPATCH).map(pack_loop)))
}

/// The calling thread's own loop: made at the first call, the same one after that. Node: the loop of the thread.
///
/// It is freed by `net_loop_free` as any other, after which the next call makes a new one. Returns NULL as
/// `net_loop_new` does.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_default() -> *mut net_loop {
    pointer(call(|| net::loop_default(DISPATCH).map(pack_loop)))
}

/// Frees a loop with all that is in it.
///
/// No event is emitted. Pending completions are called with `NET_ECANCELED` and owned bytes are released, then every
/// drop function runs; calls on the loop from these give `NET_EBADF`. Lookups are not waited for. Inside a callback
/// of the same loop the call returns 0 at once, the loop is freed when the callback has returned, and `net_loop_run`
/// returns `NET_ECANCELED`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_free(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, |id| {
        net::loop_free(id)?;
        error_kept::forget(id);
        Ok(())
    }))
}

/// Runs the loop until nothing is left to wait for. Node: what it does until it exits.
///
/// That is: no referenced server that listens, no referenced socket that is open, no referenced timer that is due, no
/// posted function, nothing deferred. It can be run again afterwards.
///
/// Returns 0 then, and after `net_loop_stop`; the number of an `error` event that had no listener (Node: an uncaught
/// exception): the socket is still closed, the other events are kept for the next run, `net_loop_error` tells more;
/// `NET_ECANCELED` if the loop was freed by a callback; `NET_EBUSY` inside a callback of the same loop.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_run(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, |id| {
        error_kept::forget_of_loop(id);
        net::with_loop(id, |owner| owner.run())
    }))
}

/// Runs one turn of the loop: for games, GUIs and other loops.
///
/// `timeout_ms`: how long to wait for the first event at most; 0 does not wait, a negative one waits as long as
/// needed: until something comes, is posted, or stops the loop.
///
/// Returns 0, or what `net_loop_run` returns for errors.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_poll(r#loop: *mut net_loop, timeout_ms: i64) -> c_int {
    number(anywhere(r#loop, |id| {
        error_kept::forget_of_loop(id);
        net::with_loop(id, |owner| owner.poll(u64::try_from(timeout_ms).ok()))
    }))
}

/// Makes `net_loop_run` or `net_loop_poll` return as soon as the callback that runs now has returned. If none of them
/// runs, the next `net_loop_run` returns at once, and the next `net_loop_poll` does not wait.
///
/// Takes no lock and no memory and leaves errno alone, so it may be called from a signal handler.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_stop(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, net::loop_stop))
}

/// Has the loop call `func` in its own thread, in one of its next turns. Functions posted by one thread are called in
/// the order of posting. A function that was not called yet keeps the loop alive.
///
/// `drop` runs after the call, at the end of the loop if it is never called, and before this function returns an error
/// (`NET_EINVAL` if `func` is NULL).
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_post(
    r#loop: *mut net_loop,
    func: net_loop_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(anywhere(r#loop, |id| net::loop_post(id, given.take()?)))
}

/// A descriptor for another loop (epoll, poll, kqueue, GLib, asyncio...) to watch for reading, level-triggered: when
/// it is readable, call `net_loop_poll(loop, 0)`. Ask `net_loop_timeout` after every turn and after every wake hook.
///
/// Returns the descriptor, which stays the loop's and must not be read or closed; `NET_ENOTSUP` where there is none
/// (Windows).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_fd(r#loop: *mut net_loop) -> c_int {
    number(in_loop(r#loop, |owner| owner.fd()))
}

/// In how many milliseconds the next turn is due, if the descriptor does not become readable before: 0 is now, -1 is
/// never.
///
/// Errors are below -1: a NULL loop gives `NET_EBADF` here.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_timeout(r#loop: *mut net_loop) -> i64 {
    let due = in_loop(r#loop, |owner| owner.timeout());
    match due {
        Ok(None) => -1,
        Ok(Some(ms)) => i64::try_from(ms).unwrap_or(i64::MAX),
        Err(Code::EINVAL) => i64::from(Code::EBADF.number()),
        Err(code) => i64::from(code.number()),
    }
}

/// Runs what calls outside of a turn have deferred: events and completions that are due at once. For embedders who
/// cannot wait for the next turn, which begins with the same.
///
/// Returns as `net_loop_poll`; `NET_EBUSY` inside a callback of the same loop.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_run_deferred(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, |id| {
        error_kept::forget_of_loop(id);
        net::with_loop(id, |owner| owner.run_deferred())
    }))
}

/// Whether there is something left to wait for, as in `net_loop_run`: 1 or 0.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_alive(r#loop: *mut net_loop) -> c_int {
    number(in_loop(r#loop, |owner| owner.alive()))
}

/// Sets the wake hook: it is called once each time that work is queued outside of a turn where none was queued
/// before, so that an outer loop knows that `net_loop_timeout` became 0; and when a timer set outside of a turn made
/// it shorter.
///
/// It runs inside the call that queued the work, and may not call the library. `func` NULL takes the hook away. The
/// drop of the hook before runs.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_set_wake_hook(
    r#loop: *mut net_loop,
    func: net_loop_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(in_loop(r#loop, |owner| owner.set_wake_hook(given.take().ok())))
}

/// Sets whether writes are gathered: 1, as it begins, or 0.
///
/// If they are, the first write of a callback to a socket goes to the system at once, and those that follow in the same
/// callback go together when it returns, or earlier if something asks for what became of them. That spares calls of
/// the system, and changes nothing that a program sees: return values, lengths, completions and events are the same.
/// But a callback that blocks, or runs another loop, delays what it has written; and a write that the system refuses
/// returns 0 only if it was not gathered. The error follows in both cases.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_set_gather_writes(r#loop: *mut net_loop, enable: c_int) -> c_int {
    number(in_loop(r#loop, |owner| owner.set_gathers(flag(enable)?)))
}

/// Whether writes are gathered: 1 or 0. See `net_loop_set_gather_writes`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_gather_writes(r#loop: *mut net_loop) -> c_int {
    number(in_loop(r#loop, |owner| Ok(owner.gathers())))
}

/// The error for which `net_loop_run`, `net_loop_poll` or `net_loop_run_deferred` returned: an `error` event that no
/// listener heard. Node: the argument of `uncaughtException`.
///
/// Returns NULL if there was none. The error is valid until the loop is run, polled or freed; the caller does not
/// free it.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_error(r#loop: *mut net_loop) -> *const net_error {
    let kept = anywhere(r#loop, |id| {
        net::with_loop(id, |owner| Ok(owner.with_error(|error| error_kept::keep_of_loop(id, error))))
    });
    kept.unwrap_or(core::ptr::null())
}

/// Gives the loop up, so that another thread can take it with `net_loop_attach`. Until then every call but
/// `net_loop_stop`, `net_loop_post` and `net_loop_attach` gives `NET_EWRONGTHREAD`.
///
/// Refused with `NET_EBUSY` inside a callback of the loop.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_detach(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, |id| {
        net::with_loop(id, |owner| owner.detach())?;
        error_kept::forget(id);
        Ok(())
    }))
}

/// Takes over a loop that its thread has given up, or whose thread has ended. `NET_EWRONGTHREAD` if it still belongs
/// to another thread.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_attach(r#loop: *mut net_loop) -> c_int {
    number(anywhere(r#loop, net::loop_attach))
}

/// The time of the loop in milliseconds, from a point that does not change; taken once per turn. 0 on error.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_now(r#loop: *mut net_loop) -> u64 {
    in_loop(r#loop, |owner| Ok(owner.now())).unwrap_or(0)
}

/// Fills in the figures of a loop.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_get_metrics(r#loop: *mut net_loop, out: *mut net_loop_metrics) -> c_int {
    number(in_loop(r#loop, |owner| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Place::new(out) }?;
        let metrics = owner.metrics();
        out.fill(&net_loop_metrics {
            turns: metrics.turns,
            events: metrics.events,
            handles: metrics.handles,
            bytes_read: metrics.bytes_read,
            bytes_written: metrics.bytes_written,
            ..net_loop_metrics::INIT
        });
        Ok(())
    }))
}

/// Whether connects try all addresses of a name, families in turn, unless their options say otherwise: 1 (as it
/// begins) or 0. For the whole process. Node: `net.getDefaultAutoSelectFamily`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_get_default_auto_select_family() -> c_int {
    number(call(|| Ok(net::default_auto_select_family())))
}

/// Sets what `net_get_default_auto_select_family` tells: 0 or 1. Node: `net.setDefaultAutoSelectFamily`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_set_default_auto_select_family(enable: c_int) -> c_int {
    number(call(|| {
        net::set_default_auto_select_family(flag(enable)?);
        Ok(())
    }))
}

/// How many milliseconds a connect gives an address before it tries the next one, unless its options say otherwise.
/// For the whole process. Node: `net.getDefaultAutoSelectFamilyAttemptTimeout`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_get_default_auto_select_family_attempt_timeout() -> u64 {
    call(|| Ok(net::default_auto_select_family_attempt_timeout())).unwrap_or(0)
}

/// Sets what `net_get_default_auto_select_family_attempt_timeout` tells. Below 10 counts as 10; 0 and more than
/// 2147483647 give `NET_ERR_OUT_OF_RANGE`. Node: `net.setDefaultAutoSelectFamilyAttemptTimeout`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_set_default_auto_select_family_attempt_timeout(ms: u64) -> c_int {
    number(call(|| {
        net::set_default_auto_select_family_attempt_timeout(attempt_timeout(ms)?);
        Ok(())
    }))
}
