//! One listening endpoint: TCP or a Unix domain path.
use super::sockaddr::{Endpoint, SockAddr};
use super::socket::{Socket, check, last_errno};
use super::stream::{Probes, Stream, keep_alive};
use crate::sys::errno::Errno;
use crate::sys::poller::Poller;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

/// Whether the system shares connections out among those who listen on one port with `reuse_port`.
pub const SHARES_PORTS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A bound, perhaps listening endpoint. Dropping closes it and removes its path.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    /// The file to remove; none for TCP, abstract names and foreign descriptors.
    path: Option<Vec<u8>>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // It may be gone already; nobody could do anything about another failure.
            let _ = fs::remove_file(OsStr::from_bytes(path));
        }
    }
}

impl Listener {
    /// Binds a TCP address.
    pub fn bind(address: &SocketAddr, ipv6_only: bool, reuse_port: bool) -> Result<Listener, Errno> {
        let socket = Socket::open(Socket::family_of(address))?;
        socket.set_option(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
        if address.is_ipv6() {
            socket.set_option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, ipv6_only.into())?;
        }
        if reuse_port {
            socket.set_option(libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
        }
        socket.bind(&SockAddr::from_ip(address))?;
        Ok(Listener { socket, path: None })
    }

    /// Binds a path or an abstract name.
    pub fn bind_path(path: &[u8]) -> Result<Listener, Errno> {
        let address = SockAddr::from_path(path)?;
        let socket = Socket::open(libc::AF_UNIX)?;
        socket.bind(&address)?;
        let path = (path.first() != Some(&0)).then(|| path.to_vec());
        Ok(Listener { socket, path })
    }

    /// Takes a stream socket of the program's over. ENOTSOCK or EINVAL for others, which stay open.
    pub fn adopt(fd: i32) -> Result<Listener, Errno> {
        let socket = Socket::from_fd(fd);
        match socket.stream_family().and_then(|_| socket.set_non_blocking()) {
            Ok(()) => Ok(Listener { socket, path: None }),
            Err(errno) => {
                let _ = socket.into_fd();
                Err(errno)
            }
        }
    }

    /// listen(2)
    pub fn listen(&self, backlog: i32) -> Result<(), Errno> {
        // SAFETY: no pointers.
        check(unsafe { libc::listen(self.socket.fd(), backlog) }).map(drop)
    }

    /// Lets all read from or write to the path, and nobody do more: these bits become its mode.
    pub fn open_to_all(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        let Some(path) = &self.path else { return Ok(()) };
        let path = OsStr::from_bytes(path);
        let mode = if readable { 0o444 } else { 0 } | if writable { 0o222 } else { 0 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| Errno::of(&e))
    }

    /// The next connection, non-blocking.
    pub fn accept(&self) -> Result<Stream, Errno> {
        loop {
            let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
            // SAFETY: accept4 takes null pointers when the peer's address is not wanted.
            let fd = unsafe { libc::accept4(self.socket.fd(), std::ptr::null_mut(), std::ptr::null_mut(), flags) };
            if fd >= 0 {
                return Ok(Stream::accepted(fd));
            }
            let errno = last_errno();
            if !errno.interrupted() {
                return Err(errno);
            }
        }
    }

    /// Options that accepted connections inherit.
    pub fn set_inherited(&self, no_delay: bool, keep_alive_delay: Option<u32>) {
        if !matches!(self.socket.local(), Ok(Endpoint::Ip(_))) {
            return;
        }
        // A listener that refuses an option still serves; Node does not look at the answers either.
        let _ = self.socket.set_option(libc::SOL_SOCKET, libc::SO_OOBINLINE, 1);
        if no_delay {
            let _ = self.socket.set_option(libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
        }
        if let Some(delay) = keep_alive_delay {
            let _ = keep_alive(&self.socket, true, Probes { delay, ..Probes::default() });
        }
    }

    /// Where it listens.
    pub fn local_endpoint(&self) -> Result<Endpoint, Errno> {
        self.socket.local()
    }

    /// Its descriptor.
    pub fn fd(&self) -> i32 {
        self.socket.fd()
    }

    /// The same endpoint once more, for another loop. The path stays with this one.
    pub fn duplicate(&self) -> Result<Listener, Errno> {
        Ok(Listener { socket: self.socket.duplicate()?, path: None })
    }

    /// No longer watches it: another poller may.
    pub fn unregister(&self, poller: &Poller) -> Result<(), Errno> {
        self.socket.unregister(poller)
    }

    /// Watches it for connections until it is closed.
    pub fn register(&self, poller: &Poller, token: usize) -> Result<(), Errno> {
        self.socket.register_listener(poller, token)
    }
}

/// A descriptor kept in reserve, to be able to accept and shed when none is left.
#[derive(Debug)]
pub struct Spare(Socket);

impl Spare {
    /// Takes one now.
    pub fn take() -> Spare {
        Spare(open_nothing())
    }

    /// Frees it for one accept, sheds everything that waits, and takes it again. How many were shed, each told to `tell` before it is closed.
    pub fn shed(&mut self, listener: &Listener, mut tell: impl FnMut(&Stream)) -> usize {
        let mut shed = 0;
        if self.0.fd() >= 0 {
            self.0 = Socket::NONE;
            while let Ok(stream) = listener.accept() {
                tell(&stream);
                shed += 1;
            }
        }
        self.0 = open_nothing();
        shed
    }
}

fn open_nothing() -> Socket {
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(c"/".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    Socket::from_fd(fd)
}
