//! An error of the library's as C sees it: a struct whose texts end in NUL.
use super::error::{
    NET_ERROR_HAS_LOCAL_PORT, NET_ERROR_HAS_PORT, NET_ERROR_KIND_AGGREGATE, NET_ERROR_KIND_LIBRARY,
    NET_ERROR_KIND_LOOKUP, NET_ERROR_KIND_SYSTEM, NET_ERROR_KIND_USER, net_error,
};
use super::sized::Versioned;
use crate::net::error::{ErrorClass, ErrorKind, NetError};
use core::ffi::{c_char, c_void};
use core::ptr::null;
use std::ffi::CString;

/// Owns all that a `net_error` points to.
pub(super) struct ErrorOut {
    seen: net_error,
    // Held for `seen`, which points into them; moving the ErrorOut moves none of their bytes.
    _texts: Vec<u8>,
    _nested: Vec<ErrorOut>,
    _pointers: Vec<*const net_error>,
}

impl ErrorOut {
    pub fn new(error: &NetError) -> ErrorOut {
        let texts = Texts::of(error);
        let nested: Vec<ErrorOut> = error.errors.iter().map(ErrorOut::new).collect();
        // Their addresses are settled: the vector is complete, and never touched again.
        let pointers: Vec<*const net_error> = nested.iter().map(|error| &raw const error.seen).collect();
        let mut present = 0;
        if error.port.is_some() {
            present |= NET_ERROR_HAS_PORT;
        }
        if error.local_port.is_some() {
            present |= NET_ERROR_HAS_LOCAL_PORT;
        }
        let seen = net_error {
            kind: kind(error.kind),
            number: error.code.number(),
            sys_errno: error.errno,
            port: error.port.unwrap_or(0),
            local_port: error.local_port.map_or(0, i32::from),
            present,
            name: class(error.class).as_ptr(),
            code: texts.at(texts.code),
            message: texts.message(),
            syscall: texts.at(texts.syscall),
            address: texts.at(texts.address),
            local_address: texts.at(texts.local_address),
            hostname: texts.at(texts.hostname),
            host: texts.at(texts.host),
            errors: if pointers.is_empty() { null() } else { pointers.as_ptr() },
            error_count: pointers.len(),
            user: core::ptr::with_exposed_provenance_mut::<c_void>(error.user),
            ..net_error::INIT
        };
        ErrorOut { seen, _texts: texts.bytes, _nested: nested, _pointers: pointers }
    }

    /// What C gets to see, as long as `self` stays where it is.
    pub fn seen(&self) -> *const net_error {
        &raw const self.seen
    }
}

/// NULL or the error, for as long as `out` stays where it is.
pub(super) fn seen_or_null(out: Option<&ErrorOut>) -> *const net_error {
    out.map_or(null(), ErrorOut::seen)
}

/// All texts of an error one after the other, so that they cost one allocation; where each begins. The first is never
/// absent, so 0 stands for those that are.
struct Texts {
    bytes: Vec<u8>,
    code: usize,
    syscall: usize,
    address: usize,
    local_address: usize,
    hostname: usize,
    host: usize,
}

impl Texts {
    fn of(error: &NetError) -> Texts {
        let len = |text: Option<&[u8]>| text.map_or(0, |text| text.len() + 1);
        let (syscall, address) = (error.syscall.map(str::as_bytes), error.address.as_deref());
        let (local, hostname) = (error.local_address.as_deref(), error.hostname.as_deref());
        let (local, hostname) = (local.map(str::as_bytes), hostname.map(str::as_bytes));
        let host = error.host.as_deref().map(str::as_bytes);
        let code = Some(error.code_text.as_bytes()).filter(|text| !text.is_empty());
        let names = len(hostname) + len(host);
        let room = error.message.len() + 1 + len(code) + len(syscall) + len(address) + len(local) + names;
        let mut bytes = Vec::with_capacity(room);
        bytes.extend_from_slice(error.message.as_bytes());
        bytes.push(0);
        let mut put = |text: Option<&[u8]>| {
            let Some(text) = text else { return 0 };
            let begin = bytes.len();
            bytes.extend_from_slice(text);
            bytes.push(0);
            begin
        };
        let (code, syscall) = (put(code), put(syscall));
        let (address, local_address) = (put(address), put(local));
        let (hostname, host) = (put(hostname), put(host));
        let mut texts = Texts { bytes, code, syscall, address, local_address, hostname, host };
        // Only the name of an abstract local socket brings NULs, here and into the message.
        if let Some(name) = error.address.as_ref().filter(|name| name.contains(&0)) {
            show_nuls(&mut texts.bytes[..error.message.len()]);
            show_nuls(&mut texts.bytes[address..][..name.len()]);
        }
        texts
    }

    /// NULL or the text that begins there.
    fn at(&self, begin: usize) -> *const c_char {
        if begin == 0 { null() } else { self.bytes[begin..].as_ptr().cast() }
    }

    fn message(&self) -> *const c_char {
        self.bytes.as_ptr().cast()
    }
}

fn show_nuls(text: &mut [u8]) {
    text.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b'@');
}

/// A text for C. The NULs of an abstract name become `@`, as in all the system's own listings.
pub(super) fn c_text(text: &[u8]) -> CString {
    let mut shown = text.to_vec();
    show_nuls(&mut shown);
    CString::new(shown).unwrap_or_default()
}

fn kind(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::System => NET_ERROR_KIND_SYSTEM,
        ErrorKind::Lookup => NET_ERROR_KIND_LOOKUP,
        ErrorKind::Library => NET_ERROR_KIND_LIBRARY,
        ErrorKind::Aggregate => NET_ERROR_KIND_AGGREGATE,
        ErrorKind::User => NET_ERROR_KIND_USER,
    }
}

fn class(class: ErrorClass) -> &'static core::ffi::CStr {
    match class {
        ErrorClass::Error => c"Error",
        ErrorClass::TypeError => c"TypeError",
        ErrorClass::RangeError => c"RangeError",
        ErrorClass::AggregateError => c"AggregateError",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::sys::code::Code;
    use core::ffi::CStr;

    pub(in crate::abi) fn refused(port: i32) -> NetError {
        NetError {
            kind: ErrorKind::System,
            class: ErrorClass::Error,
            code: Code::ECONNREFUSED,
            code_text: "ECONNREFUSED".into(),
            errno: -111,
            message: format!("connect ECONNREFUSED 127.0.0.1:{port}"),
            syscall: Some("connect"),
            address: Some(b"127.0.0.1".to_vec()),
            port: Some(port),
            local_address: None,
            local_port: None,
            hostname: None,
            host: None,
            errors: Vec::new(),
            user: 0,
        }
    }

    fn text(pointer: *const c_char) -> Option<String> {
        // SAFETY: NULL or a C string of a living ErrorOut.
        (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned())
    }

    #[test]
    fn every_field_is_carried_over() {
        let error = NetError {
            local_address: Some("127.0.0.2".into()),
            local_port: Some(9),
            hostname: Some("here".into()),
            host: Some("there".into()),
            user: 42,
            ..refused(80)
        };
        let out = ErrorOut::new(&error);
        let out = Box::new(out); // moved after the pointers were made
        // SAFETY: `out` lives.
        let seen = unsafe { &*out.seen() };
        assert_eq!(seen.size, size_of::<net_error>());
        assert_eq!((seen.kind, seen.number, seen.sys_errno), (NET_ERROR_KIND_SYSTEM, -205, -111));
        assert_eq!((seen.port, seen.local_port), (80, 9));
        assert_eq!(seen.present, NET_ERROR_HAS_PORT | NET_ERROR_HAS_LOCAL_PORT);
        assert_eq!(text(seen.name).as_deref(), Some("Error"));
        assert_eq!(text(seen.code).as_deref(), Some("ECONNREFUSED"));
        assert_eq!(text(seen.message).as_deref(), Some("connect ECONNREFUSED 127.0.0.1:80"));
        assert_eq!(text(seen.syscall).as_deref(), Some("connect"));
        assert_eq!(text(seen.address).as_deref(), Some("127.0.0.1"));
        assert_eq!(text(seen.local_address).as_deref(), Some("127.0.0.2"));
        assert_eq!(text(seen.hostname).as_deref(), Some("here"));
        assert_eq!(text(seen.host).as_deref(), Some("there"));
        assert_eq!(seen.user.addr(), 42);
        assert!(seen.errors.is_null());
    }

    #[test]
    fn what_is_absent_is_null() {
        let error = NetError { address: None, port: None, syscall: None, code_text: "".into(), ..refused(1) };
        let out = ErrorOut::new(&error);
        // SAFETY: `out` lives.
        let seen = unsafe { &*out.seen() };
        assert_eq!((seen.present, seen.error_count), (0, 0));
        for pointer in [seen.code, seen.syscall, seen.address, seen.local_address, seen.hostname, seen.host] {
            assert!(pointer.is_null());
        }
        assert!(!seen.message.is_null());
    }

    #[test]
    fn an_aggregate_holds_its_attempts_in_order() {
        let error = NetError {
            kind: ErrorKind::Aggregate,
            class: ErrorClass::AggregateError,
            errors: vec![refused(1), refused(2)],
            ..refused(0)
        };
        let out = ErrorOut::new(&error);
        // SAFETY: `out` lives.
        let seen = unsafe { &*out.seen() };
        assert_eq!((seen.kind, seen.error_count), (NET_ERROR_KIND_AGGREGATE, 2));
        // SAFETY: as many pointers to errors of `out`.
        let ports: Vec<i32> = (0..2).map(|i| unsafe { (**seen.errors.add(i)).port }).collect();
        assert_eq!(ports, [1, 2]);
    }

    #[test]
    fn an_abstract_name_stays_readable() {
        assert_eq!(c_text(b"connect ECONNREFUSED \0name").as_c_str(), c"connect ECONNREFUSED @name");
        let error = NetError { address: Some(b"\0name".to_vec()), message: "connect \0name".into(), ..refused(1) };
        let out = ErrorOut::new(&error);
        // SAFETY: `out` lives.
        let seen = unsafe { &*out.seen() };
        assert_eq!(text(seen.address).as_deref(), Some("@name"));
        assert_eq!(text(seen.message).as_deref(), Some("connect @name"));
    }
}
