//! Errors as events carry them: what Node puts on its error objects.
use super::address::Address;
use super::ip;
use crate::core::mutation::mutated;
use crate::sys::code::Code;
use crate::sys::errno::Errno;
use crate::sys::resolver::Failure;
use std::any::Any;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Write;
use std::net::SocketAddr;
use std::ops::Deref;
use std::rc::Rc;

/// Where an error comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// A system call failed.
    System,
    /// A name could not be looked up.
    Lookup,
    /// A rule of the library was broken: write after end and its kin.
    Library,
    /// Several attempts failed, each with its own error.
    Aggregate,
    /// The program gave it to `destroy`.
    User,
}

/// The class Node would throw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorClass {
    /// `Error`
    Error,
    /// `TypeError`
    TypeError,
    /// `RangeError`
    RangeError,
    /// `AggregateError`
    AggregateError,
}

/// One error. Absent fields are `None`, as on Node's object.
#[derive(Clone, Debug)]
pub struct NetError {
    /// Where it comes from.
    pub kind: ErrorKind,
    /// The class Node would throw.
    pub class: ErrorClass,
    /// The stable number.
    pub code: Code,
    /// `code` as text; the name of `code` unless the system or the program gave another.
    pub code_text: Cow<'static, str>,
    /// Negative errno, 0 = none.
    pub errno: i32,
    /// The whole message.
    pub message: String,
    /// The system call, in Node's name.
    pub syscall: Option<&'static str>,
    /// Remote (or listening) address, or path; a path's bytes may be no UTF-8.
    pub address: Option<Vec<u8>>,
    /// Its port; -1 for the path of a server.
    pub port: Option<i32>,
    /// Local address asked for.
    pub local_address: Option<String>,
    /// Local port asked for.
    pub local_port: Option<u16>,
    /// The name that could not be looked up.
    pub hostname: Option<String>,
    /// The name whose lookup was answered with what is no address.
    pub host: Option<String>,
    /// The attempts of an aggregate.
    pub errors: Vec<NetError>,
    /// What the program gave to `destroy`, handed back untouched.
    pub user: usize,
}

/// Errors are shared by the event, the completions and the socket that keeps the first, and those of the system also by
/// all sockets that met the same: see [`Known`].
#[derive(Clone, Debug)]
pub struct ErrorRef(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    error: NetError,
    seen: OnceCell<Box<dyn Any>>,
}

impl From<NetError> for ErrorRef {
    fn from(error: NetError) -> ErrorRef {
        ErrorRef(Rc::new(Shared { error, seen: OnceCell::new() }))
    }
}

impl Deref for ErrorRef {
    type Target = NetError;

    fn deref(&self) -> &NetError {
        &self.0.error
    }
}

impl ErrorRef {
    /// The form in which the program sees it: made when it is first looked at, kept as long as the error.
    pub fn seen_as<T: 'static>(&self, make: fn(&NetError) -> T) -> Option<&T> {
        self.0.seen.get_or_init(|| Box::new(make(self))).downcast_ref()
    }
}

/// Errors of system calls that sockets of a loop have met: the next that meets one shares it, so that thousands of resets
/// make one text. They say nothing but the call and what was wrong with it.
#[derive(Debug, Default)]
pub struct Known(Vec<(&'static str, Errno, ErrorRef)>);

/// More are not kept.
const MOST_KNOWN: usize = 32;

impl Known {
    /// As [`NetError::system`].
    pub fn system(&mut self, syscall: &'static str, errno: Errno) -> ErrorRef {
        if let Some((.., known)) = self.0.iter().find(|(call, number, _)| *number == errno && *call == syscall) {
            return known.clone();
        }
        let error: ErrorRef = NetError::system(syscall, errno).into();
        if self.0.len() < MOST_KNOWN {
            self.0.push((syscall, errno, error.clone()));
        }
        error
    }
}

impl NetError {
    fn plain(kind: ErrorKind, code: Code, code_text: impl Into<Cow<'static, str>>, message: String) -> NetError {
        NetError {
            kind,
            class: ErrorClass::Error,
            code,
            code_text: code_text.into(),
            errno: 0,
            message,
            syscall: None,
            address: None,
            port: None,
            local_address: None,
            local_port: None,
            hostname: None,
            host: None,
            errors: Vec::new(),
            user: 0,
        }
    }

    /// A rule of the library was broken.
    pub fn library(code: Code) -> NetError {
        Self::plain(ErrorKind::Library, code, code.name(), code.text().to_owned())
    }

    /// A call on a stream that is destroyed: `write` or `end`.
    pub fn stream_destroyed(call: &str) -> NetError {
        let code = Code::ERR_STREAM_DESTROYED;
        let message = format!("Cannot call {call} after a stream was destroyed");
        Self::plain(ErrorKind::Library, code, code.name(), message)
    }

    /// A write after the peer's end, once this side has ended too.
    pub fn ended_by_peer() -> NetError {
        let message = "This socket has been ended by the other party".to_owned();
        Self::plain(ErrorKind::Library, Code::EPIPE, Code::EPIPE.name(), message)
    }

    /// A system call failed: `SYSCALL CODE`.
    pub fn system(syscall: &'static str, errno: Errno) -> NetError {
        let code = errno.code();
        let name = errno.name();
        let mut error = Self::plain(ErrorKind::System, code, name, [syscall, " ", name].concat());
        error.errno = if mutated!(ErrnoPositive) && syscall == "read" { errno.0 } else { -errno.0 };
        error.syscall = Some(syscall);
        error
    }

    /// `connect` or `bind` failed: `SYSCALL CODE ADDRESS[:PORT][ - Local (DETAILS)]`.
    pub fn with_host_port(syscall: &'static str, errno: Errno, target: &Address, details: Option<&str>) -> NetError {
        let mut error = Self::system(syscall, errno);
        let (text, port) = match target {
            Address::Ip(address) => (ip::text(address).into_bytes(), address.port()),
            Address::Path(path) => (path.clone(), 0),
            Address::Absent | Address::Other { .. } => (Vec::new(), 0),
        };
        if port != 0 {
            let _ = write!(error.message, " {}:{port}", String::from_utf8_lossy(&text));
        } else if !text.is_empty() {
            let _ = write!(error.message, " {}", String::from_utf8_lossy(&text));
        }
        if let Some(details) = details {
            let _ = write!(error.message, " - Local ({details})");
        }
        error.address = Some(text);
        // Node's port is there unless it is 0.
        error.port = (port != 0 && !mutated!(PortLost)).then_some(i32::from(port));
        error
    }

    /// `listen` failed: here the system's words are part of the message, and a path has port -1.
    pub fn listen(errno: Errno, address: Option<&[u8]>, port: Option<i32>) -> NetError {
        let mut error = Self::system("listen", errno);
        let _ = write!(error.message, ": {}", errno.text());
        let shown = address.map(String::from_utf8_lossy);
        match (&shown, port) {
            (Some(address), Some(port)) if port > 0 => {
                let _ = write!(error.message, " {address}:{port}");
            }
            (Some(address), _) => {
                let _ = write!(error.message, " {address}");
            }
            (None, _) => {}
        }
        error.address = address.map(<[u8]>::to_vec);
        error.port = port.filter(|port| *port != 0);
        error
    }

    /// A name has no address.
    pub fn lookup(failure: &Failure, hostname: &str) -> NetError {
        let message = format!("getaddrinfo {} {hostname}", failure.name);
        let mut error = Self::plain(ErrorKind::Lookup, failure.code, failure.name, message);
        error.errno = failure.number;
        error.syscall = Some("getaddrinfo");
        error.hostname = Some(hostname.to_owned());
        error
    }

    /// Every attempt failed.
    pub fn aggregate(errors: Vec<NetError>) -> NetError {
        let (code, text) = errors.first().map_or((Code::EUNKNOWN, Cow::default()), |e| (e.code, e.code_text.clone()));
        let mut error = Self::plain(ErrorKind::Aggregate, code, text, String::new());
        error.class = ErrorClass::AggregateError;
        error.errors = errors;
        error
    }

    /// The socket's block list has the address.
    pub fn blocked(address: &SocketAddr) -> NetError {
        let code = Code::ERR_IP_BLOCKED;
        let message = format!("IP({}) is blocked by net.BlockList", ip::text(address));
        Self::plain(ErrorKind::Library, code, code.name(), message)
    }

    /// A lookup answered with something that is no IP address.
    pub fn invalid_ip(text: &str) -> NetError {
        let code = Code::ERR_INVALID_IP_ADDRESS;
        let mut error = Self::plain(ErrorKind::Library, code, code.name(), format!("Invalid IP address: {text}"));
        error.class = ErrorClass::TypeError;
        error
    }

    /// A lookup answered with a family that is neither 4 nor 6.
    pub fn invalid_family(family: i32, host: &str, port: u16) -> NetError {
        let code = Code::ERR_INVALID_ADDRESS_FAMILY;
        let message = format!("Invalid address family: {family} {host}:{port}");
        let mut error = Self::plain(ErrorKind::Library, code, code.name(), message);
        error.class = ErrorClass::RangeError;
        error.host = Some(host.to_owned());
        error.port = Some(i32::from(port));
        error
    }
}
