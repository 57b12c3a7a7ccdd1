//! Pipes that came as descriptors: no sockets, so recv and send refuse them, and a pipe may have one direction only.
use super::sigpipe::WithoutSigpipe;
use super::socket::last_errno;
use crate::sys::errno::Errno;
use std::io::IoSlice;

/// What read(2) gives; ENOTCONN, as libuv says, for the end that is written to.
pub fn read(fd: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the buffer is writable for its length.
    done(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
        .map_err(|errno| if errno == Errno::EBADF { Errno::ENOTCONN } else { errno })
}

/// What writev(2) takes; EPIPE, as libuv says, for the end that is read from. Never raises SIGPIPE.
pub fn write(fd: i32, pieces: &[IoSlice<'_>]) -> Result<usize, Errno> {
    let (quiet, count) = (WithoutSigpipe::begin(), pieces.len() as libc::c_int);
    // SAFETY: IoSlice has the layout of iovec.
    match done(unsafe { libc::writev(fd, pieces.as_ptr().cast(), count) }) {
        Err(Errno::EPIPE) => {
            quiet.take_signal();
            Err(Errno::EPIPE)
        }
        Err(Errno::EBADF) => Err(Errno::EPIPE),
        written => written,
    }
}

fn done(n: libc::ssize_t) -> Result<usize, Errno> {
    usize::try_from(n).map_err(|_| last_errno())
}
