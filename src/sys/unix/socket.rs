//! A socket's descriptor and the calls that streams and listeners share.
use super::sockaddr::{Endpoint, SockAddr};
use crate::sys::errno::Errno;
use crate::sys::poller::Poller;
use std::mem;
use std::net::SocketAddr;

/// An open descriptor, closed when dropped; -1 stands for none, so that it fits four bytes.
#[derive(Debug)]
pub struct Socket(i32);

impl Drop for Socket {
    fn drop(&mut self) {
        if self.0 >= 0 {
            // SAFETY: the descriptor is this value's own.
            unsafe { libc::close(self.0) };
        }
    }
}

/// The result of a system call that answers -1 and errno.
pub fn check(answer: libc::c_int) -> Result<libc::c_int, Errno> {
    if answer < 0 { Err(last_errno()) } else { Ok(answer) }
}

#[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
use libc::__errno as errno_location;
#[cfg(target_os = "linux")]
use libc::__errno_location as errno_location;
#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
use libc::__error as errno_location;

/// errno of the calling thread.
pub fn last_errno() -> Errno {
    // Not by way of io::Error: a read that finds nothing, or a connection that was reset, comes here each time.
    // SAFETY: the address of the calling thread's own errno.
    Errno(unsafe { *errno_location() })
}

/// What a descriptor is that may be read and written as a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StreamKind {
    /// A TCP socket.
    Tcp,
    /// A socket of the Unix domain.
    Local,
    /// A pipe or FIFO: no socket, and perhaps one direction only.
    Pipe,
}

/// Who is at the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Credentials {
    /// His process, if the system tells it.
    pub pid: Option<i32>,
    /// His user.
    pub uid: u32,
    /// His group.
    pub gid: u32,
}

impl Socket {
    /// No descriptor.
    pub const NONE: Socket = Socket(-1);

    /// Takes a descriptor over.
    pub fn from_fd(fd: i32) -> Socket {
        Socket(fd)
    }

    /// A new non-blocking stream socket that children do not inherit.
    pub fn open(family: libc::c_int) -> Result<Socket, Errno> {
        // SAFETY: no pointers.
        let fd =
            check(unsafe { libc::socket(family, libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, 0) })?;
        Ok(Socket(fd))
    }

    /// The family for an IP address.
    pub fn family_of(address: &SocketAddr) -> libc::c_int {
        if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 }
    }

    /// The number of the descriptor.
    #[inline]
    pub fn fd(&self) -> i32 {
        self.0
    }

    /// Gives the descriptor away.
    pub fn into_fd(mut self) -> i32 {
        mem::replace(&mut self.0, -1)
    }

    /// bind(2)
    pub fn bind(&self, address: &SockAddr) -> Result<(), Errno> {
        // SAFETY: the address and its length belong together.
        check(unsafe { libc::bind(self.0, address.as_ptr(), address.size()) }).map(drop)
    }

    /// getsockname(2)
    pub fn local(&self) -> Result<Endpoint, Errno> {
        let mut address = SockAddr::empty();
        let (storage, len) = address.as_mut();
        // SAFETY: the storage is as large as len says.
        check(unsafe { libc::getsockname(self.0, storage, len) })?;
        Ok(address.endpoint())
    }

    /// getpeername(2)
    pub fn peer(&self) -> Result<Endpoint, Errno> {
        let mut address = SockAddr::empty();
        let (storage, len) = address.as_mut();
        // SAFETY: the storage is as large as len says.
        check(unsafe { libc::getpeername(self.0, storage, len) })?;
        Ok(address.endpoint())
    }

    /// setsockopt(2) with an int
    pub fn set_option(&self, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> Result<(), Errno> {
        let size = mem::size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: value is as large as size says.
        check(unsafe { libc::setsockopt(self.0, level, name, (&raw const value).cast(), size) }).map(drop)
    }

    /// getsockopt(2) of an int
    pub fn option(&self, level: libc::c_int, name: libc::c_int) -> Result<libc::c_int, Errno> {
        let mut value: libc::c_int = 0;
        let mut size = mem::size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: value is as large as size says.
        check(unsafe { libc::getsockopt(self.0, level, name, (&raw mut value).cast(), &raw mut size) })?;
        Ok(value)
    }

    /// Who is at the other end of a local connection, as the kernel saw him when it was made.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn peer_credentials(&self) -> Result<Credentials, Errno> {
        let mut found = libc::ucred { pid: 0, uid: 0, gid: 0 };
        let mut size = mem::size_of::<libc::ucred>() as libc::socklen_t;
        // SAFETY: found is as large as size says.
        check(unsafe {
            libc::getsockopt(self.0, libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut found).cast(), &raw mut size)
        })?;
        Ok(Credentials { pid: Some(found.pid), uid: found.uid, gid: found.gid })
    }

    /// Who is at the other end of a local connection; his process is not told.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn peer_credentials(&self) -> Result<Credentials, Errno> {
        let (mut uid, mut gid) = (0, 0);
        // SAFETY: both are written to, and live.
        check(unsafe { libc::getpeereid(self.0, &raw mut uid, &raw mut gid) })?;
        Ok(Credentials { pid: None, uid, gid })
    }

    /// Makes a foreign descriptor non-blocking.
    pub fn set_non_blocking(&self) -> Result<(), Errno> {
        // SAFETY: no pointers.
        let flags = check(unsafe { libc::fcntl(self.0, libc::F_GETFL) })?;
        // SAFETY: no pointers.
        check(unsafe { libc::fcntl(self.0, libc::F_SETFL, flags | libc::O_NONBLOCK) }).map(drop)
    }

    /// The reverse, for one that goes to somebody else.
    pub fn set_blocking(&self) -> Result<(), Errno> {
        // SAFETY: no pointers.
        let flags = check(unsafe { libc::fcntl(self.0, libc::F_GETFL) })?;
        // SAFETY: no pointers.
        check(unsafe { libc::fcntl(self.0, libc::F_SETFL, flags & !libc::O_NONBLOCK) }).map(drop)
    }

    /// What stream a foreign descriptor is; None if it is none.
    pub fn stream_kind(&self) -> Option<StreamKind> {
        if self.is_pipe() {
            return Some(StreamKind::Pipe);
        }
        if self.option(libc::SOL_SOCKET, libc::SO_TYPE) != Ok(libc::SOCK_STREAM) {
            return None;
        }
        match self.option(libc::SOL_SOCKET, libc::SO_DOMAIN) {
            Ok(libc::AF_INET | libc::AF_INET6) => Some(StreamKind::Tcp),
            Ok(libc::AF_UNIX) => Some(StreamKind::Local),
            _ => None,
        }
    }

    /// Whether it is none.
    pub fn is_pipe(&self) -> bool {
        // SAFETY: all bytes zero is a valid stat.
        let mut found: libc::stat = unsafe { mem::zeroed() };
        // SAFETY: found is a stat.
        check(unsafe { libc::fstat(self.0, &raw mut found) }).is_ok() && found.st_mode & libc::S_IFMT == libc::S_IFIFO
    }

    /// Watches it in both directions.
    pub fn register(&self, poller: &Poller, token: usize) -> Result<(), Errno> {
        poller.register(&mut mio::unix::SourceFd(&self.0), token)
    }

    /// No longer watches it.
    pub fn unregister(&self, poller: &Poller) -> Result<(), Errno> {
        poller.forget(&mut mio::unix::SourceFd(&self.0))
    }

    /// Another descriptor of the same socket.
    pub fn duplicate(&self) -> Result<Socket, Errno> {
        // SAFETY: no pointers.
        check(unsafe { libc::fcntl(self.0, libc::F_DUPFD_CLOEXEC, 0) }).map(Socket)
    }

    /// Watches it for connections.
    pub fn register_listener(&self, poller: &Poller, token: usize) -> Result<(), Errno> {
        poller.register_listener(self.0, token)
    }
}
