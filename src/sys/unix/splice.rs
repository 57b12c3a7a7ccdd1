//! Bytes that go from one socket to another without leaving the kernel: splice(2) by way of a kernel pipe.
//!
//! Pipes that are empty are kept for the next, a few in each pool; how many there are in all is limited, since each takes
//! two descriptors.
use super::sigpipe::WithoutSigpipe;
use super::socket::{Socket, check, last_errno};
use super::stream::Stream;
use crate::sys::errno::Errno;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Room for so many bytes is asked of the system.
const ROOM: usize = 1 << 20;
/// With less a pipe is not worth its while.
const LEAST_ROOM: usize = 64 * 1024;
/// Kept by a pool while nobody needs them.
const MOST_IDLE: usize = 8;
/// In the whole process.
const MOST: usize = 64;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// An open pipe. Dropping closes it.
#[derive(Debug)]
struct Ends {
    read: Socket,
    write: Socket,
    room: usize,
}

impl Drop for Ends {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Ends {
    fn open() -> Option<Ends> {
        if COUNT.fetch_add(1, Ordering::Relaxed) >= MOST {
            COUNT.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        // Counted from here on, so that whatever goes wrong below is counted back.
        let mut ends = Ends { read: Socket::NONE, write: Socket::NONE, room: 0 };
        let mut fds = [-1; 2];
        // SAFETY: room for two descriptors.
        check(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) }).ok()?;
        (ends.read, ends.write) = (Socket::from_fd(fds[0]), Socket::from_fd(fds[1]));
        ends.room = ends.enlarge();
        (ends.room >= LEAST_ROOM).then_some(ends)
    }

    /// The room it has then.
    fn enlarge(&self) -> usize {
        // SAFETY: no pointers.
        let larger = check(unsafe { libc::fcntl(self.write.fd(), libc::F_SETPIPE_SZ, ROOM as libc::c_int) });
        // A user who has many large pipes gets no more of them.
        // SAFETY: no pointers.
        let room = larger.or_else(|_| check(unsafe { libc::fcntl(self.write.fd(), libc::F_GETPIPE_SZ) }));
        room.map_or(0, |room| room as usize)
    }
}

/// Pipes that are empty.
#[derive(Clone, Debug, Default)]
pub struct Pool(Rc<RefCell<Vec<Ends>>>);

impl Pool {
    /// Takes what there is to read, at most `most`; no bytes are the peer's end or something that only a plain read can tell.
    /// None if this cannot be done, and a plain read has to. An error is the stream's own, and told only once.
    pub fn read(&self, from: &Stream, most: usize) -> Option<Result<InKernel, Errno>> {
        let idle = self.0.borrow_mut().pop();
        let ends = idle.or_else(Ends::open)?;
        let n = splice(from.fd(), ends.write.fd(), most.min(ends.room));
        let mut taken = InKernel { ends: Some(ends), pool: self.clone(), filled: 0, left: 0 };
        match n {
            Ok(n) => {
                (taken.filled, taken.left) = (n, n);
                Some(Ok(taken))
            }
            Err(Errno(libc::EINVAL | libc::ENOMEM | libc::ENOTCONN)) => None,
            Err(errno) => Some(Err(errno)),
        }
    }

    fn keep(&self, ends: Ends) {
        let mut idle = self.0.borrow_mut();
        if idle.len() < MOST_IDLE {
            idle.push(ends);
        }
    }
}

/// Bytes on their way, in the kernel. What is left when it is dropped is lost.
#[derive(Debug)]
pub struct InKernel {
    ends: Option<Ends>,
    pool: Pool,
    filled: usize,
    left: usize,
}

impl Drop for InKernel {
    fn drop(&mut self) {
        if let Some(ends) = self.ends.take().filter(|_| self.left == 0) {
            self.pool.keep(ends);
        }
    }
}

impl InKernel {
    /// How many bytes it took up.
    pub fn count(&self) -> usize {
        self.filled
    }

    /// Writes as much as the system takes; how much that is. Never raises SIGPIPE.
    pub fn write(&mut self, to: &Stream) -> Result<usize, Errno> {
        self.write_by(|from, most| splice(from, to.fd(), most))
    }

    /// The same by one call after the other, each from a descriptor and of so many bytes at most.
    fn write_by(&mut self, mut call: impl FnMut(i32, usize) -> Result<usize, Errno>) -> Result<usize, Errno> {
        let Some(ends) = &self.ends else { return Ok(0) };
        let before = self.left;
        let quiet = WithoutSigpipe::begin();
        // Until the system refuses: what it takes at once need not be all it has room for.
        while self.left > 0 {
            match call(ends.read.fd(), self.left) {
                Ok(0) => break,
                Ok(n) => self.left -= n,
                Err(errno) => {
                    // Also after some went out before: the signal is there all the same.
                    if errno == Errno::EPIPE {
                        quiet.take_signal();
                    }
                    if errno.would_block() || self.left < before {
                        break;
                    }
                    return Err(errno);
                }
            }
        }
        Ok(before - self.left)
    }
}

fn splice(from: i32, to: i32, most: usize) -> Result<usize, Errno> {
    loop {
        let flags = libc::SPLICE_F_MOVE | libc::SPLICE_F_NONBLOCK;
        // SAFETY: no offsets, so no pointers.
        let n = unsafe { libc::splice(from, std::ptr::null_mut(), to, std::ptr::null_mut(), most, flags) };
        if n >= 0 {
            return Ok(n as usize);
        }
        let errno = last_errno();
        if !errno.interrupted() {
            return Err(errno);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stream::pair;
    use super::*;
    use std::sync::{Mutex, PoisonError};

    fn fill(stream: &Stream, bytes: &[u8]) {
        assert_eq!(stream.write(bytes).unwrap(), bytes.len());
    }

    #[test]
    fn bytes_pass_and_the_pipe_is_used_again() {
        let ((near, source), (to, far)) = (pair().unwrap(), pair().unwrap());
        let pool = Pool::default();
        let mut room = [0; 16];
        for round in 0..3_u8 {
            fill(&near, &[round; 10]);
            let mut taken = pool.read(&source, ROOM).unwrap().unwrap();
            let ends = taken.ends.as_ref().map(|ends| ends.read.fd());
            assert_eq!((taken.count(), taken.write(&to)), (10, Ok(10)));
            drop(taken);
            assert_eq!(far.read(&mut room), Ok(10));
            assert_eq!(room[..10], [round; 10]);
            assert_eq!(pool.0.borrow().last().map(|ends| ends.read.fd()), ends);
        }
        assert!(pool.read(&source, ROOM).unwrap().is_err_and(Errno::would_block));
    }

    #[test]
    fn what_is_left_in_a_pipe_never_meets_another() {
        let ((near, source), (to, far)) = (pair().unwrap(), pair().unwrap());
        let pool = Pool::default();
        fill(&near, b"lost");
        drop(pool.read(&source, ROOM).unwrap().unwrap());
        fill(&near, b"kept");
        pool.read(&source, ROOM).unwrap().unwrap().write(&to).unwrap();
        let mut room = [0; 16];
        assert_eq!(far.read(&mut room), Ok(4));
        assert_eq!(&room[..4], b"kept");
    }

    /// Where the signal ends the process. The disposition is the process's, so one test at a time has it.
    fn where_the_signal_kills<R>(run: impl FnOnce() -> R) -> R {
        static ALONE: Mutex<()> = Mutex::new(());
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the disposition of one signal, back to what it was.
        let set = |disposition| unsafe { libc::signal(libc::SIGPIPE, disposition) };
        let before = set(libc::SIG_DFL);
        let result = run();
        set(before);
        result
    }

    #[test]
    fn a_peer_that_is_gone_is_an_error_and_no_signal() {
        let ((near, source), (to, far)) = (pair().unwrap(), pair().unwrap());
        let pool = Pool::default();
        drop(far);
        fill(&near, b"x");
        let mut taken = pool.read(&source, ROOM).unwrap().unwrap();
        assert_eq!(where_the_signal_kills(|| taken.write(&to)), Err(Errno::EPIPE));
    }

    #[test]
    fn a_peer_that_goes_after_a_part_is_no_signal_either() {
        let ((near, source), (to, far)) = (pair().unwrap(), pair().unwrap());
        let pool = Pool::default();
        fill(&near, b"a part");
        let mut taken = pool.read(&source, ROOM).unwrap().unwrap();
        let mut peer = Some(far);
        let mut calls = Vec::new();
        let written = where_the_signal_kills(|| {
            taken.write_by(|from, most| {
                let result = splice(from, to.fd(), if peer.is_some() { 1 } else { most });
                peer = None;
                calls.push(result);
                result
            })
        });
        assert_eq!((written, calls), (Ok(1), vec![Ok(1), Err(Errno::EPIPE)]));
    }

    #[test]
    fn there_are_only_so_many() {
        let (near, source) = pair().unwrap();
        let pool = Pool::default();
        let mut held = Vec::new();
        let refused = (0..=MOST).find_map(|_| {
            fill(&near, b"x");
            match pool.read(&source, 1) {
                Some(taken) => {
                    held.push(taken.unwrap());
                    None
                }
                None => Some(held.len()),
            }
        });
        assert!(refused.is_some_and(|count| count <= MOST));
    }
}
