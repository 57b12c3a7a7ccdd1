//! net.BoundSocket: Bound → Gone, when it is adopted or closed. They belong to the process, so that any loop may adopt one.
use super::BoundSocketId;
use super::address::Address;
use super::error::{ErrorClass, NetError};
use super::ip;
use super::options::{BoundOptions, BoundTarget};
use crate::core::mutation::mutated;
use crate::core::table::Table;
use crate::sys::bound::Bound;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::passing::Passed;
use crate::sys::sockaddr::Endpoint;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// One that may have been adopted or closed.
struct BoundSocket {
    /// None once it is gone.
    bound: Option<Bound>,
    /// The path, which it keeps.
    path: Option<Vec<u8>>,
}

/// What a server or a socket adopts.
#[derive(Debug)]
pub struct Adopted {
    /// The endpoint.
    pub bound: Bound,
    /// Its path, if it is a local one.
    pub path: Option<Vec<u8>>,
}

static ALL: LazyLock<Mutex<Table<BoundSocket>>> = LazyLock::new(|| Mutex::new(Table::new(1)));

fn all() -> MutexGuard<'static, Table<BoundSocket>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with<R>(id: BoundSocketId, look: impl FnOnce(&mut BoundSocket) -> Result<R>) -> Result<R> {
    all().get_mut(id.0).ok_or(Code::EBADF).and_then(look)
}

fn still<R>(id: BoundSocketId, look: impl FnOnce(&Bound, Option<&[u8]>) -> Result<R>) -> Result<R> {
    with(id, |socket| {
        let bound = socket.bound.as_ref().ok_or(Code::ERR_SOCKET_HANDLE_ADOPTED)?;
        look(bound, socket.path.as_deref())
    })
}

fn no_address(host: &str) -> Box<NetError> {
    let mut error = NetError::library(Code::ERR_INVALID_ARG_VALUE);
    error.class = ErrorClass::TypeError;
    error.message = format!(
        "The property 'options.host' must be a numeric IP address; net.BoundSocket does not perform DNS resolution. \
         Received '{host}'"
    );
    Box::new(error)
}

fn bind(options: &BoundOptions<'_>) -> std::result::Result<BoundSocket, Box<NetError>> {
    let (host, port) = match options.target {
        BoundTarget::Path(path) => {
            // As in Node, a folder that is missing is one that may not be written to.
            let bound = Bound::to_path(path)
                .map_err(|errno| if errno == Errno::ENOENT { Errno::EACCES } else { errno })
                .map_err(|errno| NetError::system("bind", errno))?;
            return Ok(BoundSocket { bound: Some(bound), path: Some(path.to_vec()) });
        }
        BoundTarget::Tcp { host, port } => (host, port),
    };
    let address = match host {
        None if options.ipv6_only => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
        None => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        Some(host) if ip::is_ip(host.as_bytes()) == 0 => return Err(no_address(host)),
        Some(host) => ip::parse(host, port).ok_or_else(|| no_address(host))?,
    };
    let bound = Bound::to_ip(&address, options.ipv6_only, options.reuse_port)
        .map_err(|errno| NetError::with_host_port("bind", errno, &Address::Ip(address), None))?;
    Ok(BoundSocket { bound: Some(bound), path: None })
}

/// Binds inside the call.
pub fn bound_socket_new(options: &BoundOptions<'_>) -> std::result::Result<BoundSocketId, Box<NetError>> {
    let socket = bind(options)?;
    let inserted = all().insert(|_| socket);
    inserted.map(BoundSocketId).ok_or_else(|| Box::new(NetError::library(Code::ENOMEM)))
}

/// address()
pub fn bound_socket_address(id: BoundSocketId) -> Result<Address> {
    if mutated!(AdoptedAnswers) && with(id, |socket| Ok(socket.bound.is_none()))? {
        return Ok(Address::Absent);
    }
    still(id, |bound, path| match (path, bound.local_endpoint()) {
        (Some(path), _) => Ok(Address::Path(path.to_vec())),
        (None, Ok(Endpoint::Ip(address))) => Ok(Address::Ip(address)),
        (None, Ok(_)) => Ok(Address::Absent),
        (None, Err(errno)) => Err(errno.code()),
    })
}

/// isPipe, also of one that is gone.
pub fn bound_socket_is_pipe(id: BoundSocketId) -> Result<bool> {
    with(id, |socket| Ok(socket.path.is_some()))
}

/// fd()
pub fn bound_socket_fd(id: BoundSocketId) -> Result<i32> {
    still(id, |bound, _| Ok(bound.fd()))
}

/// The same endpoint, for another process.
pub fn copy_of_bound_socket(id: BoundSocketId) -> Result<Passed> {
    still(id, |bound, _| Passed::copy_of(bound.fd()).map_err(Errno::code))
}

/// One that came from another process.
pub fn bound_socket_of(bound: Bound, path: Option<Vec<u8>>) -> Result<BoundSocketId> {
    let inserted = all().insert(|_| BoundSocket { bound: Some(bound), path });
    inserted.map(BoundSocketId).ok_or(Code::ENOMEM)
}

/// close()
pub fn bound_socket_close(id: BoundSocketId) -> Result {
    adopt_bound_socket(id).map(drop)
}

/// Its name is dead; it is closed if nobody has adopted it.
pub fn bound_socket_free(id: BoundSocketId) -> Result {
    let socket = all().remove(id.0);
    socket.map(drop).ok_or(Code::EBADF)
}

/// Takes it over.
pub fn adopt_bound_socket(id: BoundSocketId) -> Result<Adopted> {
    with(id, |socket| {
        let bound = socket.bound.take().ok_or(Code::ERR_SOCKET_HANDLE_ADOPTED)?;
        Ok(Adopted { bound, path: socket.path.clone() })
    })
}
