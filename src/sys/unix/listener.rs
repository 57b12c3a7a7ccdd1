//! One listening endpoint: TCP or a Unix domain path.
use super::bound::{Bound, SocketFile};
use super::sockaddr::Endpoint;
use super::socket::{Socket, check, last_errno};
use super::stream::{Probes, Stream, keep_alive};
use crate::sys::errno::Errno;
use crate::sys::poller::Poller;
use std::net::SocketAddr;

/// Whether the system shares connections out among those who listen on one port with `reuse_port`.
pub const SHARES_PORTS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A bound, perhaps listening endpoint. Dropping closes it and removes its path.
#[derive(Debug)]
pub struct Listener {
    /// Before the socket, so that it goes first.
    file: Option<SocketFile>,
    socket: Socket,
}

impl From<Bound> for Listener {
    fn from(bound: Bound) -> Listener {
        Listener { file: bound.file, socket: bound.socket }
    }
}

impl Listener {
    /// Binds a TCP address.
    pub fn bind(address: &SocketAddr, ipv6_only: bool, reuse_port: bool) -> Result<Listener, Errno> {
        Bound::to_ip(address, ipv6_only, reuse_port).map(Listener::from)
    }

    /// Binds a path or an abstract name.
    pub fn bind_path(path: &[u8]) -> Result<Listener, Errno> {
        Bound::to_path(path).map(Listener::from)
    }

    /// Takes a stream socket of the program's over. EINVAL for what is none, and stays open. A pipe is taken too: listening
    /// tells that it is no socket.
    pub fn adopt(fd: i32) -> Result<Listener, Errno> {
        let socket = Socket::from_fd(fd);
        if socket.stream_kind().is_none() || socket.set_non_blocking().is_err() {
            let _ = socket.into_fd();
            return Err(Errno::EINVAL);
        }
        Ok(Listener { file: None, socket })
    }

    /// Of a stream that is bound and not connected, with its file.
    pub fn of_stream(stream: Stream, file: Option<SocketFile>) -> Listener {
        Listener { file, socket: stream.into_socket() }
    }

    /// Lets go of the descriptor without closing it.
    pub fn release(self) {
        let _ = self.socket.into_fd();
    }

    /// listen(2)
    pub fn listen(&self, backlog: i32) -> Result<(), Errno> {
        // SAFETY: no pointers.
        check(unsafe { libc::listen(self.socket.fd(), backlog) }).map(drop)
    }

    /// Lets all read from or write to the path, and nobody do more: these bits become its mode.
    pub fn open_to_all(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        self.file.as_ref().map_or(Ok(()), |file| file.open_to_all(readable, writable))
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
        Ok(Listener { file: None, socket: self.socket.duplicate()? })
    }

    /// No longer watches it: another poller may.
    pub fn unregister(&self, poller: &Poller) -> Result<(), Errno> {
        self.socket.unregister(poller)
    }

    /// Watches it for connections until it is closed. EEXIST if the same descriptor is watched already.
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

    /// Frees it for one accept, sheds everything that waits, and takes it again. Each is told to `tell` before it is closed.
    /// Whether nothing waits any more.
    pub fn shed(&mut self, listener: &Listener, mut tell: impl FnMut(&Stream)) -> bool {
        let mut all = false;
        if self.0.fd() >= 0 {
            self.0 = Socket::NONE;
            all = loop {
                match listener.accept() {
                    Ok(stream) => tell(&stream),
                    Err(errno) => break errno.would_block(),
                }
            };
        }
        self.0 = open_nothing();
        all
    }
}

fn open_nothing() -> Socket {
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(c"/".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    Socket::from_fd(fd)
}
