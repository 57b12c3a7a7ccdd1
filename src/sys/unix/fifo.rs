//! Pipes that came as descriptors: no sockets, so recv and send refuse them, and a pipe may have one direction only.
use super::socket::{check, last_errno};
use crate::sys::errno::Errno;
use std::io::IoSlice;
use std::mem;

/// What read(2) gives; ENOTCONN, as libuv says, for the end that is written to.
pub fn read(fd: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the buffer is writable for its length.
    done(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
        .map_err(|errno| if errno == Errno::EBADF { Errno::ENOTCONN } else { errno })
}

/// What writev(2) takes; EPIPE, as libuv says, for the end that is read from. Never raises SIGPIPE.
pub fn write(fd: i32, pieces: &[IoSlice<'_>]) -> Result<usize, Errno> {
    let count = pieces.len() as libc::c_int;
    // SAFETY: IoSlice has the layout of iovec.
    without_sigpipe(|| done(unsafe { libc::writev(fd, pieces.as_ptr().cast(), count) }))
        .map_err(|errno| if errno == Errno::EBADF { Errno::EPIPE } else { errno })
}

fn done(n: libc::ssize_t) -> Result<usize, Errno> {
    usize::try_from(n).map_err(|_| last_errno())
}

/// SIGPIPE is raised for the thread that writes: it is blocked meanwhile, and taken away if it came of this write.
fn without_sigpipe(write: impl FnOnce() -> Result<usize, Errno>) -> Result<usize, Errno> {
    // SAFETY: all bytes zero is a valid sigset_t, and all of them are made and live here.
    unsafe {
        let mut pipe: libc::sigset_t = mem::zeroed();
        let mut before: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut pipe);
        libc::sigaddset(&raw mut pipe, libc::SIGPIPE);
        let waited = sigpipe_waits();
        if libc::pthread_sigmask(libc::SIG_BLOCK, &raw const pipe, &raw mut before) != 0 {
            return Err(Errno::EINVAL);
        }
        let written = write();
        if written == Err(Errno::EPIPE) && !waited && sigpipe_waits() {
            let mut signal = 0;
            libc::sigwait(&raw const pipe, &raw mut signal);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut());
        written
    }
}

fn sigpipe_waits() -> bool {
    // SAFETY: all bytes zero is a valid sigset_t, which the call fills in.
    unsafe {
        let mut waiting: libc::sigset_t = mem::zeroed();
        check(libc::sigpending(&raw mut waiting)).is_ok() && libc::sigismember(&raw const waiting, libc::SIGPIPE) == 1
    }
}
