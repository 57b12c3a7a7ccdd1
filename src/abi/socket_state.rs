//! Sockets: what can be asked of them.
use super::address::net_address;
use super::border::{Out, number, on};
use super::error::net_error;
use super::error_kept;
use super::net::{Flowing, ReadyState};
use super::server::put_address;
use super::sized::Place;
use super::socket::net_socket;
use super::text::flag;
use crate::net::Loop;
use crate::net::SocketId;
use crate::net::address::Address;
use crate::sys::code::{Code, Result};
use core::ffi::{c_char, c_int};

/// `net_socket_ready_state`: connecting. Node: "opening". @since 0.1
pub const NET_READY_OPENING: c_int = 1;
/// `net_socket_ready_state`: readable and writable. Node: "open". @since 0.1
pub const NET_READY_OPEN: c_int = 2;
/// `net_socket_ready_state`: readable only. Node: "readOnly". @since 0.1
pub const NET_READY_READ_ONLY: c_int = 3;
/// `net_socket_ready_state`: writable only. Node: "writeOnly". @since 0.1
pub const NET_READY_WRITE_ONLY: c_int = 4;
/// `net_socket_ready_state`: neither. Node: "closed". @since 0.1
pub const NET_READY_CLOSED: c_int = 5;

/// Hands out one plain value of a socket.
///
/// # Safety
/// `out` is NULL or writable.
unsafe fn told<T: Copy>(socket: *mut net_socket, out: *mut T, ask: impl FnOnce(&Loop, SocketId) -> Result<T>) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: promised by the caller.
        let out = unsafe { Out::new(out) }?;
        out.put(ask(owner, id)?);
        Ok(())
    }))
}

/// Hands out one address of a socket.
///
/// # Safety
/// `out` is NULL or writable for the size it says.
unsafe fn told_address(
    socket: *mut net_socket,
    out: *mut net_address,
    ask: impl FnOnce(&Loop, SocketId) -> Result<Address>,
) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: promised by the caller.
        let out = unsafe { Place::new(out) }?;
        put_address(out, &ask(owner, id)?)
    }))
}

/// The local address: the same as `net_socket_local_address`. Node: `socket.address()`, which gives {} when absent.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_address(socket: *mut net_socket, out: *mut net_address) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told_address(socket, out, |owner, id| owner.socket_local_address(id)) }
}

/// The local address. Node: `socket.localAddress`, `localPort`, `localFamily`.
///
/// Returns 1 and fills `out`, or 0 if it is absent (Node: undefined): not connected, or a local socket; then the
/// family is 0. One that adopted a bound socket is where that was bound, before it connects too.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_local_address(socket: *mut net_socket, out: *mut net_address) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told_address(socket, out, |owner, id| owner.socket_local_address(id)) }
}

/// The peer's address. Node: `socket.remoteAddress`, `remotePort`, `remoteFamily`.
///
/// Returns 1 and fills `out`, or 0 if it is absent (Node: undefined): not connected, or a local socket; then the
/// family is 0. An address that was asked for once is still known after `close`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_remote_address(socket: *mut net_socket, out: *mut net_address) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told_address(socket, out, |owner, id| owner.socket_remote_address(id)) }
}

/// How many bytes were read, in `out`. Begins anew with each connect. Node: `socket.bytesRead`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_bytes_read(socket: *mut net_socket, out: *mut u64) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_bytes_read(id)) }
}

/// How many bytes were accepted for writing, those that still wait included, in `out`. Begins anew with each connect.
/// Node: `socket.bytesWritten`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_bytes_written(socket: *mut net_socket, out: *mut u64) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_bytes_written(id)) }
}

/// How many bytes wait to be written, in `out`. Node: `socket.bufferSize`.
///
/// Returns 1, or 0 and 0 in `out` if the socket has no connection (Node: undefined).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_buffer_size(socket: *mut net_socket, out: *mut usize) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        Ok(out.put_or(owner.socket_buffer_size(id)?, 0))
    }))
}

/// How many bytes wait to be written, in `out`; a write that the system took in part counts whole. Node:
/// `socket.writableLength`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_writable_length(socket: *mut net_socket, out: *mut usize) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_writable_length(id)) }
}

/// How many bytes were read and wait for the program, in `out`. Node: `socket.readableLength`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_readable_length(socket: *mut net_socket, out: *mut usize) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_readable_length(id)) }
}

/// The number of waiting bytes at which `net_socket_write` returns 0, in `out`. Node: `socket.writableHighWaterMark`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_writable_high_water_mark(socket: *mut net_socket, out: *mut usize) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_writable_high_water_mark(id)) }
}

/// The number of unread bytes at which the socket stops reading, in `out`. Node: `socket.readableHighWaterMark`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_readable_high_water_mark(socket: *mut net_socket, out: *mut usize) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_readable_high_water_mark(id)) }
}

/// Whether a write returned 0 and `drain` has not come yet: 1 or 0. Node: `socket.writableNeedDrain`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_writable_need_drain(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_writable_need_drain(id)))
}

/// How many `net_socket_cork` wait for their `net_socket_uncork`, in `out`. Node: `socket.writableCorked`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_writable_corked(socket: *mut net_socket, out: *mut usize) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_writable_corked(id)) }
}

/// Whether the socket is connecting, its lookup included: 1 or 0. Already 0 in `connect` and in the `error` of a failed
/// connect. Node: `socket.connecting`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_connecting(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_connecting(id)))
}

/// Whether the socket is not connected yet, or no longer: 1 or 0. Node: `socket.pending`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_pending(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_pending(id)))
}

/// Whether the socket is destroyed, by the program or by itself: 1 or 0. Node: `socket.destroyed`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_destroyed(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_destroyed(id)))
}

/// Whether `close` was emitted: 1 or 0. Node: `socket.closed`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_closed(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_closed(id)))
}

/// Whether data can still come from the socket: 1 or 0. Node: `socket.readable`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_readable(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_readable(id)))
}

/// Whether the socket can still be written to: 1 or 0. Node: `socket.writable`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_writable(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_writable(id)))
}

/// Whether `end` was emitted: 1 or 0. Node: `socket.readableEnded`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_readable_ended(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_readable_ended(id)))
}

/// Whether the writing side was ended, sent or not: 1 or 0. Node: `socket.writableEnded`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_writable_ended(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_writable_ended(id)))
}

/// Whether all was sent after the end of the writing side, just before `finish`: 1 or 0. Node:
/// `socket.writableFinished`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_writable_finished(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_writable_finished(id)))
}

/// Whether data flows to the event `data`, in `out`: 1; 0: it was stopped; -1: nobody has said yet (Node: null). Node:
/// `socket.readableFlowing`.
///
/// Returns 0.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_readable_flowing(socket: *mut net_socket, out: *mut c_int) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe { told(socket, out, |owner, id| owner.socket_readable_flowing(id).map(flowing)) }
}

fn flowing(state: Flowing) -> c_int {
    match state {
        Flowing::Null => -1,
        Flowing::Paused => 0,
        Flowing::Flowing => 1,
    }
}

/// The state of the connection: a `NET_READY_` value. Node: `socket.readyState`, a text: see `net_ready_state_name`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_ready_state(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_ready_state(id).map(ready)))
}

fn ready(state: ReadyState) -> c_int {
    match state {
        ReadyState::Opening => NET_READY_OPENING,
        ReadyState::Open => NET_READY_OPEN,
        ReadyState::ReadOnly => NET_READY_READ_ONLY,
        ReadyState::WriteOnly => NET_READY_WRITE_ONLY,
        ReadyState::Closed => NET_READY_CLOSED,
    }
}

/// Node's name of a `NET_READY_` value: "opening", "open", "readOnly", "writeOnly" or "closed"; "unknown" for others.
///
/// Returns a static text. Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_ready_state_name(state: c_int) -> *const c_char {
    match state {
        NET_READY_OPENING => c"opening",
        NET_READY_OPEN => c"open",
        NET_READY_READ_ONLY => c"readOnly",
        NET_READY_WRITE_ONLY => c"writeOnly",
        NET_READY_CLOSED => c"closed",
        _ => c"unknown",
    }
    .as_ptr()
}

/// The error that made the socket close. Node: `socket.errored`.
///
/// Returns 1 and the error in `out`, or 0 and NULL if there was none. It is valid until this function is called again
/// on the same loop, or the loop is freed; the caller does not free it.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_errored(socket: *mut net_socket, out: *mut *const net_error) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        let kept = owner.socket_with_errored(id, |error| error_kept::keep_of_socket(owner.id(), error))?;
        out.put(kept);
        Ok(!kept.is_null())
    }))
}

/// Whether the socket stays open when its peer ends: 1 or 0. Node: `socket.allowHalfOpen`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_allow_half_open(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_allow_half_open(id)))
}

/// Sets whether the socket stays open when its peer ends: 0 or 1. Node: setting `socket.allowHalfOpen`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_set_allow_half_open(socket: *mut net_socket, enable: c_int) -> c_int {
    number(on(socket, |owner, id| owner.socket_set_allow_half_open(id, flag(enable)?)))
}

/// How many addresses the last connect has tried, in `count`. Node: `socket.autoSelectFamilyAttemptedAddresses.length`.
///
/// Returns 1, or 0 and 0 in `count` if it did not choose between several (Node: undefined).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_attempted_addresses(socket: *mut net_socket, count: *mut usize) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(count) }?;
        Ok(out.put_or(owner.socket_attempted_addresses(id)?.map(|all| all.len()), 0))
    }))
}

/// One of the addresses that the last connect has tried, counted from 0. Node:
/// `socket.autoSelectFamilyAttemptedAddresses[i]`.
///
/// Returns 1 and fills `out`, 0 if it did not choose between several, or `NET_ERR_OUT_OF_RANGE` if there are not so
/// many.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_attempted_address(
    socket: *mut net_socket,
    index: usize,
    out: *mut net_address,
) -> c_int {
    // SAFETY: what the header asks of the program.
    unsafe {
        told_address(socket, out, |owner, id| match owner.socket_attempted_addresses(id)? {
            None => Ok(Address::Absent),
            Some(all) => all.into_iter().nth(index).ok_or(Code::ERR_OUT_OF_RANGE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    #[test]
    fn states_have_their_numbers_and_names() {
        let all = [
            (ReadyState::Opening, "opening"),
            (ReadyState::Open, "open"),
            (ReadyState::ReadOnly, "readOnly"),
            (ReadyState::WriteOnly, "writeOnly"),
            (ReadyState::Closed, "closed"),
        ];
        for (i, (state, name)) in all.into_iter().enumerate() {
            assert_eq!(ready(state), i as c_int + 1);
            // SAFETY: a static C string.
            assert_eq!(unsafe { CStr::from_ptr(net_ready_state_name(ready(state))) }.to_str(), Ok(name));
        }
        // SAFETY: a static C string.
        assert_eq!(unsafe { CStr::from_ptr(net_ready_state_name(0)) }, c"unknown");
    }

    #[test]
    fn flowing_has_three_values() {
        assert_eq!([Flowing::Null, Flowing::Paused, Flowing::Flowing].map(flowing), [-1, 0, 1]);
    }
}
