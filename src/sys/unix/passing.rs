//! Endpoints that go from one process to another over a local stream, with bytes of it (SCM_RIGHTS).
use super::bound::Bound;
use super::listener::Listener;
use super::sockaddr::Endpoint;
use super::socket::{Socket, StreamKind, check, last_errno};
use super::stream::Stream;
use crate::sys::errno::Errno;
use std::collections::VecDeque;
use std::ffi::c_int;
use std::mem;

/// What came, as far as the system tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PassedKind {
    /// A TCP socket that does not listen.
    TcpSocket,
    /// One that does.
    TcpServer,
    /// A local socket that does not listen.
    LocalSocket,
    /// One that does.
    LocalServer,
    /// No stream socket: a file, a pipe, a datagram socket.
    Other,
}

/// An endpoint on its way: this process's own descriptor of it, closed when dropped.
#[derive(Debug)]
pub struct Passed(Socket);

/// What came with bytes.
#[derive(Debug, Default)]
pub struct Received {
    /// In the order in which they were sent.
    pub list: VecDeque<Passed>,
    /// Others came, but there was no room for their descriptors.
    pub lost: bool,
}

/// As many descriptors as Linux sends at a time; and room for what else may come with bytes, such as credentials.
const MOST_AT_A_TIME: usize = 253;
const ROOM: usize = 1024 + MOST_AT_A_TIME * size_of::<c_int>();

/// Aligned as a header of control data has to be.
#[repr(C, align(16))]
struct Control([u8; ROOM]);

impl Passed {
    /// Of a stream that goes.
    pub fn of_stream(stream: Stream) -> Passed {
        Passed(stream.into_socket())
    }

    /// Of an open descriptor, which stays as it is.
    pub fn copy_of(fd: i32) -> Result<Passed, Errno> {
        // SAFETY: no pointers.
        check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }).map(|fd| Passed(Socket::from_fd(fd)))
    }

    /// What it is.
    pub fn kind(&self) -> PassedKind {
        let listens = self.0.option(libc::SOL_SOCKET, libc::SO_ACCEPTCONN) == Ok(1);
        match (self.0.stream_kind(), listens) {
            (Some(StreamKind::Tcp), false) => PassedKind::TcpSocket,
            (Some(StreamKind::Tcp), true) => PassedKind::TcpServer,
            (Some(StreamKind::Local), false) => PassedKind::LocalSocket,
            (Some(StreamKind::Local), true) => PassedKind::LocalServer,
            (Some(StreamKind::Pipe) | None, _) => PassedKind::Other,
        }
    }

    /// Whether it has a peer.
    pub fn is_connected(&self) -> bool {
        self.0.peer().is_ok()
    }

    /// As a stream.
    pub fn into_stream(self) -> Result<Stream, Errno> {
        self.0.set_non_blocking()?;
        Ok(Stream::accepted(self.into_fd()))
    }

    /// As a listener, which has not been told to listen.
    pub fn into_listener(self) -> Result<Listener, Errno> {
        Ok(Listener::of_stream(self.into_stream()?, None))
    }

    /// As a bound endpoint, and its path if it is a local one. Its file is the sender's to remove.
    pub fn into_bound(self) -> Result<(Bound, Option<Vec<u8>>), Errno> {
        self.0.set_non_blocking()?;
        let path = match self.0.local()? {
            Endpoint::Ip(_) | Endpoint::Other => None,
            Endpoint::Path(path) => Some(path),
        };
        Ok((Bound { file: None, socket: self.0 }, path))
    }

    /// As a descriptor, which is the caller's from then on.
    pub fn into_fd(self) -> i32 {
        self.0.into_fd()
    }
}

impl Stream {
    /// Writes what the kernel takes at once, an endpoint with it: that goes along with the first byte, so it has gone if one
    /// has. There has to be a byte.
    pub fn write_with(&self, bytes: &[u8], passed: &Passed) -> Result<usize, Errno> {
        let mut control = Control([0; ROOM]);
        let mut piece = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let size = mem::size_of::<c_int>() as u32;
        // SAFETY: all bytes zero is a valid msghdr.
        let mut message: libc::msghdr = unsafe { mem::zeroed() };
        message.msg_iov = &raw mut piece;
        message.msg_iovlen = 1;
        message.msg_control = control.0.as_mut_ptr().cast();
        // SAFETY: the control data has room for a header and a descriptor, and is aligned for the header.
        unsafe {
            message.msg_controllen = libc::CMSG_SPACE(size) as _;
            let header = libc::CMSG_FIRSTHDR(&raw const message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size) as _;
            libc::CMSG_DATA(header).cast::<c_int>().write_unaligned(passed.0.fd());
        }
        loop {
            // SAFETY: everything that the message points to lives, and sendmsg only reads it.
            let n = unsafe { libc::sendmsg(self.fd(), &raw const message, libc::MSG_NOSIGNAL) };
            match (n, last_errno()) {
                (0.., _) => return Ok(n as usize),
                (_, errno) if errno.interrupted() => {}
                (_, errno) => return Err(errno),
            }
        }
    }

    /// Reads what is there, and the endpoints that came with it; 0 is the peer's end.
    pub fn read_with(&self, buffer: &mut [u8], received: &mut Received) -> Result<usize, Errno> {
        let mut control = Control([0; ROOM]);
        let mut piece = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        // SAFETY: all bytes zero is a valid msghdr.
        let mut message: libc::msghdr = unsafe { mem::zeroed() };
        message.msg_iov = &raw mut piece;
        message.msg_iovlen = 1;
        message.msg_control = control.0.as_mut_ptr().cast();
        message.msg_controllen = ROOM as _;
        loop {
            // SAFETY: everything that the message points to lives and may be written to.
            let n = unsafe { libc::recvmsg(self.fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC) };
            match (n, last_errno()) {
                (0.., _) => {
                    take_descriptors(&message, received);
                    return Ok(n as usize);
                }
                (_, errno) if errno.interrupted() => {}
                // A pipe carries nothing else.
                (_, Errno::ENOTSOCK) => return self.read(buffer),
                (_, errno) => return Err(errno),
            }
        }
    }
}

fn take_descriptors(message: &libc::msghdr, received: &mut Received) {
    received.lost |= message.msg_flags & libc::MSG_CTRUNC != 0;
    // SAFETY: recvmsg has filled the control data; the first header lies in it, or is NULL.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
    while !header.is_null() {
        // SAFETY: not NULL, so it lies in the control data.
        let (level, kind, len) = unsafe { ((*header).cmsg_level, (*header).cmsg_type, (*header).cmsg_len as usize) };
        if level == libc::SOL_SOCKET && kind == libc::SCM_RIGHTS {
            // SAFETY: no pointers.
            let before = unsafe { libc::CMSG_LEN(0) } as usize;
            for i in 0..len.saturating_sub(before) / mem::size_of::<c_int>() {
                // SAFETY: the system says by its length that so many descriptors follow the header.
                let fd = unsafe { libc::CMSG_DATA(header).cast::<c_int>().add(i).read_unaligned() };
                received.list.push_back(Passed(Socket::from_fd(fd)));
            }
        }
        // SAFETY: as for the first.
        header = unsafe { libc::CMSG_NXTHDR(message, header) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::stream::pair;

    fn read(stream: &Stream) -> (Vec<u8>, Received) {
        let (mut room, mut received) = ([0; 64], Received::default());
        let n = stream.read_with(&mut room, &mut received).unwrap();
        (room[..n].to_vec(), received)
    }

    #[test]
    fn an_endpoint_comes_with_the_bytes_that_it_was_sent_with() {
        let ((near, far), (sent, other)) = (pair().unwrap(), pair().unwrap());
        near.write(b"a").unwrap();
        assert_eq!(near.write_with(b"b", &Passed::copy_of(sent.fd()).unwrap()), Ok(1));
        near.write(b"c").unwrap();
        // The system ends a read where an endpoint came along, and not before.
        let (bytes, mut received) = read(&far);
        assert_eq!((&bytes[..], received.list.len(), received.lost), (&b"ab"[..], 1, false));
        let passed = received.list.pop_front().unwrap();
        assert_eq!(passed.kind(), PassedKind::LocalSocket);
        drop(sent);
        let stream = passed.into_stream().unwrap();
        stream.write(b"here").unwrap();
        assert_eq!(read(&other).0, b"here");
        let (bytes, received) = read(&far);
        assert_eq!((&bytes[..], received.list.len()), (&b"c"[..], 0));
    }

    #[test]
    fn what_came_is_closed_in_the_next_program_and_when_nobody_takes_it() {
        let ((near, far), (sent, other)) = (pair().unwrap(), pair().unwrap());
        near.write_with(b"x", &Passed::of_stream(sent)).unwrap();
        let (_, received) = read(&far);
        // SAFETY: no pointers.
        let flags = check(unsafe { libc::fcntl(received.list[0].0.fd(), libc::F_GETFD) }).unwrap();
        assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
        drop(received);
        assert_eq!(read(&other).0, b"");
    }

    #[test]
    fn listeners_and_others_are_told_apart() {
        let listener = Listener::bind(&([127, 0, 0, 1], 0).into(), false, false).unwrap();
        assert_eq!(Passed::copy_of(listener.fd()).unwrap().kind(), PassedKind::TcpSocket);
        listener.listen(1).unwrap();
        let passed = Passed::copy_of(listener.fd()).unwrap();
        assert_eq!(passed.kind(), PassedKind::TcpServer);
        assert_eq!(passed.into_listener().unwrap().local_endpoint(), listener.local_endpoint());
        let file = std::fs::File::open("/dev/null").unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
        assert_eq!(Passed::copy_of(fd).unwrap().kind(), PassedKind::Other);
        assert_eq!(Passed::copy_of(-1).unwrap_err(), Errno(libc::EBADF));
    }
}
