//! Sockets: writing, ending and reading.
use super::address::NET_CSTR;
use super::border::{Answer, Out, beside, number, on, short_cut};
use super::callbacks::{net_drop_fn, net_release_fn, net_socket_error_fn};
use super::given::{Given, GivenBytes};
use super::net::{WriteData, WriteStatus};
use super::socket::net_socket;
use super::text::{self, buffer, bytes, flag};
use crate::sys::code::{Code, Result};
use crate::sys::stream::Instead;
use core::ffi::{c_char, c_int, c_void};

/// One piece of a gathered write.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_buf {
    /// The bytes; may be NULL if there are none.
    pub data: *const c_void,
    /// How many.
    pub len: usize,
}

impl Answer for WriteStatus {
    #[inline]
    fn number(self) -> c_int {
        self as c_int
    }
}

/// Longer writes take the long way.
const MOST_AT_ONCE: usize = 1 << 20;

/// Pieces that need no memory of their own on the way to the loop.
const FEW: usize = 16;

/// Writes bytes: they are sent at once as far as the system takes them, the rest is copied and sent later. Node:
/// `socket.write(data)`.
///
/// Returns 1: go on; 0: wait for the event `drain` before writing more (nothing is lost if you do not). Both mean
/// that the write is accepted. That holds also for a socket that is ended, destroyed or was never connected: the call
/// returns 0, and the error comes later, as in Node. A negative number means that the call was refused: a bad handle,
/// wrong thread or bad argument; nothing comes later.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_write(socket: *mut net_socket, data: *const c_void, len: usize) -> c_int {
    if !data.is_null() && len.wrapping_sub(1) < MOST_AT_ONCE {
        // SAFETY: what the header asks of the program; not NULL, and no longer than a slice may be.
        let bytes = unsafe { core::slice::from_raw_parts(data.cast(), len) };
        if let Some(writer) = short_cut(socket, |owner, id| owner.socket_writer(id, len)) {
            return match writer.write_whole(bytes) {
                Ok(()) => WriteStatus::GoOn.number(),
                Err(instead) => not_written_whole(socket, bytes, instead),
            };
        }
    }
    // SAFETY: what the header asks of the program.
    unsafe { write_with_care(socket, data, len) }
}

#[cold]
#[inline(never)]
fn not_written_whole(socket: *mut net_socket, bytes: &[u8], instead: Instead) -> c_int {
    number(on(socket, |owner, id| owner.socket_not_written_whole(id, bytes, instead)))
}

/// # Safety
/// As `net_socket_write`.
#[inline(never)]
unsafe fn write_with_care(socket: *mut net_socket, data: *const c_void, len: usize) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: promised by the caller.
        owner.socket_write(id, WriteData::Bytes(unsafe { bytes(data, len) }?), None)
    }))
}

/// As `net_socket_write`, and calls `func` once when the write is complete: with `error` NULL when the system has
/// taken all of it, or with the reason why that will never be. Node: `socket.write(data, callback)`.
///
/// Completions come in the order of the writes, never inside the call. `drop` runs after that, and before this function
/// returns a negative number (`NET_EINVAL` if `func` is NULL); `func` is not called then.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_write_cb(
    socket: *mut net_socket,
    data: *const c_void,
    len: usize,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let data = WriteData::Bytes(unsafe { bytes(data, len) }?);
        owner.socket_write(id, data, Some(given.take()?))
    }))
}

/// Writes `count` pieces as one write: together if the system can, with one completion. `func` may be NULL. See
/// `net_socket_write_cb`. Node: writes between `cork` and `uncork`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_writev(
    socket: *mut net_socket,
    bufs: *const net_buf,
    count: usize,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let bufs = unsafe { gathered(bufs, count) }?;
        let mut few: [&[u8]; FEW] = [&[]; FEW];
        let mut many = Vec::new();
        let pieces: &mut [&[u8]] = if count <= FEW {
            &mut few[..count]
        } else {
            many.resize(count, &[][..]);
            &mut many
        };
        let mut total = 0_usize;
        for (piece, buf) in pieces.iter_mut().zip(bufs) {
            // SAFETY: as above.
            *piece = unsafe { bytes(buf.data, buf.len) }?;
            // More than any memory holds: pieces that overlap, if they are real at all.
            total = total.checked_add(buf.len).filter(|total| isize::try_from(*total).is_ok()).ok_or(Code::EINVAL)?;
        }
        owner.socket_write(id, WriteData::Gathered(pieces), given.take_optional())
    }))
}

/// # Safety
/// `bufs` is readable for `count` of them as long as the answer is used.
unsafe fn gathered<'a>(bufs: *const net_buf, count: usize) -> Result<&'a [net_buf]> {
    text::check_extent(bufs.cast(), count.checked_mul(size_of::<net_buf>()).ok_or(Code::EINVAL)?)?;
    if bufs.is_null() {
        return Ok(&[]);
    }
    if !bufs.is_aligned() {
        return Err(Code::EINVAL);
    }
    // SAFETY: checked above, the rest promised by the caller.
    Ok(unsafe { core::slice::from_raw_parts(bufs, count) })
}

/// Writes bytes without copying them: they stay as they are until `release(data, len, release_user)` gives them back,
/// which it does exactly once, on every path, also before this function returns a negative number, and perhaps inside
/// the call. `func` may be NULL. See `net_socket_write_cb`. Node: `socket.write` of a Buffer.
///
/// `NET_EINVAL` if `release` is NULL.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_write_owned(
    socket: *mut net_socket,
    data: *const c_void,
    len: usize,
    release: net_release_fn,
    release_user: *mut c_void,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    let mut owned = GivenBytes::new(data, len, release, release_user);
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let data = WriteData::Owned(unsafe { owned.take() }?);
        owner.socket_write(id, data, given.take_optional())
    }))
}

/// As `net_socket_write` with a NUL-terminated text; the NUL is not sent.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_write_cstr(socket: *mut net_socket, text: *const c_char) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let text = unsafe { text::counted(text, NET_CSTR) }?.ok_or(Code::EINVAL)?;
        owner.socket_write(id, WriteData::Bytes(text), None)
    }))
}

/// Ends the writing side: what was written is sent, then the peer is told that no more comes. `finish` follows, and
/// `close` when the peer has ended too. Node: `socket.end()`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_end(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_end(id, None, None)))
}

/// Writes `data`, which may be NULL for none, and ends the writing side; calls `func`, which may be NULL, once when
/// that is done: with `error` NULL, or with the reason why it will never be. Node: `socket.end(data, callback)`.
///
/// `func` is not called inside the call. `drop` runs after that, and before this function returns a negative number.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_end_cb(
    socket: *mut net_socket,
    data: *const c_void,
    len: usize,
    func: net_socket_error_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let found = unsafe { bytes(data, len) }?;
        owner.socket_end(id, (!data.is_null()).then_some(found), given.take_optional())
    }))
}

/// Holds writes back until `net_socket_uncork` was called as often as this, then sends them together. Node:
/// `socket.cork`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_cork(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_cork(id)))
}

/// Takes one `net_socket_cork` back. Without one it does nothing. Node: `socket.uncork`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_uncork(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_uncork(id)))
}

/// Stops the event `data` at once. The socket still reads until it holds its high water mark; one that is paused
/// before it is connected does not begin to read. The event `pause` comes on the next tick. Node: `socket.pause`,
/// which emits it inside the call.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_pause(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_pause(id)))
}

/// Lets data flow, again or for the first time; without a listener of `data` it is thrown away. The first listener of
/// `data` does the same unless the socket was paused. Node: `socket.resume`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_resume(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_resume(id)))
}

/// Whether the socket was paused by `net_socket_pause`: 1 or 0. Node: `socket.isPaused`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_is_paused(socket: *mut net_socket) -> c_int {
    number(on(socket, |owner, id| owner.socket_is_paused(id)))
}

/// Takes exactly `n` bytes of what was read, or all that is left if the peer has ended. For a paused socket, or one
/// that never flowed; the event `readable` tells when to try. Node: `socket.read(n)`, which emits `data` inside the
/// call as well; this does not emit it.
///
/// `buffer` has room for `n` bytes. Returns 1 and how many there are in `len`; 0 and 0 in `len` if there are not
/// enough (Node: null).
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_read(
    socket: *mut net_socket,
    buffer: *mut c_void,
    n: usize,
    len: *mut usize,
) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let (out, into) = unsafe { (Out::new(len)?, self::buffer(buffer, n)?) };
        Ok(out.put_or(owner.socket_read(id, into)?, 0))
    }))
}

/// Takes what was read, one piece of it as it came, and at most `capacity` bytes. Otherwise as `net_socket_read`. Node:
/// `socket.read()`.
///
/// Returns 1 and how many there are in `len`; 0 and 0 in `len` if there is nothing.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_socket_read_some(
    socket: *mut net_socket,
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> c_int {
    number(on(socket, |owner, id| {
        // SAFETY: what the header asks of the program.
        let (out, into) = unsafe { (Out::new(len)?, self::buffer(buffer, capacity)?) };
        Ok(out.put_or(owner.socket_read_some(id, into)?, 0))
    }))
}

/// Writes whatever `source` reads to `destination`, another socket of the same loop or `source` itself, no faster than
/// that takes it: when `destination` asks to wait for `drain`, `source` is paused. A source can have several
/// destinations; the slowest of them rules. If `end` is 1 and not 0, `destination` is ended when `source` has ended. An error of
/// one does not destroy the other. Node: `source.pipe(destination, { end })`.
///
/// It ends by `net_socket_unpipe`, and when `destination` finishes, closes or fails. `destination` tells `pipe` on the next
/// tick. As long as nobody else listens for `data` or `readable` of `source`, a large stream may pass without being
/// copied through the program's memory.
///
/// A destination of another loop is refused with `NET_EINVAL`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_pipe(source: *mut net_socket, destination: *mut net_socket, end: c_int) -> c_int {
    number(on(source, |owner, id| owner.socket_pipe(id, beside(owner, destination)?, flag(end)?)))
}

/// Undoes the first `net_socket_pipe` from `source` to `destination`, or all from `source` if that is NULL. If none is left,
/// `source` is paused. Each destination tells `unpipe` on the next tick. Does nothing if there is no such pipe. Node:
/// `source.unpipe(destination)`.
///
/// A destination of another loop is refused with `NET_EINVAL`.
///
/// Thread: loop. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_socket_unpipe(source: *mut net_socket, destination: *mut net_socket) -> c_int {
    number(on(source, |owner, id| {
        let one = if destination.is_null() { None } else { Some(beside(owner, destination)?) };
        owner.socket_unpipe(id, one)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_says_one_for_go_on_and_zero_for_wait() {
        assert_eq!((WriteStatus::GoOn.number(), WriteStatus::WaitForDrain.number()), (1, 0));
    }

    #[test]
    fn pieces_are_checked_before_they_are_read() {
        let bufs = [net_buf { data: c"ab".as_ptr().cast(), len: 2 }, net_buf { data: core::ptr::null(), len: 0 }];
        // SAFETY: as many as are said, or refused by the numbers.
        unsafe {
            assert_eq!(gathered(bufs.as_ptr(), 2).unwrap().len(), 2);
            assert_eq!(gathered(core::ptr::null(), 0).unwrap().len(), 0);
            assert!(gathered(core::ptr::null(), 1).is_err());
            assert!(gathered(bufs.as_ptr(), usize::MAX).is_err());
            assert!(gathered(bufs.as_ptr().byte_add(1), 1).is_err());
        }
    }
}
