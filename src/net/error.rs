//! Errors as events carry them: what Node puts on its error objects.
use crate::sys::code::Code;

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
    pub code_text: String,
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
    /// The name that was looked up.
    pub hostname: Option<String>,
    /// The attempts of an aggregate.
    pub errors: Vec<NetError>,
    /// What the program gave to `destroy`, handed back untouched.
    pub user: usize,
}
