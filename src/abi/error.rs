//! Errors: the struct of error events, and the names and texts of the numbers.
use super::sized::Versioned;
use crate::sys::code::Code;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{null, null_mut};
use std::ffi::CString;
use std::sync::OnceLock;

/// `net_error.present`: Node's error object would have `port`. @since 0.1
pub const NET_ERROR_HAS_PORT: u32 = 1;
/// `net_error.present`: Node's error object would have `localPort`. @since 0.1
pub const NET_ERROR_HAS_LOCAL_PORT: u32 = 2;

/// `net_error.kind`: a system call failed. @since 0.1
pub const NET_ERROR_KIND_SYSTEM: i32 = 1;
/// `net_error.kind`: a name could not be looked up. @since 0.1
pub const NET_ERROR_KIND_LOOKUP: i32 = 2;
/// `net_error.kind`: a rule of the library was broken, as by a write after end. @since 0.1
pub const NET_ERROR_KIND_LIBRARY: i32 = 3;
/// `net_error.kind`: several attempts failed, each with its own error in `errors`. @since 0.1
pub const NET_ERROR_KIND_AGGREGATE: i32 = 4;
/// `net_error.kind`: the program gave it to `net_socket_destroy` or `net_lookup_fail`. @since 0.1
pub const NET_ERROR_KIND_USER: i32 = 5;

/// One error, with what Node has on its error object.
///
/// Those that come to callbacks live, texts and all, until the callback returns. To give one to `net_socket_destroy` or
/// `net_lookup_fail`, begin with `NET_ERROR_INIT`; the library copies it.
///
/// Texts are UTF-8 where the system gives it, NUL-terminated, NULL if absent. A NUL in the name of an abstract local
/// socket shows as `@`.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_error {
    /// `sizeof(net_error)`.
    pub size: usize,
    /// A `NET_ERROR_KIND_` value.
    pub kind: i32,
    /// The `NET_E*` number, the same on every system. Node has none.
    pub number: i32,
    /// The system's error number, negative as Node's `errno`; 0 if absent. It differs between systems.
    pub sys_errno: i32,
    /// Node: `port`. Valid if `present` has `NET_ERROR_HAS_PORT`. -1 for the path of a server.
    pub port: i32,
    /// Node: `localPort`. Valid if `present` has `NET_ERROR_HAS_LOCAL_PORT`.
    pub local_port: i32,
    /// Which numbers are valid: `NET_ERROR_HAS_` bits.
    pub present: u32,
    /// Node: `name`. "Error", "TypeError", "RangeError" or "AggregateError".
    pub name: *const c_char,
    /// Node: `code`. "EADDRINUSE", "ERR_SERVER_NOT_RUNNING".
    pub code: *const c_char,
    /// Node: `message`. "connect ECONNREFUSED 127.0.0.1:80". Never NULL when it comes from the library.
    pub message: *const c_char,
    /// Node: `syscall`. "connect", "listen", "read", "write", "getaddrinfo".
    pub syscall: *const c_char,
    /// Node: `address`. An IP address or a path.
    pub address: *const c_char,
    /// Node: `localAddress`.
    pub local_address: *const c_char,
    /// Node: `hostname`. The name that could not be looked up.
    pub hostname: *const c_char,
    /// Node: `host`. The name whose lookup was answered with what is no address.
    pub host: *const c_char,
    /// Node: `errors`. Of an aggregate the error of each attempt, in order; else NULL.
    pub errors: *const *const net_error,
    /// How many `errors` there are.
    pub error_count: usize,
    /// A pointer of the program's: what `net_socket_destroy` or `net_lookup_fail` was given comes back untouched.
    pub user: *mut c_void,
}

// SAFETY: integers and pointers, size first.
unsafe impl Versioned for net_error {
    const FIRST: usize = size_of::<net_error>();
    const INIT: net_error = net_error {
        size: size_of::<net_error>(),
        kind: NET_ERROR_KIND_USER,
        number: 0,
        sys_errno: 0,
        port: 0,
        local_port: 0,
        present: 0,
        name: null(),
        code: null(),
        message: null(),
        syscall: null(),
        address: null(),
        local_address: null(),
        hostname: null(),
        host: null(),
        errors: null(),
        error_count: 0,
        user: null_mut(),
    };
}

struct Words {
    number: c_int,
    name: CString,
    text: CString,
}

/// The words of a code with their NUL, made at the first question.
fn words(number: c_int) -> Option<&'static Words> {
    static ALL: OnceLock<Vec<Words>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let owned = |text: &str| CString::new(text).unwrap_or_default();
        Code::ALL
            .iter()
            .map(|code| Words { number: code.number(), name: owned(code.name()), text: owned(code.text()) })
            .collect()
    });
    all.iter().find(|words| words.number == number)
}

fn word(code: c_int, zero: &'static CStr, unknown: &'static CStr, pick: fn(&Words) -> &CStr) -> *const c_char {
    let found = super::border::call(|| Ok(words(code)));
    match (code, found) {
        (0, _) => zero,
        (_, Ok(Some(words))) => pick(words),
        _ => unknown,
    }
    .as_ptr()
}

/// The name of an error number, as Node spells its `code`: "EADDRINUSE"; "UNKNOWN" for a number that is none of ours,
/// "OK" for 0. The `ERR_` codes are those of Node: `NET_ERR_SOCKET_CLOSED` is "ERR_SOCKET_CLOSED".
///
/// Returns a static text. Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_error_name(code: c_int) -> *const c_char {
    word(code, c"OK", c"UNKNOWN", |words| &words.name)
}

/// What an error number means: "address already in use"; "unknown error" for a number that is none of ours, "success"
/// for 0. For the text of an error event see `net_error.message`.
///
/// Returns a static text. Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_error_text(code: c_int) -> *const c_char {
    word(code, c"success", c"unknown error", |words| &words.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pointer: *const c_char) -> &'static str {
        // SAFETY: the functions return static C strings.
        unsafe { CStr::from_ptr(pointer) }.to_str().unwrap()
    }

    #[test]
    fn every_code_has_its_words() {
        for code in Code::ALL {
            assert_eq!(text(net_error_name(code.number())), code.name());
            assert_eq!(text(net_error_text(code.number())), code.text());
        }
    }

    #[test]
    fn numbers_of_nobody_are_unknown() {
        for code in [1, -99, i32::MIN, i32::MAX] {
            assert_eq!(text(net_error_name(code)), "UNKNOWN");
            assert_eq!(text(net_error_text(code)), "unknown error");
        }
        assert_eq!((text(net_error_name(0)), text(net_error_text(0))), ("OK", "success"));
    }
}
