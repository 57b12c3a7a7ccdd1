//! The number, name and text of every error, the same on every platform.

/// An error number of the library: negative, only ever appended to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Code(i32);

/// What every fallible step of the library returns.
pub type Result<T = ()> = core::result::Result<T, Code>;

macro_rules! codes {
    ($($konst:ident = $number:literal, $name:literal, $text:literal;)*) => {
        #[allow(missing_docs)]
        impl Code {
            $(pub const $konst: Code = Code($number);)*
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$konst),*];

            /// The symbolic name, as Node spells it: `EADDRINUSE`.
            pub fn name(self) -> &'static str {
                match self.0 { $($number => $name,)* _ => "UNKNOWN" }
            }

            /// What it means, in the words Node uses.
            pub fn text(self) -> &'static str {
                match self.0 { $($number => $text,)* _ => "unknown error" }
            }
        }
    };
}

codes! {
    EINVAL = -1, "EINVAL", "invalid argument";
    EBADF = -2, "EBADF", "bad file descriptor";
    EWRONGTHREAD = -3, "EWRONGTHREAD", "the loop belongs to another thread";
    EBUSY = -4, "EBUSY", "resource busy or locked";
    ENOENT = -5, "ENOENT", "no such file or directory";
    ENOMEM = -6, "ENOMEM", "not enough memory";
    EPANIC = -7, "EPANIC", "internal error, the loop cannot be used any more";
    ENOTSUP = -8, "ENOTSUP", "operation not supported";
    ECANCELED = -9, "ECANCELED", "operation canceled";
    EUNKNOWN = -10, "UNKNOWN", "unknown error";
    EUSER = -11, "EUSER", "error of the program";
    ERR_STREAM_WRITE_AFTER_END = -100, "ERR_STREAM_WRITE_AFTER_END", "write after end";
    ERR_STREAM_DESTROYED = -101, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed";
    ERR_STREAM_ALREADY_FINISHED = -102, "ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished";
    ERR_SERVER_ALREADY_LISTEN = -103, "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.";
    ERR_SERVER_NOT_RUNNING = -104, "ERR_SERVER_NOT_RUNNING", "Server is not running.";
    ERR_SOCKET_CLOSED = -105, "ERR_SOCKET_CLOSED", "Socket is closed";
    ERR_SOCKET_CLOSED_BEFORE_CONNECTION = -106, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "Socket closed before the connection was established";
    ERR_INVALID_IP_ADDRESS = -107, "ERR_INVALID_IP_ADDRESS", "Invalid IP address";
    ERR_INVALID_ADDRESS_FAMILY = -108, "ERR_INVALID_ADDRESS_FAMILY", "Invalid address family";
    ERR_INVALID_HANDLE_TYPE = -109, "ERR_INVALID_HANDLE_TYPE", "This handle type cannot be sent";
    ERR_MISSING_ARGS = -110, "ERR_MISSING_ARGS", "The \"options\" or \"port\" or \"path\" argument must be specified";
    ERR_OUT_OF_RANGE = -111, "ERR_OUT_OF_RANGE", "a value is out of range";
    ERR_INVALID_ADDRESS = -112, "ERR_INVALID_ADDRESS", "Invalid socket address";
    ERR_INVALID_ARG_VALUE = -113, "ERR_INVALID_ARG_VALUE", "the value of an argument is invalid";
    ERR_IP_BLOCKED = -114, "ERR_IP_BLOCKED", "The address is blocked by a block list";
    ERR_WORKER_HANDLE_NOT_TRANSFERABLE = -115, "ERR_WORKER_HANDLE_NOT_TRANSFERABLE", "The handle cannot be moved in its current state";
    ERR_SOCKET_HANDLE_ADOPTED = -117, "ERR_SOCKET_HANDLE_ADOPTED", "The bound socket has already been adopted by a server or socket";
    ERR_INVALID_FD_TYPE = -118, "ERR_INVALID_FD_TYPE", "Unsupported fd type";
    EACCES = -200, "EACCES", "permission denied";
    EADDRINUSE = -201, "EADDRINUSE", "address already in use";
    EADDRNOTAVAIL = -202, "EADDRNOTAVAIL", "address not available";
    EAFNOSUPPORT = -203, "EAFNOSUPPORT", "address family not supported";
    ECONNABORTED = -204, "ECONNABORTED", "software caused connection abort";
    ECONNREFUSED = -205, "ECONNREFUSED", "connection refused";
    ECONNRESET = -206, "ECONNRESET", "connection reset by peer";
    EHOSTUNREACH = -207, "EHOSTUNREACH", "host is unreachable";
    EMFILE = -208, "EMFILE", "too many open files";
    ENAMETOOLONG = -209, "ENAMETOOLONG", "name too long";
    ENETUNREACH = -210, "ENETUNREACH", "network is unreachable";
    ENFILE = -211, "ENFILE", "file table overflow";
    ENOBUFS = -212, "ENOBUFS", "no buffer space available";
    ENOTCONN = -213, "ENOTCONN", "socket is not connected";
    ENOTSOCK = -214, "ENOTSOCK", "socket operation on non-socket";
    EPERM = -215, "EPERM", "operation not permitted";
    EPIPE = -216, "EPIPE", "broken pipe";
    EPROTOTYPE = -217, "EPROTOTYPE", "protocol wrong type for socket";
    ETIMEDOUT = -218, "ETIMEDOUT", "connection timed out";
    ENOTDIR = -219, "ENOTDIR", "not a directory";
    EAGAIN = -220, "EAGAIN", "resource temporarily unavailable";
    EIO = -221, "EIO", "i/o error";
    EISCONN = -222, "EISCONN", "socket is already connected";
    ELOOP = -223, "ELOOP", "too many symbolic links encountered";
    EALREADY = -224, "EALREADY", "connection already in progress";
    EEXIST = -226, "EEXIST", "file already exists";
    ENOTFOUND = -300, "ENOTFOUND", "name not found";
    EAI_AGAIN = -301, "EAI_AGAIN", "temporary failure";
    EAI_FAIL = -302, "EAI_FAIL", "permanent failure";
}

impl Code {
    /// The number handed to C.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The code with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.0 == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_negative_and_unique() {
        for (i, a) in Code::ALL.iter().enumerate() {
            assert!(a.number() < 0);
            assert!(Code::ALL[..i].iter().all(|b| b != a && b.name() != a.name()));
        }
    }
}
