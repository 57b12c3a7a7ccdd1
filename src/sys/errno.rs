//! Error numbers of the platform, and what they are called.
use super::code::Code;
use std::io;

/// One failure of a system call: the platform's number, positive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl Errno {
    /// The number inside an error of the standard library; EIO where there is none.
    pub fn of(error: &io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// The call would have had to wait.
    pub fn would_block(self) -> bool {
        self.0 == libc::EAGAIN || self.0 == libc::EWOULDBLOCK
    }

    /// No descriptor is left, in the process or in the system.
    pub fn no_descriptors(self) -> bool {
        self.0 == libc::EMFILE || self.0 == libc::ENFILE
    }

    /// The user has as many descriptors on their way between processes as may be: some have to arrive first.
    pub fn too_many_on_their_way(self) -> bool {
        self.0 == libc::ETOOMANYREFS
    }

    /// The stable code.
    pub fn code(self) -> Code {
        match self.0 {
            libc::EINVAL => Code::EINVAL,
            libc::EBADF => Code::EBADF,
            libc::EBUSY => Code::EBUSY,
            libc::ENOENT => Code::ENOENT,
            libc::ENOMEM => Code::ENOMEM,
            libc::EOPNOTSUPP => Code::ENOTSUP,
            libc::ECANCELED => Code::ECANCELED,
            libc::EACCES => Code::EACCES,
            libc::EADDRINUSE => Code::EADDRINUSE,
            libc::EADDRNOTAVAIL => Code::EADDRNOTAVAIL,
            libc::EAFNOSUPPORT => Code::EAFNOSUPPORT,
            libc::ECONNABORTED => Code::ECONNABORTED,
            libc::ECONNREFUSED => Code::ECONNREFUSED,
            libc::ECONNRESET => Code::ECONNRESET,
            libc::EHOSTUNREACH => Code::EHOSTUNREACH,
            libc::EMFILE => Code::EMFILE,
            libc::ENAMETOOLONG => Code::ENAMETOOLONG,
            libc::ENETUNREACH => Code::ENETUNREACH,
            libc::ENFILE => Code::ENFILE,
            libc::ENOBUFS => Code::ENOBUFS,
            libc::ENOTCONN => Code::ENOTCONN,
            libc::ENOTSOCK => Code::ENOTSOCK,
            libc::EPERM => Code::EPERM,
            libc::EPIPE => Code::EPIPE,
            libc::EPROTOTYPE => Code::EPROTOTYPE,
            libc::ETIMEDOUT => Code::ETIMEDOUT,
            libc::ENOTDIR => Code::ENOTDIR,
            libc::EAGAIN => Code::EAGAIN,
            libc::EIO => Code::EIO,
            libc::EISCONN => Code::EISCONN,
            libc::ELOOP => Code::ELOOP,
            libc::EALREADY => Code::EALREADY,
            libc::EEXIST => Code::EEXIST,
            _ => Code::EUNKNOWN,
        }
    }

    /// accept(2) failed for the connection it would have returned, not for those to come.
    pub fn concerns_one_connection(self) -> bool {
        [libc::ECONNABORTED, libc::EPROTO, libc::EPERM, libc::ENETDOWN, libc::ENETUNREACH, libc::EHOSTUNREACH]
            .contains(&self.0)
    }

    /// Nobody listens there.
    pub fn refused(self) -> bool {
        self.0 == libc::ECONNREFUSED
    }

    /// Node's name for it.
    pub fn name(self) -> &'static str {
        self.unnumbered().map_or(self.code().name(), |(name, _)| name)
    }

    /// Node's words for it.
    pub fn text(self) -> &'static str {
        self.unnumbered().map_or(self.code().text(), |(_, text)| text)
    }

    /// Name and words of errors that are too rare for a number of the library's own.
    fn unnumbered(self) -> Option<(&'static str, &'static str)> {
        Some(match self.0 {
            libc::EDESTADDRREQ => ("EDESTADDRREQ", "destination address required"),
            libc::EFAULT => ("EFAULT", "bad address in system call argument"),
            libc::EHOSTDOWN => ("EHOSTDOWN", "host is down"),
            libc::EISDIR => ("EISDIR", "illegal operation on a directory"),
            libc::EMSGSIZE => ("EMSGSIZE", "message too long"),
            libc::ENETDOWN => ("ENETDOWN", "network is down"),
            libc::ENODEV => ("ENODEV", "no such device"),
            libc::ENOPROTOOPT => ("ENOPROTOOPT", "protocol not available"),
            libc::ENOSPC => ("ENOSPC", "no space left on device"),
            libc::ENOSYS => ("ENOSYS", "function not implemented"),
            libc::EPROTO => ("EPROTO", "protocol error"),
            libc::EPROTONOSUPPORT => ("EPROTONOSUPPORT", "protocol not supported"),
            libc::EROFS => ("EROFS", "read-only file system"),
            _ => return None,
        })
    }

    /// Interrupted by a signal: to be called again.
    pub fn interrupted(self) -> bool {
        self.0 == libc::EINTR
    }
}

/// The numbers that the layers above name themselves.
#[allow(missing_docs)]
impl Errno {
    pub const ENOENT: Errno = Errno(libc::ENOENT);
    pub const EACCES: Errno = Errno(libc::EACCES);
    pub const EBADF: Errno = Errno(libc::EBADF);
    pub const EEXIST: Errno = Errno(libc::EEXIST);
    pub const EALREADY: Errno = Errno(libc::EALREADY);
    pub const EISCONN: Errno = Errno(libc::EISCONN);
    pub const ETIMEDOUT: Errno = Errno(libc::ETIMEDOUT);
    pub const EINVAL: Errno = Errno(libc::EINVAL);
    pub const ECANCELED: Errno = Errno(libc::ECANCELED);
    pub const EADDRINUSE: Errno = Errno(libc::EADDRINUSE);
    pub const ENOTCONN: Errno = Errno(libc::ENOTCONN);
    pub const EPIPE: Errno = Errno(libc::EPIPE);
    pub const ENOBUFS: Errno = Errno(libc::ENOBUFS);
    pub const ENOTSOCK: Errno = Errno(libc::ENOTSOCK);
    pub const ECONNABORTED: Errno = Errno(libc::ECONNABORTED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_errors_have_a_name_without_a_number() {
        let rare = Errno(libc::EPROTO);
        assert_eq!((rare.code(), rare.name(), rare.text()), (Code::EUNKNOWN, "EPROTO", "protocol error"));
        let known = Errno(libc::EPIPE);
        assert_eq!((known.code(), known.name(), known.text()), (Code::EPIPE, "EPIPE", "broken pipe"));
        assert_eq!(Errno(9999).name(), "UNKNOWN");
    }
}
