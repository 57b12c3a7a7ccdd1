//! An endpoint that is bound and neither listens nor connects yet.
use super::sockaddr::{Endpoint, SockAddr};
use super::socket::Socket;
use crate::sys::errno::Errno;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

/// The file of a local socket, removed when dropped.
#[derive(Debug)]
pub struct SocketFile(Vec<u8>);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // It may be gone already; nobody could do anything about another failure.
        let _ = fs::remove_file(OsStr::from_bytes(&self.0));
    }
}

impl SocketFile {
    /// Lets all read from or write to it, and nobody do more: these bits become its mode.
    pub fn open_to_all(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        let mode = if readable { 0o444 } else { 0 } | if writable { 0o222 } else { 0 };
        fs::set_permissions(OsStr::from_bytes(&self.0), fs::Permissions::from_mode(mode)).map_err(|e| Errno::of(&e))
    }
}

/// A bound endpoint. Dropping closes it and removes its file.
#[derive(Debug)]
pub struct Bound {
    /// None for TCP, abstract names and foreign descriptors. Before the socket, so that it goes first.
    pub(super) file: Option<SocketFile>,
    pub(super) socket: Socket,
}

impl Bound {
    /// Binds a TCP address.
    pub fn to_ip(address: &SocketAddr, ipv6_only: bool, reuse_port: bool) -> Result<Bound, Errno> {
        let socket = Socket::open(Socket::family_of(address))?;
        socket.set_option(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
        if address.is_ipv6() {
            socket.set_option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, ipv6_only.into())?;
        }
        if reuse_port {
            socket.set_option(libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
        }
        socket.bind(&SockAddr::from_ip(address))?;
        Ok(Bound { file: None, socket })
    }

    /// Binds a path or an abstract name.
    pub fn to_path(path: &[u8]) -> Result<Bound, Errno> {
        let address = SockAddr::from_path(path)?;
        let socket = Socket::open(libc::AF_UNIX)?;
        socket.bind(&address)?;
        let file = (path.first() != Some(&0)).then(|| SocketFile(path.to_vec()));
        Ok(Bound { file, socket })
    }

    /// Where it is bound.
    pub fn local_endpoint(&self) -> Result<Endpoint, Errno> {
        self.socket.local()
    }

    /// Its descriptor.
    pub fn fd(&self) -> i32 {
        self.socket.fd()
    }
}
