//! One byte stream: a TCP or Unix domain socket.
use super::bound::{Bound, SocketFile};
use super::fifo;
use super::sockaddr::{Endpoint, SockAddr};
pub use super::socket::Credentials;
use super::socket::{Socket, StreamKind, check, last_errno};
use crate::sys::errno::Errno;
use crate::sys::poller::Poller;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;

/// A stream; four bytes. Dropping closes it.
#[derive(Debug)]
pub struct Stream(Socket);

/// How many pieces one gathered write takes.
pub const MAX_GATHERED: usize = 64;

impl Stream {
    /// The stream that is not there.
    pub const NONE: Stream = Stream(Socket::NONE);

    /// A TCP stream for an address of this family, not connected.
    pub fn tcp(address: &SocketAddr) -> Result<Stream, Errno> {
        Ok(Stream(Socket::open(Socket::family_of(address))?))
    }

    /// A local stream, not connected.
    pub fn local() -> Result<Stream, Errno> {
        Ok(Stream(Socket::open(libc::AF_UNIX)?))
    }

    /// Takes a stream socket or a pipe over; true if it is no TCP. None for what is neither, and stays open.
    pub fn adopt(fd: i32) -> Option<(Stream, bool)> {
        let socket = Socket::from_fd(fd);
        match socket.stream_kind() {
            Some(kind) if socket.set_non_blocking().is_ok() => Some((Stream(socket), kind != StreamKind::Tcp)),
            _ => {
                let _ = socket.into_fd();
                None
            }
        }
    }

    /// Whether it is a pipe, which is no socket.
    pub fn is_pipe(&self) -> bool {
        self.0.is_pipe()
    }

    /// Of a bound endpoint, with its file.
    pub fn of_bound(bound: Bound) -> (Stream, Option<SocketFile>) {
        (Stream(bound.socket), bound.file)
    }

    /// What it is made of.
    pub(super) fn into_socket(self) -> Socket {
        self.0
    }

    /// Of a descriptor that accept returned.
    pub(super) fn accepted(fd: i32) -> Stream {
        Stream(Socket::from_fd(fd))
    }

    /// Whether there is one.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.0.fd() >= 0
    }

    /// Its descriptor.
    pub fn fd(&self) -> i32 {
        self.0.fd()
    }

    /// Binds the local side before connecting.
    pub fn bind(&self, local: &SocketAddr) -> Result<(), Errno> {
        self.0.set_option(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
        self.0.bind(&SockAddr::from_ip(local))
    }

    /// Begins to connect; readiness to write or an error tells the end.
    pub fn connect(&self, address: &SocketAddr) -> Result<(), Errno> {
        self.connect_to(&SockAddr::from_ip(address))
    }

    /// Begins to connect to a path or an abstract name.
    pub fn connect_path(&self, path: &[u8]) -> Result<(), Errno> {
        self.connect_to(&SockAddr::from_path(path)?)
    }

    fn connect_to(&self, address: &SockAddr) -> Result<(), Errno> {
        loop {
            // SAFETY: the address and its length belong together.
            match check(unsafe { libc::connect(self.0.fd(), address.as_ptr(), address.size()) }) {
                Ok(_) => return Ok(()),
                Err(errno) if errno.interrupted() => continue,
                Err(Errno(libc::EINPROGRESS)) => return Ok(()),
                Err(errno) => return Err(errno),
            }
        }
    }

    /// How connecting ended: None while it has not.
    pub fn connected(&self) -> Option<Result<(), Errno>> {
        match self.0.option(libc::SOL_SOCKET, libc::SO_ERROR) {
            Ok(0) => match self.0.peer() {
                Ok(_) => Some(Ok(())),
                Err(Errno::ENOTCONN) => None,
                Err(errno) => Some(Err(errno)),
            },
            Ok(errno) if errno == libc::EINPROGRESS => None,
            Ok(errno) => Some(Err(Errno(errno))),
            Err(errno) => Some(Err(errno)),
        }
    }

    /// Reads what is there; 0 is the peer's end.
    #[inline]
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        // SAFETY: the buffer is writable for its length.
        let n = unsafe { libc::recv(self.0.fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
        if n >= 0 { Ok(n as usize) } else { self.read_otherwise(buffer) }
    }

    /// Writes what the kernel takes at once. Never raises SIGPIPE.
    #[inline]
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        // SAFETY: the bytes are readable for their length.
        let n = unsafe { libc::send(self.0.fd(), bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) };
        if n >= 0 { Ok(n as usize) } else { self.write_otherwise(bytes) }
    }

    /// Reads what is there if that is something and does not fill the buffer, as it nearly always is; else what came
    /// instead.
    #[inline]
    pub fn read_part<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Result<usize, Errno>> {
        // SAFETY: the buffer is writable for its length.
        let n = unsafe { libc::recv(self.0.fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) } as usize;
        // One comparison: 0 and what is negative are large when 1 is taken away.
        if n.wrapping_sub(1) < buffer.len() - 1 {
            // SAFETY: less than there are.
            return Ok(unsafe { buffer.get_unchecked(..n) });
        }
        Err(self.read_instead(n as isize, buffer))
    }

    #[cold]
    #[inline(never)]
    fn read_instead(&self, n: isize, buffer: &mut [u8]) -> Result<usize, Errno> {
        if n >= 0 { Ok(n as usize) } else { self.read_otherwise(buffer) }
    }

    /// What writes to it, as long as it is not closed.
    #[inline]
    pub fn writer(&self) -> Writer {
        Writer(self.0.fd())
    }

    /// Writes several pieces, at most [`MAX_GATHERED`], in one call.
    pub fn write_gathered(&self, pieces: &[IoSlice<'_>]) -> Result<usize, Errno> {
        // SAFETY: all bytes zero is a valid msghdr.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_iov = pieces.as_ptr().cast_mut().cast();
        message.msg_iovlen = pieces.len().min(MAX_GATHERED) as _;
        loop {
            // SAFETY: IoSlice has the layout of iovec, and sendmsg only reads the pieces.
            let n = unsafe { libc::sendmsg(self.0.fd(), &raw const message, libc::MSG_NOSIGNAL) };
            if n >= 0 {
                return Ok(n as usize);
            }
            match last_errno() {
                Errno::ENOTSOCK => return fifo::write(self.0.fd(), &pieces[..pieces.len().min(MAX_GATHERED)]),
                errno if errno.interrupted() => {}
                errno => return Err(errno),
            }
        }
    }

    /// What becomes of a read that failed: tried again if it was only interrupted, or as a pipe is read.
    #[cold]
    #[inline(never)]
    fn read_otherwise(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        match last_errno() {
            errno if errno.interrupted() => self.read(buffer),
            Errno::ENOTSOCK => fifo::read(self.0.fd(), buffer),
            errno => Err(errno),
        }
    }

    /// The same of a write.
    #[cold]
    #[inline(never)]
    fn write_otherwise(&self, bytes: &[u8]) -> Result<usize, Errno> {
        match last_errno() {
            errno if errno.interrupted() => self.write(bytes),
            Errno::ENOTSOCK => fifo::write(self.0.fd(), &[IoSlice::new(bytes)]),
            errno => Err(errno),
        }
    }

    /// Sends the end after all that was written.
    pub fn shutdown_write(&self) -> Result<(), Errno> {
        // SAFETY: no pointers.
        check(unsafe { libc::shutdown(self.0.fd(), libc::SHUT_WR) }).map(drop)
    }

    /// Makes closing send a reset.
    pub fn reset_on_close(&self) -> Result<(), Errno> {
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        let size = std::mem::size_of::<libc::linger>() as libc::socklen_t;
        // SAFETY: linger is as large as size says.
        let answer = unsafe {
            libc::setsockopt(self.0.fd(), libc::SOL_SOCKET, libc::SO_LINGER, (&raw const linger).cast(), size)
        };
        check(answer).map(drop)
    }

    /// TCP_NODELAY
    pub fn set_no_delay(&self, on: bool) -> Result<(), Errno> {
        self.0.set_option(libc::IPPROTO_TCP, libc::TCP_NODELAY, on.into())
    }

    /// Who is at the other end of a local stream.
    pub fn peer_credentials(&self) -> Result<Credentials, Errno> {
        self.0.peer_credentials()
    }

    /// SO_KEEPALIVE, and how it probes.
    pub fn set_keep_alive(&self, on: bool, probes: Probes) -> Result<(), Errno> {
        keep_alive(&self.0, on, probes)
    }

    /// IP_TOS, or IPV6_TCLASS for an IPv6 stream.
    pub fn set_type_of_service(&self, tos: u8) -> Result<(), Errno> {
        if self.is_ipv6() {
            self.0.set_option(libc::IPPROTO_IPV6, libc::IPV6_TCLASS, tos.into())?;
            // A dual-stack socket that talks IPv4 takes the old option too; a pure IPv6 one refuses it.
            let _ = self.0.set_option(libc::IPPROTO_IP, libc::IP_TOS, tos.into());
            return Ok(());
        }
        self.0.set_option(libc::IPPROTO_IP, libc::IP_TOS, tos.into())
    }

    /// What the kernel has for it.
    pub fn type_of_service(&self) -> Result<u8, Errno> {
        let value = if self.is_ipv6() {
            self.0.option(libc::IPPROTO_IPV6, libc::IPV6_TCLASS)?
        } else {
            self.0.option(libc::IPPROTO_IP, libc::IP_TOS)?
        };
        Ok(value as u8)
    }

    fn is_ipv6(&self) -> bool {
        matches!(self.0.local(), Ok(Endpoint::Ip(SocketAddr::V6(_))))
    }

    /// Urgent data is read like any other, so that none is lost.
    pub fn inline_urgent(&self) {
        // A Unix domain socket refuses, and has no urgent data to lose.
        let _ = self.0.set_option(libc::SOL_SOCKET, libc::SO_OOBINLINE, 1);
    }

    /// The system's buffers for what is sent and received, in bytes.
    pub fn set_buffer_size(&self, of: Buffer, bytes: u32) -> Result<(), Errno> {
        self.0.set_option(libc::SOL_SOCKET, of.option(), libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX))
    }

    /// How large they are.
    pub fn buffer_size(&self, of: Buffer) -> Result<u32, Errno> {
        self.0.option(libc::SOL_SOCKET, of.option()).map(|bytes| u32::try_from(bytes).unwrap_or(0))
    }

    /// The near end.
    pub fn local_endpoint(&self) -> Result<Endpoint, Errno> {
        self.0.local()
    }

    /// The far end.
    pub fn peer_endpoint(&self) -> Result<Endpoint, Errno> {
        self.0.peer()
    }

    /// Watches it in both directions until it is closed.
    pub fn register(&self, poller: &Poller, token: usize) -> Result<(), Errno> {
        self.0.register(poller, token)
    }

    /// No longer watches it: another poller may.
    pub fn unregister(&self, poller: &Poller) -> Result<(), Errno> {
        self.0.unregister(poller)
    }
}

/// One of the two buffers that the system has for a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Buffer {
    /// Of what is sent.
    Send,
    /// Of what is received.
    Receive,
}

impl Buffer {
    fn option(self) -> libc::c_int {
        match self {
            Buffer::Send => libc::SO_SNDBUF,
            Buffer::Receive => libc::SO_RCVBUF,
        }
    }
}

/// How an idle connection is probed. If one of them is 0, all of them are the system's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Probes {
    /// Seconds of idleness before the first.
    pub delay: u32,
    /// Seconds between two that are not answered.
    pub interval: u32,
    /// How many may stay unanswered.
    pub count: u32,
}

impl Default for Probes {
    /// Node's, but that the delay is the system's until it is said.
    fn default() -> Self {
        Probes { delay: 0, interval: 1, count: 10 }
    }
}

/// SO_KEEPALIVE and its parameters.
pub(super) fn keep_alive(socket: &Socket, on: bool, probes: Probes) -> Result<(), Errno> {
    socket.set_option(libc::SOL_SOCKET, libc::SO_KEEPALIVE, on.into())?;
    let parameters =
        [(KEEP_IDLE, probes.delay), (libc::TCP_KEEPINTVL, probes.interval), (libc::TCP_KEEPCNT, probes.count)];
    if !on || parameters.iter().any(|(_, value)| *value == 0) {
        return Ok(());
    }
    parameters.into_iter().try_for_each(|(name, value)| {
        socket.set_option(libc::IPPROTO_TCP, name, libc::c_int::try_from(value).unwrap_or(libc::c_int::MAX))
    })
}

#[cfg(any(target_os = "macos", target_os = "ios"))]
const KEEP_IDLE: libc::c_int = libc::TCP_KEEPALIVE;
#[cfg(not(any(target_os = "macos", target_os = "ios")))]
const KEEP_IDLE: libc::c_int = libc::TCP_KEEPIDLE;

/// Writes to a stream that somebody else holds.
#[derive(Clone, Copy, Debug)]
pub struct Writer(i32);

impl Writer {
    /// Writes all, as the kernel nearly always takes it; else what became of it.
    #[inline]
    pub fn write_whole(self, bytes: &[u8]) -> Result<(), Instead> {
        // SAFETY: the bytes are readable for their length.
        let n = unsafe { libc::send(self.0, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) };
        if n == bytes.len() as isize { Ok(()) } else { Err(Instead(n)) }
    }
}

/// What [`Writer::write_whole`] came to instead.
#[derive(Clone, Copy, Debug)]
pub struct Instead(isize);

impl Instead {
    /// How much was written; tried again if it was only interrupted.
    pub fn written(self, stream: &Stream, bytes: &[u8]) -> Result<usize, Errno> {
        if self.0 >= 0 { Ok(self.0 as usize) } else { stream.write_otherwise(bytes) }
    }
}

impl Stream {
    /// Lets go of the descriptor without closing it.
    pub fn release(self) -> i32 {
        self.0.into_fd()
    }

    /// Makes calls wait, as a program that knows nothing of this one expects it.
    pub fn set_blocking(&self) -> Result<(), Errno> {
        self.0.set_blocking()
    }
}

/// Two local streams that are connected to each other.
pub fn pair() -> Result<(Stream, Stream), Errno> {
    let (near, far) = UnixStream::pair().map_err(|error| Errno::of(&error))?;
    let pair = (Stream::accepted(near.into_raw_fd()), Stream::accepted(far.into_raw_fd()));
    pair.0.0.set_non_blocking()?;
    pair.1.0.set_non_blocking()?;
    Ok(pair)
}
