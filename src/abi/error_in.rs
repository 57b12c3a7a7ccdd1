//! An error of the program's, given to `net_socket_destroy` or `net_lookup_fail`, as the library keeps it.
use super::address::NET_CSTR;
use super::error::{
    NET_ERROR_HAS_LOCAL_PORT, NET_ERROR_HAS_PORT, NET_ERROR_KIND_AGGREGATE, NET_ERROR_KIND_LIBRARY,
    NET_ERROR_KIND_LOOKUP, NET_ERROR_KIND_SYSTEM, NET_ERROR_KIND_USER, net_error,
};
use super::sized;
use super::text::{counted, utf8};
use crate::net::error::{ErrorClass, ErrorKind, NetError};
use crate::sys::code::{Code, Result};
use core::ffi::c_char;

/// The calls that errors of Node name; the library keeps no other.
const SYSCALLS: &[&str] = &[
    "accept",
    "bind",
    "connect",
    "getaddrinfo",
    "getpeername",
    "getsockname",
    "listen",
    "open",
    "pipe",
    "read",
    "setsockopt",
    "shutdown",
    "socket",
    "write",
];

/// More attempts than any connect makes: a count beyond it was never initialised.
const MOST_NESTED: usize = 4096;

/// What C gave, copied. NULL is `None`.
///
/// # Safety
/// `error` is NULL or as the header describes it, with all that it points to.
pub(super) unsafe fn take(error: *const net_error) -> Result<Option<NetError>> {
    if error.is_null() {
        return Ok(None);
    }
    // SAFETY: passed on.
    unsafe { copy(error, true) }.map(Some)
}

/// # Safety
/// As [`take`], and not NULL.
unsafe fn copy(error: *const net_error, may_nest: bool) -> Result<NetError> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(error) }?;
    if given.present & !(NET_ERROR_HAS_PORT | NET_ERROR_HAS_LOCAL_PORT) != 0 {
        return Err(Code::EINVAL);
    }
    let port = (given.present & NET_ERROR_HAS_PORT != 0).then_some(given.port);
    if port.is_some_and(|port| !(-1..=65535).contains(&port)) {
        return Err(Code::EINVAL);
    }
    let local_port = match given.present & NET_ERROR_HAS_LOCAL_PORT {
        0 => None,
        _ => Some(u16::try_from(given.local_port).map_err(|_| Code::EINVAL)?),
    };
    // SAFETY: each text is NULL or NUL-terminated, as the header asks.
    let (code_text, message, syscall, local_address, hostname, host, class) = unsafe {
        (
            owned(given.code)?,
            owned(given.message)?,
            owned(given.syscall)?,
            owned(given.local_address)?,
            owned(given.hostname)?,
            owned(given.host)?,
            owned(given.name)?,
        )
    };
    // SAFETY: as above.
    let address = unsafe { counted(given.address, NET_CSTR) }?.map(<[u8]>::to_vec);
    let (code, code_text) = code_of(given.number, code_text)?;
    Ok(NetError {
        kind: kind(given.kind)?,
        class: class_of(class.as_deref())?,
        code,
        code_text: code_text.into(),
        errno: given.sys_errno,
        message: message.unwrap_or_default(),
        syscall: syscall.as_deref().map(known_syscall).transpose()?,
        address,
        port,
        local_address,
        local_port,
        hostname,
        host,
        // SAFETY: `errors` has `error_count` pointers, as the header asks.
        errors: unsafe { nested(&given, may_nest) }?,
        user: given.user.expose_provenance(),
    })
}

/// # Safety
/// As [`take`] for each of the errors.
unsafe fn nested(given: &net_error, may_nest: bool) -> Result<Vec<NetError>> {
    let count = given.error_count;
    if count == 0 {
        return Ok(Vec::new());
    }
    // One level deep, as Node's are: so a struct that points to itself cannot lead round and round.
    if !may_nest || given.errors.is_null() || count > MOST_NESTED {
        return Err(Code::EINVAL);
    }
    (0..count)
        .map(|i| {
            // SAFETY: `i` is below the count.
            let error = unsafe { given.errors.add(i).read_unaligned() };
            if error.is_null() {
                return Err(Code::EINVAL);
            }
            // SAFETY: not NULL, the rest promised by the caller.
            unsafe { copy(error, false) }
        })
        .collect()
}

/// # Safety
/// `text` is NULL or NUL-terminated.
unsafe fn owned(text: *const c_char) -> Result<Option<String>> {
    // SAFETY: promised by the caller.
    Ok(unsafe { utf8(text, NET_CSTR) }?.map(str::to_owned))
}

/// The number decides; without one the text does, if it is the name of one; an error may also have neither.
fn code_of(number: i32, text: Option<String>) -> Result<(Code, String)> {
    if number != 0 && number != Code::EUSER.number() {
        let code = Code::from_number(number).ok_or(Code::EINVAL)?;
        return Ok((code, text.unwrap_or_else(|| code.name().to_owned())));
    }
    let text = text.unwrap_or_default();
    let named = Code::ALL.iter().copied().find(|code| code.name() == text);
    Ok((named.unwrap_or(Code::EUSER), text))
}

fn kind(kind: i32) -> Result<ErrorKind> {
    match kind {
        NET_ERROR_KIND_SYSTEM => Ok(ErrorKind::System),
        NET_ERROR_KIND_LOOKUP => Ok(ErrorKind::Lookup),
        NET_ERROR_KIND_LIBRARY => Ok(ErrorKind::Library),
        NET_ERROR_KIND_AGGREGATE => Ok(ErrorKind::Aggregate),
        NET_ERROR_KIND_USER => Ok(ErrorKind::User),
        _ => Err(Code::EINVAL),
    }
}

fn class_of(name: Option<&str>) -> Result<ErrorClass> {
    match name {
        None | Some("Error") => Ok(ErrorClass::Error),
        Some("TypeError") => Ok(ErrorClass::TypeError),
        Some("RangeError") => Ok(ErrorClass::RangeError),
        Some("AggregateError") => Ok(ErrorClass::AggregateError),
        Some(_) => Err(Code::EINVAL),
    }
}

fn known_syscall(name: &str) -> Result<&'static str> {
    SYSCALLS.iter().copied().find(|known| *known == name).ok_or(Code::EINVAL)
}

#[cfg(test)]
mod tests {
    use super::super::error_out::{ErrorOut, tests::refused};
    use super::super::sized::Versioned;
    use super::*;

    fn taken(error: &net_error) -> Result<NetError> {
        // SAFETY: every test fills its struct as the header asks.
        unsafe { take(error) }.map(Option::unwrap)
    }

    #[test]
    fn null_is_no_error() {
        // SAFETY: NULL is allowed.
        assert!(unsafe { take(core::ptr::null()) }.unwrap().is_none());
    }

    #[test]
    fn what_comes_out_goes_in_again() {
        let error = NetError {
            errors: vec![refused(1), refused(2)],
            local_port: Some(3),
            host: Some("here".into()),
            user: 7,
            ..refused(80)
        };
        let out = ErrorOut::new(&error);
        // SAFETY: `out` lives.
        let back = taken(unsafe { &*out.seen() }).unwrap();
        assert_eq!(format!("{back:?}"), format!("{error:?}"));
    }

    #[test]
    fn an_error_may_have_nothing_but_a_message() {
        let error = taken(&net_error { message: c"enough".as_ptr(), ..net_error::INIT }).unwrap();
        assert_eq!((error.kind, error.code, error.message.as_str()), (ErrorKind::User, Code::EUSER, "enough"));
        assert_eq!((&*error.code_text, error.class), ("", ErrorClass::Error));
    }

    #[test]
    fn number_and_name_find_each_other() {
        let by_name = taken(&net_error { code: c"EPIPE".as_ptr(), ..net_error::INIT }).unwrap();
        assert_eq!((by_name.code, &*by_name.code_text), (Code::EPIPE, "EPIPE"));
        let by_number = taken(&net_error { number: Code::EPIPE.number(), ..net_error::INIT }).unwrap();
        assert_eq!((by_number.code, &*by_number.code_text), (Code::EPIPE, "EPIPE"));
        let own = taken(&net_error { code: c"MINE".as_ptr(), ..net_error::INIT }).unwrap();
        assert_eq!((own.code, &*own.code_text), (Code::EUSER, "MINE"));
    }

    #[test]
    fn values_that_mean_nothing_are_refused() {
        let bad = [
            net_error { kind: 0, ..net_error::INIT },
            net_error { kind: 6, ..net_error::INIT },
            net_error { number: 1, ..net_error::INIT },
            net_error { number: -99, ..net_error::INIT },
            net_error { present: 4, ..net_error::INIT },
            net_error { present: NET_ERROR_HAS_PORT, port: 65536, ..net_error::INIT },
            net_error { present: NET_ERROR_HAS_LOCAL_PORT, local_port: -1, ..net_error::INIT },
            net_error { name: c"SyntaxError".as_ptr(), ..net_error::INIT },
            net_error { syscall: c"fork".as_ptr(), ..net_error::INIT },
            net_error { message: c"\xff".as_ptr(), ..net_error::INIT },
            net_error { error_count: 1, ..net_error::INIT },
            net_error { size: 0, ..net_error::INIT },
        ];
        for error in bad {
            assert_eq!(taken(&error).unwrap_err(), Code::EINVAL, "{error:?}");
        }
    }

    #[test]
    fn an_error_inside_itself_is_refused() {
        let mut error = net_error::INIT;
        let pointers = [&raw const error];
        error.errors = pointers.as_ptr();
        error.error_count = 1;
        assert_eq!(taken(&error).unwrap_err(), Code::EINVAL);
    }
}
